//! The funnels with a stage in a cycle, told.

use serde::Serialize;

use super::super::funnel::{FunnelCompared, FunnelShow};

/// A funnel with what went through it in the cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroFunnel {
    /// Its stages, planned and measured.
    pub funnel: FunnelShow,
    /// What moved the outcome away from the plan; none where a rate, the target or a volume is not
    /// known.
    pub against_plan: Option<FunnelCompared>,
    /// What moved it since the cycle that this one is compared with; none where a volume is not known.
    pub against_before: Option<FunnelCompared>,
}
