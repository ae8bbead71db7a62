//! Fields, their values, and what an edit says about them.
//!
//! Every edit carries, for each field, the value its author saw and the new one. Because all
//! entities share this one vocabulary, conflicts, undo, blame and diff are each written once.

use serde::{Deserialize, Serialize};

use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::id::{
    CycleId, EventId, FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId, NoteId,
    ObjectiveId, TeamId, TemplateId, TodoId, WeeklyId,
};

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The workspace itself and its settings.
    Workspace,
    /// A person.
    Member(MemberId),
    /// A team.
    Team(TeamId),
    /// A cycle.
    Cycle(CycleId),
    /// An objective.
    Objective(ObjectiveId),
    /// A key result.
    KeyResult(KeyResultId),
    /// A check-in, named by its key result and the event that made it.
    CheckIn(KeyResultId, EventId),
    /// A note.
    Note(NoteId),
    /// A standing measure.
    Kpi(KpiId),
    /// A reading of a KPI, named by it and the event that made it.
    Reading(KpiId, EventId),
    /// Work.
    Initiative(InitiativeId),
    /// A countable piece of work.
    Todo(TodoId),
    /// A weekly update.
    Weekly(WeeklyId),
    /// A template.
    Template(TemplateId),
    /// A funnel.
    Funnel(FunnelId),
    /// A metric of an incentive plan.
    Incentive(IncentiveId),
}

impl Subject {
    /// What this kind of thing is called in sentences.
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Member(_) => "member",
            Self::Team(_) => "team",
            Self::Cycle(_) => "cycle",
            Self::Objective(_) => "objective",
            Self::KeyResult(_) => "key result",
            Self::CheckIn(..) => "check-in",
            Self::Note(_) => "note",
            Self::Kpi(_) => "KPI",
            Self::Reading(..) => "reading",
            Self::Initiative(_) => "initiative",
            Self::Todo(_) => "to-do",
            Self::Weekly(_) => "weekly update",
            Self::Template(_) => "template",
            Self::Funnel(_) => "funnel",
            Self::Incentive(_) => "incentive",
        }
    }
}

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        /// A property that an edit can change. The spelling is the one of log and JSON.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Field {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
            /// A field of a newer version: kept, shown, and skipped by the fold.
            #[serde(rename = "other")]
            Other(Box<str>),
        }

        impl Field {
            /// Every field that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The field's name in log and JSON.
            #[must_use]
            pub fn word(&self) -> &str {
                match self { $(Self::$variant => $word,)+ Self::Other(name) => name }
            }

            /// The field of that name; an unknown name is kept as [`Field::Other`].
            #[must_use]
            pub fn from_word(word: &str) -> Self {
                match word { $($word => Self::$variant,)+ other => Self::Other(other.into()) }
            }
        }
    };
}

fields! {
    /// Name of a workspace, member or team.
    Name = "name",
    /// E-mail address of a member.
    Email = "email",
    /// Role of a member.
    Role = "role",
    /// Where an entity stands in its life.
    State = "state",
    /// IANA time zone of a workspace.
    TimeZone = "time_zone",
    /// First month of the fiscal year, 1 to 12.
    FiscalYearStart = "fiscal_year_start",
    /// Mission statement.
    Mission = "mission",
    /// Vision statement.
    Vision = "vision",
    /// The team or cycle above.
    Parent = "parent",
    /// Level of a team.
    Level = "level",
    /// First day of a cycle.
    Starts = "starts",
    /// Last day of a cycle.
    Ends = "ends",
    /// Title in words.
    Title = "title",
    /// Longer description.
    Description = "description",
    /// Owning member.
    Owner = "owner",
    /// Owning team.
    Team = "team",
    /// Cycle of an objective.
    Cycle = "cycle",
    /// Kind of an objective or note.
    Kind = "kind",
    /// What an objective supports.
    Supports = "supports",
    /// A name of one's own for short references.
    Key = "key",
    /// Kind of metric.
    Metric = "metric",
    /// Where a metric starts.
    Baseline = "baseline",
    /// Where a metric should arrive.
    Target = "target",
    /// Lower bound of a range to maintain.
    Low = "low",
    /// Upper bound of a range to maintain.
    High = "high",
    /// Weighted steps.
    Milestones = "milestones",
    /// Unit of a metric.
    Unit = "unit",
    /// Leading or lagging.
    Indicator = "indicator",
    /// Certainty at the start, 0 to 1.
    Certainty = "certainty",
    /// Check-in cadence.
    Cadence = "cadence",
    /// Weight in the objective's mean.
    Weight = "weight",
    /// Which matters most, 1 first.
    Rank = "rank",
    /// What a check-in measured.
    Value = "value",
    /// The date a check-in speaks of.
    Effective = "effective",
    /// Confidence, 0 to 1.
    Confidence = "confidence",
    /// Projected value at the cycle's end.
    Projection = "projection",
    /// Text of a note or check-in.
    Text = "text",
    /// Whether incentives are looked at: on or off.
    Incentives = "incentives",
    /// How the months of a cycle weigh against each other.
    MonthWeights = "month_weights",
    /// Whether an objective is carried from cycle to cycle: on or off.
    Standing = "standing",
    /// The KPI that a key result reads its value from.
    Kpi = "kpi",
    /// The grade of a key result, 0 to 1.
    Grade = "grade",
    /// Which values of a KPI are better.
    Direction = "direction",
    /// When an initiative is due.
    Due = "due",
    /// The initiative that a to-do belongs to.
    Initiative = "initiative",
    /// How much of a to-do is to be done in each period.
    Quantity = "quantity",
    /// The period of a to-do.
    Per = "per",
    /// How much of a to-do is to be done in all.
    Total = "total",
    /// The planned conversion rate of a to-do, 0 to 1.
    Rate = "rate",
    /// The key result that a to-do, a funnel or an incentive is about.
    KeyResult = "key_result",
    /// What is planned for the week.
    Plans = "plans",
    /// What was done in the week.
    Progress = "progress",
    /// What stood in the way in the week.
    Problems = "problems",
    /// Text of a template, in Markdown.
    Document = "document",
    /// The member whom an incentive plan rewards.
    Member = "member",
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// A step of a milestone key result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Milestone {
    /// The step's name, unique within its key result.
    pub name: String,
    /// Its weight among the steps, above 0.
    pub weight: Decimal,
}

/// What a check-in says of its key result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The value is this.
    Absolute(Decimal),
    /// The value changed by this; deltas made apart both count.
    Delta(Decimal),
    /// A milestone is done, or not done after all.
    Step {
        /// The milestone's name.
        name: String,
        /// Whether it is done.
        done: bool,
    },
    /// A binary key result is done, or not done after all.
    Done(bool),
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absolute(value) => write!(f, "{value}"),
            Self::Delta(value) if *value < Decimal::ZERO => write!(f, "{value}"),
            Self::Delta(value) => write!(f, "+{value}"),
            Self::Step { name, done: true } => f.write_str(name),
            Self::Step { name, done: false } => write!(f, "not {name}"),
            Self::Done(true) => f.write_str("done"),
            Self::Done(false) => f.write_str("not done"),
        }
    }
}

/// The value of a field. Words of the domain's vocabularies are texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Not set.
    None,
    /// Words.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A date.
    Date(Date),
    /// Another entity.
    Ref(Subject),
    /// The steps of a milestone key result.
    Milestones(Vec<Milestone>),
    /// What a check-in measured.
    Measure(Measure),
    /// Several numbers in order, such as the weights of months.
    Numbers(Vec<Decimal>),
}

impl Value {
    /// Whether nothing is set.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// A text, or nothing where there is none.
    #[must_use]
    pub fn text(text: Option<&str>) -> Self {
        text.map_or(Self::None, |text| Self::Text(text.to_owned()))
    }

    /// A number, or nothing where there is none.
    #[must_use]
    pub fn number(number: Option<Decimal>) -> Self {
        number.map_or(Self::None, Self::Number)
    }

    /// A reference, or nothing where there is none.
    #[must_use]
    pub fn reference(subject: Option<Subject>) -> Self {
        subject.map_or(Self::None, Self::Ref)
    }
}

/// One field of an edit: what its author saw, and what it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field.
    pub field: Field,
    /// The value its author saw.
    pub from: Value,
    /// The new value.
    pub to: Value,
}
