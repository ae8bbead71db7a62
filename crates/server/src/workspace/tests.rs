//! The writer over logs in memory: one that works, and one that can be made to fail.
#![allow(
    clippy::await_holding_lock,
    reason = "the lock is what holds an append up"
)]

mod erasing;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, WorkspaceCreated};
use quarterdeck_core::id::MemberId;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::token::{NoteKind, Role};
use quarterdeck_core::value::Subject;
use quarterdeck_ledger::{
    Appended, Entry, Frontier, LedgerError, MemoryLedger, NewEntry, Remains, Sealed,
};

use super::*;

/// A log in memory whose appends fail, or wait, when told to.
struct Faulty {
    inner: MemoryLedger,
    full: AtomicBool,
    appends: AtomicUsize,
    gate: Mutex<()>,
    /// What happens just before something is read.
    before_read: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Faulty {
    fn new(workspace: WorkspaceId) -> Self {
        Self {
            inner: MemoryLedger::new(*workspace.as_bytes()),
            full: AtomicBool::new(false),
            appends: AtomicUsize::new(0),
            gate: Mutex::new(()),
            before_read: Mutex::new(None),
        }
    }
}

impl Ledger for Faulty {
    fn workspace(&self) -> quarterdeck_ledger::WorkspaceId {
        self.inner.workspace()
    }

    fn append(&self, size: u64, batch: Vec<NewEntry>) -> Result<Appended, LedgerError> {
        self.appends.fetch_add(1, Ordering::SeqCst);
        let _held = self.gate.lock().unwrap();
        if self.full.load(Ordering::SeqCst) {
            let path = PathBuf::from("/var/lib/okrd");
            return Err(LedgerError::DiskFull {
                path,
                free: 0,
                needed: 1,
            });
        }
        self.inner.append(size, batch)
    }

    fn read(&self, from: u64, entries: usize, bytes: usize) -> Result<Vec<Entry>, LedgerError> {
        let first = self.before_read.lock().unwrap().take();
        if let Some(first) = first {
            first();
        }
        self.inner.read(from, entries, bytes)
    }

    fn head(&self) -> Head {
        self.inner.head()
    }

    fn frontier(&self) -> Frontier {
        self.inner.frontier()
    }

    fn erase(&self, remains: Vec<Remains>, through: u64) -> Result<(), LedgerError> {
        self.inner.erase(remains, through)
    }

    fn erased_through(&self) -> u64 {
        self.inner.erased_through()
    }

    fn follow(&self) -> watch::Receiver<u64> {
        self.inner.follow()
    }
}

const ANA: MemberId = MemberId::from_bytes([0xaa; 16]);

fn world() -> World {
    World::new(
        || Timestamp::from_ms(1_790_000_000_000),
        |bytes| getrandom::fill(bytes).unwrap(),
    )
}

async fn begun() -> (Workspace, Arc<Faulty>) {
    let id = WorkspaceId::from_bytes([1; 16]);
    let ledger = Arc::new(Faulty::new(id));
    let identity = Identity::new(id, &world());
    let key = identity.public().0;
    let metrics = Arc::new(Metrics::new());
    let shared: Arc<dyn Ledger> = Arc::clone(&ledger) as Arc<dyn Ledger>;
    let workspace = Workspace::start(identity, shared, None, &world(), &metrics).unwrap();
    let created = WorkspaceCreated {
        name: "acme".into(),
        time_zone: "UTC".into(),
        fiscal_year_start: 1,
        key,
        device_name: "okrd".into(),
        server: true,
    };
    let member = Body::MemberAdded {
        member: ANA,
        name: "ana".into(),
        email: None,
        role: Role::Owner,
    };
    let bodies = vec![Body::WorkspaceCreated(created), member];
    workspace
        .author(order(MemberId::nil(), bodies))
        .await
        .unwrap();
    (workspace, ledger)
}

fn order(member: MemberId, bodies: Vec<Body>) -> Order {
    let commands = bodies.into_iter().map(Command::Record).collect();
    Order {
        member,
        reason: None,
        event_id: None,
        decide: Box::new(move |_| Ok(commands)),
    }
}

fn note(text: &str) -> Body {
    Body::NoteAdded {
        about: Subject::Workspace,
        kind: NoteKind::Comment,
        text: text.into(),
    }
}

fn spawn_note(
    workspace: &Arc<Workspace>,
    n: usize,
) -> tokio::task::JoinHandle<Result<Vec<Authored>, NotAuthored>> {
    let workspace = Arc::clone(workspace);
    tokio::spawn(async move {
        workspace
            .author(order(ANA, vec![note(&format!("note {n}"))]))
            .await
    })
}

#[tokio::test]
async fn what_cannot_be_appended_is_not_acknowledged_and_leaves_no_trace() {
    let (workspace, ledger) = begun().await;
    let before = workspace.state();
    ledger.full.store(true, Ordering::SeqCst);
    let refused = workspace
        .author(order(ANA, vec![note("lost?")]))
        .await
        .unwrap_err();
    let NotAuthored::Unavailable(error) = refused else {
        panic!("{refused}")
    };
    assert!(error.disk_full);
    assert!(
        !error.message.contains("/var/lib"),
        "a client is told of paths: {}",
        error.message
    );
    assert_eq!(workspace.state(), before);
    assert_eq!(workspace.head().size, 2);

    ledger.full.store(false, Ordering::SeqCst);
    let events = workspace
        .author(order(ANA, vec![note("kept")]))
        .await
        .unwrap();
    assert_eq!(events[0].place.seq, 3);
    assert!(workspace.verify(|_, _| true).finding.is_none());
}

#[tokio::test]
async fn what_waits_together_shares_one_append() {
    let (workspace, ledger) = begun().await;
    let workspace = Arc::new(workspace);
    let before = ledger.appends.load(Ordering::SeqCst);
    let held = ledger.gate.lock().unwrap();
    let mut orders = vec![spawn_note(&workspace, 0)];
    while ledger.appends.load(Ordering::SeqCst) == before {
        tokio::task::yield_now().await;
    }
    // The first is being appended; all others come meanwhile.
    orders.extend((1..100).map(|n| spawn_note(&workspace, n)));
    while workspace.waiting() < 99 {
        tokio::task::yield_now().await;
    }
    drop(held);
    let mut seqs = Vec::new();
    for done in orders {
        seqs.push(done.await.unwrap().unwrap()[0].place.seq);
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (3..103).collect::<Vec<_>>());
    assert_eq!(ledger.appends.load(Ordering::SeqCst) - before, 2);
}

#[tokio::test]
async fn nobody_is_refused_for_what_did_not_reach_the_disk() {
    let (workspace, ledger) = begun().await;
    let workspace = Arc::new(workspace);
    let before = ledger.appends.load(Ordering::SeqCst);
    let held = ledger.gate.lock().unwrap();
    let first = spawn_note(&workspace, 0);
    while ledger.appends.load(Ordering::SeqCst) == before {
        tokio::task::yield_now().await;
    }
    // Both come while the first is being appended, and are judged together: one stands in the other's way.
    let twins: Vec<_> = (0..2)
        .map(|_| {
            let workspace = Arc::clone(&workspace);
            let ben = Body::MemberAdded {
                member: MemberId::from_bytes([0xbb; 16]),
                name: "ben".into(),
                email: None,
                role: Role::Editor,
            };
            let order = order(MemberId::nil(), vec![ben]);
            tokio::spawn(async move { workspace.author(order).await })
        })
        .collect();
    while workspace.waiting() < 2 {
        tokio::task::yield_now().await;
    }
    ledger.full.store(true, Ordering::SeqCst);
    drop(held);
    first.await.unwrap().unwrap_err();
    for twin in twins {
        let failed = twin.await.unwrap().unwrap_err();
        assert!(matches!(failed, NotAuthored::Unavailable(_)), "{failed}");
    }
}

#[tokio::test]
async fn a_command_is_recorded_whole_or_not_at_all() {
    let (workspace, _ledger) = begun().await;
    let before = workspace.state();
    let bodies = vec![note("first"), note("")];
    let refused = workspace.author(order(ANA, bodies)).await.unwrap_err();
    assert!(matches!(
        refused,
        NotAuthored::Refused(Refusal {
            code: Code::Invalid,
            ..
        })
    ));
    assert_eq!(workspace.state(), before);
}

#[tokio::test]
async fn an_order_given_twice_is_carried_out_once() {
    let (workspace, _ledger) = begun().await;
    let id = EventId::new(world().uuid());
    let once = || Order {
        event_id: Some(id),
        ..order(ANA, vec![note("a"), note("b")])
    };
    let first = workspace.author(once()).await.unwrap();
    let again = workspace.author(once()).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(first.len(), 2);
    assert_eq!(workspace.head().size, 4);
    // Somebody else's order cannot take the same id.
    let other = Order {
        event_id: Some(id),
        ..order(MemberId::nil(), vec![note("c")])
    };
    let refused = workspace.author(other).await.unwrap_err();
    assert!(matches!(
        refused,
        NotAuthored::Refused(Refusal {
            code: Code::AlreadyExists,
            ..
        })
    ));
}

#[tokio::test]
async fn recorded_times_never_decrease() {
    let id = WorkspaceId::from_bytes([1; 16]);
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new(*id.as_bytes()));
    let times = Mutex::new(vec![5_000, 9_000, 9_000, 9_000]);
    let clock = move || Timestamp::from_ms(times.lock().unwrap().pop().unwrap_or(5_000));
    let world = World::new(clock, |bytes| getrandom::fill(bytes).unwrap());
    let identity = Identity::new(id, &world);
    let key = identity.public().0;
    let metrics = Arc::new(Metrics::new());
    let workspace = Workspace::start(identity, ledger, None, &world, &metrics).unwrap();
    for n in 0..6 {
        let body = if n == 0 {
            Body::WorkspaceCreated(WorkspaceCreated {
                name: "acme".into(),
                time_zone: "UTC".into(),
                fiscal_year_start: 1,
                key,
                device_name: "okrd".into(),
                server: true,
            })
        } else {
            let member = MemberId::new(world.uuid());
            let name = format!("member {n}");
            Body::MemberAdded {
                member,
                name,
                email: None,
                role: Role::Owner,
            }
        };
        workspace
            .author(order(MemberId::nil(), vec![body]))
            .await
            .unwrap();
    }
    assert!(workspace.verify(|_, _| true).finding.is_none());
}

#[tokio::test]
async fn closing_finishes_what_waits() {
    let (workspace, ledger) = begun().await;
    let workspace = Arc::new(workspace);
    let before = ledger.appends.load(Ordering::SeqCst);
    let held = ledger.gate.lock().unwrap();
    let mut waiting = vec![spawn_note(&workspace, 0)];
    while ledger.appends.load(Ordering::SeqCst) == before {
        tokio::task::yield_now().await;
    }
    waiting.extend((1..10).map(|n| spawn_note(&workspace, n)));
    while workspace.waiting() < 9 {
        tokio::task::yield_now().await;
    }
    let closing = {
        let workspace = Arc::clone(&workspace);
        tokio::task::spawn_blocking(move || workspace.close())
    };
    drop(held);
    for done in waiting {
        done.await.unwrap().unwrap();
    }
    closing.await.unwrap();
    assert_eq!(workspace.head().size, 12);
    let late = workspace
        .author(order(ANA, vec![note("too late")]))
        .await
        .unwrap_err();
    assert!(matches!(late, NotAuthored::Unavailable(_)));
}

#[tokio::test]
async fn a_closing_that_does_not_hold_is_found() {
    let (workspace, ledger) = begun().await;
    let cycle = quarterdeck_core::id::CycleId::from_bytes([3; 16]);
    let planned = Body::CycleCreated {
        cycle,
        name: "2026-Q3".into(),
        kind: quarterdeck_core::token::CycleKind::Quarterly,
        starts: "2026-07-01".parse().unwrap(),
        ends: "2026-09-30".parse().unwrap(),
        parent: None,
    };
    workspace.author(order(ANA, vec![planned])).await.unwrap();
    let closed = |position, root| Body::CycleClosed {
        cycle,
        position,
        root,
    };
    let head = workspace.head();
    let forged = workspace
        .author(order(ANA, vec![closed(head.size, [6; 32])]))
        .await;
    assert!(
        matches!(&forged, Err(NotAuthored::Refused(refusal)) if refusal.code == Code::Invalid),
        "{forged:?}"
    );
    let good = order(ANA, vec![closed(head.size, head.root)]);
    workspace.author(good).await.unwrap();
    assert_eq!(workspace.verify(|_, _| true).finding, None);

    // Past every rule: signed by the server itself, and still found.
    let state = workspace.state();
    let device = &state.devices[&workspace.device()];
    let event = quarterdeck_core::event::Event {
        id: EventId::from_bytes([0xf0; 16]),
        workspace: workspace.id(),
        member: ANA,
        device: workspace.device(),
        number: device.number + 1,
        previous: device.tip,
        authored: Hlc::at(1_790_000_000_009),
        seen: state.head,
        remaining: 0,
        reason: None,
        undoes: None,
        source: None,
        body: closed(head.size, [6; 32]),
    };
    let mut sealed = Sealed::new(
        quarterdeck_proto::encode_event(&event).into(),
        [7; 16],
        None,
    );
    let hash = sealed.hash();
    sealed.signature = workspace.identity.sign_command(None, &hash);
    let recorded = state.recorded.ms();
    let id = *event.id.as_bytes();
    let entry = NewEntry::new(recorded, id, sealed);
    ledger.append(state.head, vec![entry]).unwrap();
    let found = verify(
        &*ledger,
        &ledger.head(),
        Some(&workspace.identity),
        |_, _| true,
    );
    let (seq, what) = found.finding.unwrap();
    assert_eq!(seq, state.head + 1);
    assert!(what.contains(&format!("entry {}", head.size)), "{what}");
}
