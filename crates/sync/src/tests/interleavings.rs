//! The same with real folders and the engine: processes that stop and start, connections that break at
//! any call, and in the end one history.

use std::collections::HashSet;

use proptest::prelude::*;
use tempfile::TempDir;

use super::join::{device, member};
use super::model::{Connection, Fault, Server};
use super::planner::work;
use super::{NOW, Plan, Seeded, json, open};
use crate::command::Authored;
use crate::{Replica, SyncError, sync};

#[derive(Debug, Clone)]
enum Step {
    Commit(usize, u8),
    Sync(usize, Vec<Option<Fault>>),
    Reopen(usize),
}

fn fault() -> impl Strategy<Value = Option<Fault>> {
    prop_oneof![
        Just(None),
        Just(Some(Fault::Lost)),
        Just(Some(Fault::Unanswered)),
        Just(Some(Fault::Doubled)),
        (0usize..4).prop_map(|after| Some(Fault::Cut(after))),
        Just(Some(Fault::Forged)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..2, any::<u8>()).prop_map(|(device, kind)| Step::Commit(device, kind)),
        2 => (0usize..2, prop::collection::vec(fault(), 0..4))
            .prop_map(|(device, faults)| Step::Sync(device, faults)),
        1 => (0usize..2).prop_map(Step::Reopen),
    ]
}

struct Machine {
    dir: TempDir,
    replica: Option<Replica>,
    connection: Connection,
}

impl Machine {
    fn replica(&mut self) -> &mut Replica {
        self.replica.get_or_insert_with(|| open(self.dir.path()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn folders_converge_through_every_fault(steps in prop::collection::vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (server, ana) = Server::new(1);
            let plans: Vec<_> = (0..4).map(Plan::new).collect();
            let mut machines = Vec::new();
            for seed in 1..3 {
                let who = if seed == 1 { ana } else { member(seed) };
                let dir = tempfile::tempdir().unwrap();
                let (replica, connection) = device(dir.path(), &server, who, seed).await;
                machines.push(Machine { dir, replica: Some(replica), connection });
            }
            let mut given = HashSet::new();
            for (at, step) in steps.into_iter().enumerate() {
                let now = NOW + at as u64 * 10;
                match step {
                    Step::Commit(machine, kind) => {
                        let replica = machines[machine].replica();
                        let random = &mut Seeded::new(now * 2 + machine as u64);
                        if let Ok(made) = replica.commit(work(kind, &plans, at), None, now, random) {
                            given.insert(made[0].event.id);
                        }
                    }
                    Step::Sync(machine, faults) => {
                        let machine = &mut machines[machine];
                        machine.connection.fail_in_turn(faults);
                        machine.replica();
                        let replica = machine.replica.as_mut().unwrap();
                        match sync(replica, &machine.connection, now, &mut |_| {}).await {
                            Ok(report) => assert!(report.up_to_date),
                            Err(SyncError::Remote(_) | SyncError::HistoryDiffers { .. }) => {}
                            Err(other) => panic!("{other}"),
                        }
                        machine.connection.fail_in_turn(Vec::new());
                    }
                    Step::Reopen(machine) => machines[machine].replica = None,
                }
            }
            for turn in 0..4 {
                let machine = &mut machines[turn % 2];
                machine.replica();
                let replica = machine.replica.as_mut().unwrap();
                sync(replica, &machine.connection, NOW + 100_000, &mut |_| {}).await.unwrap();
            }
            let recorded: HashSet<_> = server
                .model()
                .log
                .iter()
                .map(|received| Authored::read(received.sealed.clone()).unwrap().event.id)
                .collect();
            assert_eq!(recorded.len(), server.model().log.len());
            let mut shelved = HashSet::new();
            for machine in &mut machines {
                let replica = machine.replica();
                assert_eq!(json(replica.state()), json(&server.model().state));
                assert!(replica.outbox().is_empty());
                replica.verify(&mut |_, _| {}).unwrap();
                shelved.extend(replica.shelf().iter().map(|item| item.id()));
            }
            for id in given {
                assert!(recorded.contains(&id) != shelved.contains(&id), "in one place, and no other");
            }
        });
    }
}
