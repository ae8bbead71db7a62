//! Durable pushes through gRPC: one client that waits for each acknowledgement, beside 64 that do so at once.
//!
//! `cargo bench -p quarterdeck-server --bench push [DIR]`; DIR must be on a real disk. Server and clients share
//! this process and the machine's cores. The two take turns, medians count. Then what an event costs in
//! parts: the disk as the server's own metrics tell it, the signature alone, and gRPC with all that is no
//! disk, by pushing events that are recorded already.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a benchmark speaks on stdout and stops at the first failure"
)]

mod support;

use std::path::Path;
use std::time::Instant;

use quarterdeck_ledger::{PublicKey, Sealed};
use quarterdeck_proto::v1::event_outcome::Outcome;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_proto::v1::{PushRequest, PushResponse, SealedEvent};
use quarterdeck_sync::Replica;
use support::{Author, Host, join_as_device, median, now_ms, plan};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic::{Request, Streaming};

const ROUNDS: usize = 7;
const CLIENTS: usize = 64;
/// Events that the one client pushes in a round, and each of the many.
const EVENTS: (usize, usize) = (800, 100);

/// A device with its open push.
struct Client {
    requests: mpsc::Sender<PushRequest>,
    answers: Streaming<PushResponse>,
    author: Author,
}

/// An event with the answer that it must get.
#[derive(Clone, Copy, PartialEq)]
enum Expect {
    Recorded,
    Already,
}

impl Client {
    async fn new(replica: &Replica, author: Author) -> Self {
        let remote = replica.identity().remote.as_ref().unwrap();
        let url = format!("http://{}:{}", remote.host, remote.port);
        let channel = Channel::from_shared(url)
            .unwrap()
            .tcp_nodelay(true)
            .connect()
            .await
            .unwrap();
        let (requests, receiver) = mpsc::channel(1);
        let mut request = Request::new(ReceiverStream::new(receiver));
        let bearer = format!("Bearer {}", remote.token.as_ref().unwrap().reveal());
        request
            .metadata_mut()
            .insert("authorization", bearer.parse().unwrap());
        let answers = SyncServiceClient::new(channel).push(request).await.unwrap();
        Self {
            requests,
            answers: answers.into_inner(),
            author,
        }
    }

    /// Pushes events one by one, each after the acknowledgement of the one before.
    async fn push(&mut self, events: Vec<PushRequest>, expect: Expect) {
        for request in events {
            self.requests.send(request).await.unwrap();
            let answer = self.answers.message().await.unwrap().unwrap();
            let found = match answer.outcomes[0].outcome.as_ref().unwrap() {
                Outcome::Recorded(_) => Expect::Recorded,
                Outcome::AlreadyRecorded(_) => Expect::Already,
                Outcome::Refused(refusal) => panic!("{}", refusal.message),
            };
            assert!(found == expect, "another outcome than expected");
        }
    }
}

fn requests(events: &[Sealed]) -> Vec<PushRequest> {
    let wire = |sealed: &Sealed| {
        let sealed = quarterdeck_projection::to_wire(sealed.clone());
        PushRequest {
            events: vec![SealedEvent::from(sealed)],
        }
    };
    events.iter().map(wire).collect()
}

/// What one way of pushing costs.
#[derive(Default)]
struct Cost {
    /// Events a second.
    rates: Vec<f64>,
    /// The same for events that are recorded already.
    repeated: Vec<f64>,
    /// Share of the wall time in which the disk was waited for.
    disk: Vec<f64>,
    /// Events that shared an append.
    together: Vec<f64>,
}

impl Cost {
    /// Lets each of the clients push so many events, all at once, and then the same ones again.
    async fn round(&mut self, host: &Host, clients: &mut [Client], each: usize) {
        let events: Vec<_> = clients
            .iter_mut()
            .map(|client| requests(&client.author.check_ins(each)))
            .collect();
        let count = (clients.len() * each) as f64;
        let before = figures(host);
        let took = all_at_once(clients, events.clone(), Expect::Recorded).await;
        let after = figures(host);
        self.rates.push(count / took);
        self.disk.push((after.0 - before.0) / took);
        self.together.push(count / (after.1 - before.1));
        let took = all_at_once(clients, events, Expect::Already).await;
        self.repeated.push(count / took);
    }

    fn print(self, name: &str, signature: f64) -> f64 {
        let rate = median(self.rates);
        let event = 1e6 / rate;
        let disk = median(self.disk) * event;
        let repeated = 1e6 / median(self.repeated);
        let share = |part: f64| 100.0 * part / event;
        println!(
            "{name:<12} {rate:>9.0} events/s  {:>5.1} events an append  {event:>6.1} µs an event, of which disk {disk:.1} ({:.0} %), signature {signature:.1} ({:.0} %); a repeat, without the disk, takes {repeated:.1} ({:.0} %)",
            median(self.together),
            share(disk),
            share(signature),
            share(repeated),
        );
        rate
    }
}

/// Seconds in appends, and their number, so far.
fn figures(host: &Host) -> (f64, f64) {
    (
        host.figure("quarterdeck_append_seconds_sum"),
        host.figure("quarterdeck_appends_total"),
    )
}

async fn all_at_once(clients: &mut [Client], events: Vec<Vec<PushRequest>>, expect: Expect) -> f64 {
    let began = Instant::now();
    let mut pushes = Vec::new();
    for (client, events) in clients.iter_mut().zip(events) {
        pushes.push(client.push(events, expect));
    }
    join_all(pushes).await;
    began.elapsed().as_secs_f64()
}

/// Drives futures together on this thread until all are done.
async fn join_all<F: Future<Output = ()>>(futures: Vec<F>) {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).map(Some).collect();
    std::future::poll_fn(move |context| {
        let mut all = std::task::Poll::Ready(());
        for slot in &mut futures {
            if let Some(future) = slot {
                if future.as_mut().poll(context).is_ready() {
                    *slot = None;
                } else {
                    all = std::task::Poll::Pending;
                }
            }
        }
        all
    })
    .await;
}

/// Microseconds to hash an event and verify its signature, on one core.
fn signature_alone(key: PublicKey, events: &[Sealed]) -> f64 {
    let began = Instant::now();
    for event in events {
        assert!(key.verify_command(&event.hash(), &event.signature.unwrap()));
    }
    1e6 * began.elapsed().as_secs_f64() / events.len() as f64
}

async fn run(dir: &Path, host: Host) {
    let (mut owner, remote) = join_as_device(&host.owner, &dir.join("owner")).await;
    let (commands, key_results) = plan();
    owner
        .commit(commands, None, now_ms(), &mut support::System)
        .unwrap();
    quarterdeck_sync::sync(&mut owner, &remote, now_ms(), &mut |_| {})
        .await
        .unwrap();
    let mut clients = Vec::new();
    for n in 0..CLIENTS {
        let folder = dir.join(format!("client-{n}"));
        let (replica, _) = join_as_device(&host.invite().await, &folder).await;
        let author = Author::new(&replica, &key_results);
        clients.push(Client::new(&replica, author).await);
    }
    let mut last = Author::new(&owner, &key_results);
    let key = last.public();
    let sample = last.check_ins(2_000);

    let (mut one, mut many, mut signatures) = (Cost::default(), Cost::default(), Vec::new());
    for _ in 0..ROUNDS {
        one.round(&host, &mut clients[..1], EVENTS.0).await;
        many.round(&host, &mut clients, EVENTS.1).await;
        signatures.push(signature_alone(key, &sample));
    }
    let signature = median(signatures);
    let one = one.print("one client", signature);
    let many = many.print("64 clients", signature);
    println!("ratio        {:.2} (goal: at least 4)", many / one);
}

fn main() {
    // cargo adds "--bench" to whatever is asked for.
    let parent = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
        .unwrap_or_else(|| ".".to_owned());
    let dir = tempfile::tempdir_in(parent).unwrap();
    // It has a runtime of its own, which none may be around of.
    let host = Host::start(&dir.path().join("server"));
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(run(dir.path(), host));
}
