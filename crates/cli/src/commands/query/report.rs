//! What can be asked: the arguments of each question, and the question itself.

use clap::{Args, Subcommand};
use quarterdeck_sync::grpc::query::{
    BlameReport, CalibrationReport, ConflictsReport, DiffReport, EventFilter, ForecastReport,
    GoalpostsReport, HistoryReport, LateReport, LogReport, PastForecastsReport, RegradeReport,
    RegradeWeight, Report, StatusReport,
};

use super::{Known, Time, when};
use crate::error::Failure;

/// A question.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// How a cycle is going.
    Status(Status),
    /// What happened, one object an event.
    Log(Log),
    /// Each change with the figures after it, one object a change.
    History(History),
    /// Who set what.
    Blame(Blame),
    /// What changed since a moment; --as-of says until when.
    Diff(Diff),
    /// What was moved after its cycle began.
    Goalposts(Goalposts),
    /// What came late, all at once, or was corrected.
    Late(Late),
    /// A cycle by other rules, beside what was graded.
    Regrade(Regrade),
    /// What was stated against what came out.
    Calibration(Calibration),
    /// Where key results end their cycle.
    Forecast(Forecast),
    /// Edits that did not know of each other.
    #[command(after_help = "EXAMPLES:
  okr query conflicts
  okr query conflicts --as-of yesterday")]
    Conflicts(Known),
    /// The whole state as canonical JSON: the same bytes for all who hold the same log.
    #[command(after_help = "EXAMPLES:
  okr query state
  okr query state --as-of \"#1180\"")]
    State(Known),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query status --cycle 2026-Q3
  okr query status --team sales --as-of \"week 6\"
  okr query status --member me --on 2026-08-21")]
pub(super) struct Status {
    /// Of this cycle [default: the one that is active today].
    #[arg(long)]
    cycle: Option<String>,
    /// What this team, or a team below it, owns; and what in others' objectives concerns it.
    #[arg(long)]
    team: Option<String>,
    /// What this member owns; `me` is whose token it is.
    #[arg(long)]
    member: Option<String>,
    /// What supports what, with scores rolled up.
    #[arg(long)]
    tree: bool,
    #[command(flatten)]
    time: Time,
}

/// Which events.
#[derive(Debug, Args)]
struct Filter {
    /// Recorded from this moment on.
    #[arg(long, value_name = "WHEN", value_parser = when)]
    since: Option<String>,
    /// Recorded up to this moment.
    #[arg(long, value_name = "WHEN", value_parser = when)]
    until: Option<String>,
    /// On behalf of this member.
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
    /// Authored on this device.
    #[arg(long)]
    device: Option<String>,
    /// So many, the latest ones [default: all].
    #[arg(short = 'n', long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

impl Filter {
    fn question(self) -> (Option<EventFilter>, u32) {
        let filter = EventFilter {
            since: self.since.unwrap_or_default(),
            until: self.until.unwrap_or_default(),
            member: self.by.unwrap_or_default(),
            device: self.device.unwrap_or_default(),
        };
        (Some(filter), self.limit.unwrap_or_default())
    }
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query log --since yesterday
  okr query log growth --as-of \"week 6\"
  okr query log --kind edited -n 20")]
pub(super) struct Log {
    /// About this thing only; `workspace` for the workspace itself.
    #[arg(value_name = "REF")]
    about: Option<String>,
    /// Of kinds whose names contain this: `checkedin`, `edited`, `objective`.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    known: Known,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query history leads
  okr query history sales --since 2026-07-01
  okr query history growth --as-of \"week 6\"")]
pub(super) struct History {
    /// A key result, objective, team or cycle [default: everything].
    #[arg(value_name = "REF")]
    about: Option<String>,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query blame leads --field target
  okr query blame workspace --as-of 2026-08-21")]
pub(super) struct Blame {
    /// The thing.
    #[arg(value_name = "REF")]
    about: String,
    /// This field alone, such as `target`.
    #[arg(long, value_name = "FIELD")]
    field: Option<String>,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query diff \"week 2\"
  okr query diff \"week 2\" sales --as-of \"week 6\"")]
pub(super) struct Diff {
    /// The earlier moment.
    #[arg(value_name = "FROM", value_parser = when)]
    from: String,
    /// A key result, an objective or a team [default: everything].
    #[arg(value_name = "REF")]
    about: Option<String>,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query goalposts --cycle 2026-Q3
  okr query goalposts leads --as-of \"week 6\"")]
pub(super) struct Goalposts {
    #[command(flatten)]
    goals: Goals,
    #[command(flatten)]
    time: Time,
}

/// Which goals.
#[derive(Debug, Args)]
struct Goals {
    /// This objective or key result alone.
    #[arg(value_name = "REF")]
    about: Option<String>,
    /// Of this cycle [default: that of REF, else the one that is active today].
    #[arg(long)]
    cycle: Option<String>,
    /// What this team, or a team below it, owns.
    #[arg(long, conflicts_with = "about")]
    team: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query late --cycle 2026-Q3 --days 7
  okr query late leads")]
pub(super) struct Late {
    #[command(flatten)]
    goals: Goals,
    /// From so many days on.
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query regrade 2026-Q3 --rule plain-mean
  okr query regrade 2026-Q3 --weight leads=3 --drop partners
  okr query regrade 2026-Q3 --as-agreed")]
pub(super) struct Regrade {
    /// The cycle [default: the one that is active today].
    #[arg(value_name = "CYCLE")]
    cycle: Option<String>,
    /// This key result weighs so much.
    #[arg(long, value_name = "REF=W")]
    weight: Vec<String>,
    /// Grades are green or amber from here on: green=0.7, amber=0.4.
    #[arg(long, value_name = "BAND=GRADE")]
    threshold: Vec<String>,
    /// Without this objective or key result.
    #[arg(long, value_name = "REF")]
    drop: Vec<String>,
    /// By another rule.
    #[arg(long, value_parser = ["plain-mean", "all-or-nothing", "set-aside-as-zero", "computed"])]
    rule: Vec<String>,
    /// By the goals as first agreed, all grades computed.
    #[arg(long)]
    as_agreed: bool,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query calibration --all --team sales
  okr query calibration 2026-Q1 2026-Q2")]
pub(super) struct Calibration {
    /// Of these cycles [default: the one that ended last].
    #[arg(value_name = "CYCLE")]
    cycles: Vec<String>,
    /// Of all cycles that have ended.
    #[arg(long, conflicts_with = "cycles")]
    all: bool,
    /// What this team, or a team below it, answered for.
    #[arg(long)]
    team: Option<String>,
    /// What this member owned.
    #[arg(long, value_name = "MEMBER")]
    owner: Option<String>,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query forecast leads
  okr query forecast --past all")]
pub(super) struct Forecast {
    /// Of this objective or key result alone.
    #[arg(value_name = "REF", conflicts_with_all = ["cycle", "team"])]
    goal: Option<String>,
    /// Of this cycle [default: the one that is active today].
    #[arg(long, conflicts_with = "past")]
    cycle: Option<String>,
    /// What this team, or a team below it, owns; and what in others' objectives concerns it.
    #[arg(long)]
    team: Option<String>,
    /// How good the forecasts of a cycle that has ended were, of `all`, or of the last.
    #[arg(long, value_name = "CYCLE", num_args = 0..=1, default_missing_value = "")]
    past: Option<String>,
    #[command(flatten)]
    time: Time,
}

impl What {
    /// The report that is asked for, none where it is the state; and of which time.
    pub(super) fn question(self) -> Result<(Option<Report>, Time), Failure> {
        let (report, time) = match self {
            Self::State(known) => return Ok((None, known.into())),
            Self::Conflicts(known) => (Report::Conflicts(ConflictsReport {}), known.into()),
            Self::Status(asked) => {
                let report = StatusReport {
                    cycle: asked.cycle.unwrap_or_default(),
                    team: asked.team.unwrap_or_default(),
                    member: asked.member.unwrap_or_default(),
                    tree: asked.tree,
                };
                (Report::Status(report), asked.time)
            }
            Self::Log(asked) => {
                let (filter, limit) = asked.filter.question();
                let report = LogReport {
                    reference: asked.about.unwrap_or_default(),
                    kind: asked.kind.unwrap_or_default(),
                    filter,
                    limit,
                };
                (Report::Log(report), asked.known.into())
            }
            Self::History(asked) => {
                let (filter, limit) = asked.filter.question();
                let report = HistoryReport {
                    reference: asked.about.unwrap_or_default(),
                    filter,
                    limit,
                };
                (Report::History(report), asked.time)
            }
            Self::Blame(asked) => {
                let report = BlameReport {
                    reference: asked.about,
                    field: asked.field.unwrap_or_default(),
                };
                (Report::Blame(report), asked.time)
            }
            Self::Diff(asked) => {
                let report = DiffReport {
                    from: asked.from,
                    reference: asked.about.unwrap_or_default(),
                };
                (Report::Diff(report), asked.time)
            }
            Self::Goalposts(Goalposts { goals, time }) => {
                let report = GoalpostsReport {
                    reference: goals.about.unwrap_or_default(),
                    cycle: goals.cycle.unwrap_or_default(),
                    team: goals.team.unwrap_or_default(),
                };
                (Report::Goalposts(report), time)
            }
            Self::Late(Late { goals, days, time }) => {
                let report = LateReport {
                    reference: goals.about.unwrap_or_default(),
                    cycle: goals.cycle.unwrap_or_default(),
                    team: goals.team.unwrap_or_default(),
                    days,
                };
                (Report::Late(report), time)
            }
            Self::Regrade(asked) => {
                let (report, time) = asked.question()?;
                (Report::Regrade(report), time)
            }
            Self::Calibration(asked) => {
                let report = CalibrationReport {
                    cycles: asked.cycles,
                    all: asked.all,
                    team: asked.team.unwrap_or_default(),
                    owner: asked.owner.unwrap_or_default(),
                };
                (Report::Calibration(report), asked.time)
            }
            Self::Forecast(asked) => asked.question(),
        };
        Ok((Some(report), time))
    }
}

impl Forecast {
    fn question(self) -> (Report, Time) {
        let reference = self.goal.unwrap_or_default();
        let team = self.team.unwrap_or_default();
        let report = match self.past {
            None => Report::Forecast(ForecastReport {
                reference,
                cycle: self.cycle.unwrap_or_default(),
                team,
            }),
            Some(cycle) => {
                let all = cycle == "all";
                Report::PastForecasts(PastForecastsReport {
                    cycle: if all { String::new() } else { cycle },
                    all,
                    reference,
                    team,
                })
            }
        };
        (report, self.time)
    }
}

impl Regrade {
    fn question(self) -> Result<(RegradeReport, Time), Failure> {
        let mut asked = RegradeReport {
            cycle: self.cycle.unwrap_or_default(),
            drop: self.drop,
            rules: self.rule,
            as_agreed: self.as_agreed,
            ..RegradeReport::default()
        };
        for text in self.weight {
            let (reference, weight) = text.rsplit_once('=').ok_or_else(|| {
                Failure::usage(format!("'{text}' is no weight; write it like leads=2."))
            })?;
            asked.weights.push(RegradeWeight {
                reference: reference.to_owned(),
                weight: weight.to_owned(),
            });
        }
        for text in self.threshold {
            match text.split_once('=') {
                Some(("green", grade)) => grade.clone_into(&mut asked.green),
                Some(("amber", grade)) => grade.clone_into(&mut asked.amber),
                _ => {
                    return Err(Failure::usage(format!(
                        "'{text}' is no threshold; write green=0.7 or amber=0.4."
                    )));
                }
            }
        }
        Ok((asked, self.time))
    }
}
