//! A fresh replica of 100,000 events on loopback, beside hashing and verifying the same events and nothing
//! else on all cores; the round trips of a sync that finds nothing new; and what both sides take on disk.
//!
//! `cargo bench -p quarterdeck-server --bench loopback [DIR]`; DIR must be on a real disk. Every event is a
//! command of its own, so that each has a signature. The two take turns, medians count.

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
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use quarterdeck_ledger::{Hash, PublicKey, Sealed, verify_batch};
use quarterdeck_sync::grpc::Grpc;
use quarterdeck_sync::identity::Secret;
use quarterdeck_sync::remote::{
    Answer, Chunks, DeviceRequest, HostRequest, Hosted, JoinRequest, Joined, Outcome, RemoteError,
};
use quarterdeck_sync::{Remote, Replica, sync};
use support::{Author, Host, disk_usage, join_as_device, median, now_ms, plan};

const EVENTS: usize = 100_000;
const BATCH: usize = 1_000;
const ROUNDS: usize = 5;

/// A server whose calls are counted.
struct Counted<'a> {
    server: &'a Grpc,
    calls: AtomicUsize,
}

impl Counted<'_> {
    fn count(&self) -> &Grpc {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.server
    }
}

impl Remote for Counted<'_> {
    fn set_token(&mut self, _: Secret<String>) {}

    async fn push(&self, batch: Vec<Sealed>) -> Result<Answer, RemoteError> {
        self.count().push(batch).await
    }

    async fn pull(&self, from: u64) -> Result<Chunks, RemoteError> {
        self.count().pull(from).await
    }

    async fn watch(&self, from: u64) -> Result<Chunks, RemoteError> {
        self.count().watch(from).await
    }

    async fn checkpoint(&self) -> Result<String, RemoteError> {
        self.count().checkpoint().await
    }

    async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, RemoteError> {
        self.count().consistency(old, new).await
    }

    async fn join(&self, asked: JoinRequest) -> Result<Joined, RemoteError> {
        self.count().join(asked).await
    }

    async fn add_device(&self, asked: DeviceRequest) -> Result<Secret<String>, RemoteError> {
        self.count().add_device(asked).await
    }

    async fn host(&self, asked: HostRequest) -> Result<Hosted, RemoteError> {
        self.count().host(asked).await
    }
}

/// Records the events, and answers them with the key that signed them.
async fn populate(host: &Host, dir: &Path) -> (PublicKey, Vec<Sealed>) {
    let (mut owner, remote) = join_as_device(&host.owner, dir).await;
    let (commands, key_results) = plan();
    owner
        .commit(commands, None, now_ms(), &mut support::System)
        .unwrap();
    sync(&mut owner, &remote, now_ms(), &mut |_| {})
        .await
        .unwrap();
    let mut author = Author::new(&owner, &key_results);
    let events = author.check_ins(EVENTS);
    for batch in events.chunks(BATCH) {
        let answer = remote.push(batch.to_vec()).await.unwrap();
        let all = answer
            .outcomes
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Recorded(_)));
        assert!(all && answer.outcomes.len() == batch.len());
    }
    (author.public(), events)
}

/// Seconds to hash every event and verify every signature, on all cores.
fn verified_alone(key: PublicKey, events: &[Sealed]) -> f64 {
    let began = Instant::now();
    let cores = thread::available_parallelism().unwrap().get();
    let hash = |part: &[Sealed]| -> Vec<_> {
        part.iter()
            .map(|event| (key, event.hash(), event.signature.unwrap()))
            .collect()
    };
    let hashed = thread::scope(|scope| {
        let parts: Vec<_> = events
            .chunks(events.len().div_ceil(cores))
            .map(|part| scope.spawn(move || hash(part)))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap())
            .collect::<Vec<_>>()
    });
    verify_batch(&hashed).unwrap();
    began.elapsed().as_secs_f64()
}

/// Seconds for a machine to join and take the whole log in, verified.
async fn replicated(host: &Host, dir: &Path) -> (f64, Replica, Grpc) {
    let invitation = host.invite().await;
    let began = Instant::now();
    let (replica, remote) = join_as_device(&invitation, dir).await;
    let took = began.elapsed().as_secs_f64();
    assert!(replica.head().size > EVENTS as u64);
    (took, replica, remote)
}

async fn run(dir: &Path, host: Host) {
    let (key, events) = populate(&host, &dir.join("owner")).await;

    let (mut alone, mut fresh, mut noop) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = None;
    for round in 0..ROUNDS {
        let folder = dir.join(format!("machine-{round}"));
        alone.push(verified_alone(key, &events));
        let (took, mut replica, remote) = replicated(&host, &folder).await;
        fresh.push(took);
        let counted = Counted {
            server: &remote,
            calls: AtomicUsize::new(0),
        };
        let began = Instant::now();
        let report = sync(&mut replica, &counted, now_ms(), &mut |_| {})
            .await
            .unwrap();
        noop.push(1e3 * began.elapsed().as_secs_f64());
        assert!(report.up_to_date && report.pulled == 0);
        assert_eq!(
            counted.calls.into_inner(),
            1,
            "round trips of a sync that finds nothing"
        );
        drop(replica);
        last = Some(folder);
    }
    let (alone, fresh) = (median(alone), median(fresh));
    let rate = |took: f64| EVENTS as f64 / took;
    println!("hashes and signatures alone  {:>9.0} events/s", rate(alone));
    println!("fresh replica                {:>9.0} events/s", rate(fresh));
    println!(
        "ratio                        {:>9.2} (goal: at least 0.5)",
        alone / fresh
    );
    println!(
        "a sync that finds nothing    {:>9.1} ms, 1 round trip",
        median(noop)
    );

    drop(host);
    let bytes: usize = events.iter().map(Sealed::size).sum();
    let server = dir.join("server/workspaces");
    for (name, folder) in [("server", server), ("replica", last.unwrap())] {
        let disk = disk_usage(&folder);
        println!(
            "{name:<8} on disk             {:>9.1} MB for {:.1} MB of events, ratio {:.2} (goal: at most 2)",
            disk as f64 / 1e6,
            bytes as f64 / 1e6,
            disk as f64 / bytes as f64
        );
    }
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
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(run(dir.path(), host));
}
