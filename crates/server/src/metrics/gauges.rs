//! Figures that nobody counts: they are looked up when they are asked for.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use quarterdeck_ledger::{Options, free_space};

use super::WorkspaceLabel;
use crate::certificate;
use crate::readiness::{self, Readiness};
use crate::shared::Shared;

type Number = Gauge<u64, AtomicU64>;

#[derive(Debug, Default)]
pub(super) struct Gauges {
    started: Number,
    ready: Number,
    recording: Family<WorkspaceLabel, Number>,
    free: Family<WorkspaceLabel, Number>,
    reserve: Number,
    stored: Family<WorkspaceLabel, Number>,
    behind: Family<WorkspaceLabel, Number>,
    certificate: Number,
}

impl Gauges {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "start_time",
            "When okrd was started, since the Unix epoch",
            Unit::Seconds,
            self.started.clone(),
        );
        registry.register(
            "ready",
            "1 while all that clients bring can be recorded, as at /readyz",
            self.ready.clone(),
        );
        registry.register(
            "recording",
            "1 while a workspace can record",
            self.recording.clone(),
        );
        registry.register_with_unit(
            "disk_free",
            "Free space where a workspace is kept",
            Unit::Bytes,
            self.free.clone(),
        );
        registry.register_with_unit(
            "disk_reserve",
            "Free space below which nothing is recorded",
            Unit::Bytes,
            self.reserve.clone(),
        );
        registry.register_with_unit(
            "stored",
            "Size of a workspace's folder",
            Unit::Bytes,
            self.stored.clone(),
        );
        registry.register(
            "snapshot_behind_entries",
            "Entries since the newest snapshot: what a restart folds at most",
            self.behind.clone(),
        );
        registry.register_with_unit(
            "certificate_not_after",
            "Until when the certificate holds, since the Unix epoch; 0 without TLS",
            Unit::Seconds,
            self.certificate.clone(),
        );
    }

    /// Looks everything up.
    pub(super) fn look(&self, shared: &Shared) {
        let now = shared.world.now().ms() / 1_000;
        self.started
            .set(now.saturating_sub(shared.started.elapsed().as_secs()));
        self.ready.set(u64::from(Readiness::of(shared).is_ready()));
        self.reserve.set(Options::default().reserve_bytes);
        for workspace in shared.workspaces() {
            let label = WorkspaceLabel {
                workspace: workspace.id().to_string(),
            };
            let folder = shared.folder.workspace(workspace.id());
            let records = readiness::obstacle(shared, &workspace).is_none();
            self.recording.get_or_create(&label).set(u64::from(records));
            if let Ok(free) = free_space(&folder) {
                self.free.get_or_create(&label).set(free);
            }
            self.stored.get_or_create(&label).set(bytes_below(&folder));
            if let Some(at) = workspace.snapshot_at() {
                let behind = workspace.head().size.saturating_sub(at);
                self.behind.get_or_create(&label).set(behind);
            }
        }
        let until = certificate::served_until(shared);
        self.certificate
            .set(until.map_or(0, |until| until.ms() / 1_000));
    }
}

/// The size of all files below a folder. One that vanishes meanwhile counts for nothing.
pub(crate) fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
            _ => entry.metadata().map_or(0, |found| found.len()),
        })
        .fold(0, u64::saturating_add)
}
