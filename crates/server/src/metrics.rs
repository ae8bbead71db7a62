//! Figures of the server's work, for Prometheus. No label carries a name, a text or a secret.

mod gauges;
mod http;
mod latency;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use quarterdeck_core::refusal::Code;
use quarterdeck_proto::reason_of_code;

use gauges::Gauges;

use crate::shared::Shared;
pub(crate) use gauges::bytes_below;
pub(crate) use http::serve;
pub(crate) use latency::Latency;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct OutcomeLabel {
    pub(crate) outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ReasonLabel {
    pub(crate) reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct WorkspaceLabel {
    pub(crate) workspace: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct StreamLabel {
    pub(crate) call: &'static str,
}

#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    /// Durable appends; concurrent pushes share one.
    pub(crate) appends: Counter,
    /// Appends that failed.
    pub(crate) failed_appends: Counter,
    /// Events an append.
    pub(crate) append_events: Histogram,
    /// How long an append took until it was on disk.
    pub(crate) append_seconds: Histogram,
    /// Pushed and commanded events by what became of them.
    pub(crate) events: Family<OutcomeLabel, Counter>,
    /// Commands refused, by the reason that their author was given.
    refused: Family<ReasonLabel, Counter>,
    /// Calls turned away before they were looked at.
    pub(crate) turned_away: Family<OutcomeLabel, Counter>,
    /// Open pushes, pulls and watches.
    pub(crate) open_streams: Family<StreamLabel, Gauge>,
    /// Connections, but browsers'.
    connections: Gauge<u64, AtomicU64>,
    /// Bytes held for clients that are slow.
    waiting_bytes: Gauge<u64, AtomicU64>,
    /// The size of each log.
    pub(crate) heads: Family<WorkspaceLabel, Gauge<u64, AtomicU64>>,
    /// Entries sent to devices.
    pub(crate) sent_entries: Family<StreamLabel, Counter>,
    /// How long the last appends took.
    pub(crate) latency: Latency,
    /// Why anybody was turned away so far: a family does not say which labels it has.
    reasons: Mutex<BTreeSet<&'static str>>,
    /// Why anything was refused so far.
    refusals: Mutex<BTreeSet<&'static str>>,
    gauges: Gauges,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("quarterdeck");
        let metrics = Self {
            registry: Registry::default(),
            appends: Counter::default(),
            failed_appends: Counter::default(),
            append_events: Histogram::new(exponential_buckets(1.0, 4.0, 8)),
            append_seconds: Histogram::new(exponential_buckets(0.000_1, 2.5, 12)),
            events: Family::default(),
            refused: Family::default(),
            turned_away: Family::default(),
            open_streams: Family::default(),
            connections: Gauge::default(),
            waiting_bytes: Gauge::default(),
            heads: Family::default(),
            sent_entries: Family::default(),
            latency: Latency::default(),
            reasons: Mutex::default(),
            refusals: Mutex::default(),
            gauges: Gauges::default(),
        };
        registry.register("appends", "Durable appends", metrics.appends.clone());
        registry.register(
            "failed_appends",
            "Appends that failed",
            metrics.failed_appends.clone(),
        );
        registry.register(
            "append_events",
            "Events an append",
            metrics.append_events.clone(),
        );
        registry.register_with_unit(
            "append",
            "Time of an append until it was on disk",
            Unit::Seconds,
            metrics.append_seconds.clone(),
        );
        registry.register(
            "events",
            "Events by what became of them",
            metrics.events.clone(),
        );
        registry.register(
            "refused",
            "Commands refused, by reason",
            metrics.refused.clone(),
        );
        registry.register(
            "turned_away",
            "Calls turned away before they were looked at",
            metrics.turned_away.clone(),
        );
        registry.register("open_streams", "Open streams", metrics.open_streams.clone());
        registry.register(
            "connections",
            "Open connections, but browsers'",
            metrics.connections.clone(),
        );
        registry.register_with_unit(
            "waiting",
            "Held for clients that are slow",
            Unit::Bytes,
            metrics.waiting_bytes.clone(),
        );
        registry.register("head", "Size of a log", metrics.heads.clone());
        registry.register(
            "sent_entries",
            "Entries sent to devices",
            metrics.sent_entries.clone(),
        );
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version of okrd", build);
        metrics.gauges.register(&mut registry);
        Self {
            registry,
            ..metrics
        }
    }

    /// The figures in the OpenMetrics text format.
    pub(crate) fn text(shared: &Shared) -> String {
        let metrics = &shared.metrics;
        metrics.gauges.look(shared);
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &metrics.registry);
        text
    }

    /// Counts entries that are sent in answers to a call.
    pub(crate) fn sent(&self, call: &'static str) -> Counter {
        self.sent_entries
            .get_or_create(&StreamLabel { call })
            .clone()
    }

    /// Streams that are open, by call.
    pub(crate) fn open_by_call(&self) -> Vec<(&'static str, u64)> {
        ["push", "pull", "watch", "page"]
            .into_iter()
            .map(|call| (call, u64::from(self.open(call))))
            .collect()
    }

    pub(crate) fn count(&self, outcome: &'static str, events: usize) {
        let events = u64::try_from(events).unwrap_or(u64::MAX);
        self.events
            .get_or_create(&OutcomeLabel { outcome })
            .inc_by(events);
    }

    pub(crate) fn counted(&self, outcome: &'static str) -> u64 {
        self.events.get_or_create(&OutcomeLabel { outcome }).get()
    }

    /// Counts a command that was refused.
    pub(crate) fn refuse(&self, code: Code) {
        let reason = reason_of_code(code);
        let mut reasons = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        reasons.insert(reason);
        drop(reasons);
        self.refused.get_or_create(&ReasonLabel { reason }).inc();
    }

    /// How many commands were refused, by reason.
    pub(crate) fn refused_by_reason(&self) -> Vec<(&'static str, u64)> {
        let reasons = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |&reason: &&'static str| {
            let label = ReasonLabel { reason };
            (reason, self.refused.get_or_create(&label).get())
        };
        reasons.iter().map(count).collect()
    }

    /// How many were turned away, by reason.
    pub(crate) fn turned_away_by_reason(&self) -> Vec<(&'static str, u64)> {
        let reasons = self.reasons.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |&outcome: &&'static str| {
            let label = OutcomeLabel { outcome };
            (outcome, self.turned_away.get_or_create(&label).get())
        };
        reasons.iter().map(count).collect()
    }

    pub(crate) fn turn_away(&self, why: &'static str) {
        let mut reasons = self.reasons.lock().unwrap_or_else(PoisonError::into_inner);
        reasons.insert(why);
        drop(reasons);
        self.turned_away
            .get_or_create(&OutcomeLabel { outcome: why })
            .inc();
    }

    /// Notes how many connections there are, and how many bytes are held for them.
    pub(crate) fn connected(&self, connections: usize, held: usize) {
        let figure = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        self.connections.set(figure(connections));
        self.waiting_bytes.set(figure(held));
    }

    pub(crate) fn head(&self, workspace: quarterdeck_core::id::WorkspaceId, size: u64) {
        let label = WorkspaceLabel {
            workspace: workspace.to_string(),
        };
        self.heads.get_or_create(&label).set(size);
    }

    /// Counts a stream as open for as long as the answer is kept.
    pub(crate) fn stream(&self, call: &'static str) -> OpenStream {
        let gauge = self
            .open_streams
            .get_or_create(&StreamLabel { call })
            .clone();
        gauge.inc();
        OpenStream { gauge }
    }

    pub(crate) fn open(&self, call: &'static str) -> u32 {
        let open = self.open_streams.get_or_create(&StreamLabel { call }).get();
        u32::try_from(open).unwrap_or(0)
    }
}

/// An open stream.
#[derive(Debug)]
pub(crate) struct OpenStream {
    gauge: Gauge,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.gauge.dec();
    }
}
