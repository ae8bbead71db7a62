//! What a server that lies can do to its log, and the tree of it that it then signs.

use std::sync::{Arc, Mutex};

use quarterdeck_core::event::Event;
use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::merkle::Tree;
use quarterdeck_ledger::{DeviceKey, Frontier, Hash};
use quarterdeck_proto::decode_event;

use super::{Connection, Model, Server};
use crate::chain::seal;

impl Server {
    /// A second server with the same key and all that this one holds so far: what a server is that
    /// shows two groups two histories.
    pub(crate) fn forked(&self) -> Self {
        let model = self.model();
        Self(Arc::new(Mutex::new(Model {
            state: model.state.clone(),
            log: model.log.clone(),
            frontier: model.frontier.clone(),
            clock: model.clock,
            workspace: model.workspace,
            device: model.device,
            key: DeviceKey::from_seed(*model.key.seed()),
            places: model.places.clone(),
            random: model.random.clone(),
            hosting: model.hosting,
            calls: 0,
        })))
    }
}

impl Model {
    fn leaves(&self) -> Vec<Hash> {
        let leaves = self.log.iter().map(|entry| {
            let event = decode_event(&entry.sealed.body).unwrap();
            Envelope {
                workspace: *event.workspace.as_bytes(),
                seq: entry.seq,
                recorded: entry.recorded,
                event_id: *event.id.as_bytes(),
                event_hash: entry.sealed.hash(),
            }
            .leaf_hash()
        });
        leaves.collect()
    }

    /// The tree of what it holds.
    pub(crate) fn tree(&self) -> Tree {
        Tree::of(self.leaves())
    }

    /// Makes a tree of the log as it is now, as a server does that has changed what it recorded.
    pub(crate) fn rebuild(&mut self) {
        self.frontier = Frontier::default();
        for leaf in self.leaves() {
            self.frontier.push(leaf);
        }
    }

    /// Its key: a server that lies signs what it likes.
    pub(crate) const fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// Records an event that is not its own, past every rule.
    pub(crate) fn smuggle(&mut self, event: Event, key: Option<&DeviceKey>) {
        self.append(seal(event, [9; 16], key));
    }
}

impl Connection {
    /// The same device's, to another server.
    pub(crate) fn moved_to(&self, server: &Server) -> Self {
        Self {
            server: server.clone(),
            device: Mutex::new(*self.device.lock().unwrap()),
            faults: Mutex::default(),
            chunk: self.chunk,
        }
    }
}
