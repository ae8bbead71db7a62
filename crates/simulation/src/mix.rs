//! What one run is like: who takes part, for how long, and which faults happen how often. Drawn from the
//! seed. A run has some kinds of faults and not others, so that each is also met without the rest.

use crate::chance::Chance;

/// Who takes part: the device's name, its member, and that member's role. The first one begins the plan.
pub(crate) const CAST: &[(&str, &str)] = &[
    ("ana", "ana"),
    ("ben", "ben"),
    ("ben-phone", "ben"),
    ("cem", "cem"),
    ("dot", "dot"),
];
/// The device whose folder is copied, and where the copy is used.
pub(crate) const COPIED: &str = "ben";
pub(crate) const COPY: &str = "ben-copy";
/// The program without a replica.
pub(crate) const CRM: &str = "crm";
pub(crate) const SERVER: &str = "server";

/// How often each thing happens: so many times in a thousand seconds of simulated time, where nothing
/// else is said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mix {
    /// How many of the cast take part.
    pub devices: usize,
    /// How long there are faults, in milliseconds.
    pub chaos_ms: u64,
    /// Mean pause of a person between two acts, in milliseconds.
    pub think_ms: u64,
    /// Latency of a message, in milliseconds, at most.
    pub latency_ms: u64,
    /// How long the server's disk takes at most, in milliseconds.
    pub disk_ms: u64,
    pub partitions: u64,
    pub one_way: u64,
    pub holds: u64,
    /// Connections of a thousand that break in the middle.
    pub cuts: u64,
    /// Connections of a thousand whose client reads slowly.
    pub slow: u64,
    pub server_kills: u64,
    /// Kills at the moment of an append.
    pub append_kills: u64,
    pub disk_full: u64,
    pub store_errors: u64,
    pub device_kills: u64,
    /// Calls of a thousand that a person gives up on.
    pub give_ups: u64,
    pub clock_jumps: u64,
    /// Whether a folder is copied, and both copies are used.
    pub copies: bool,
    /// Whether an owner ends others' tokens and devices.
    pub revocations: u64,
}

impl Mix {
    pub(crate) fn draw(seed: u64) -> Self {
        let mut chance = Chance::new(seed, "mix");
        // In half of the runs a kind of fault does not happen at all.
        let mut rate = |low, high| {
            let happens = chance.per_mille(500);
            let rate = chance.between(low, high);
            if happens { rate } else { 0 }
        };
        let mix = Self {
            partitions: rate(30, 150),
            one_way: rate(30, 150),
            holds: rate(30, 150),
            cuts: rate(50, 300),
            slow: rate(50, 300),
            server_kills: rate(20, 100),
            append_kills: rate(20, 120),
            disk_full: rate(20, 80),
            store_errors: rate(20, 80),
            device_kills: rate(50, 300),
            give_ups: rate(50, 300),
            clock_jumps: rate(30, 200),
            copies: rate(1, 1) == 1,
            revocations: rate(1, 1),
            ..Self::default()
        };
        Self {
            devices: usize::try_from(chance.between(2, CAST.len() as u64)).unwrap_or(2),
            chaos_ms: chance.between(15_000, 45_000),
            think_ms: chance.between(100, 900),
            latency_ms: chance.between(5, 400),
            disk_ms: chance.between(0, 120),
            ..mix
        }
    }

    /// Whether something happens in this tick that happens so often.
    pub(crate) fn now(chance: &mut Chance, per_thousand_seconds: u64, tick_ms: u64) -> bool {
        chance.below(1_000_000) < per_thousand_seconds * tick_ms
    }
}
