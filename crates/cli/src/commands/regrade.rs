//! `okr regrade`: a cycle by other rules, beside what was graded. Nothing is recorded.

use clap::{Args, ValueEnum};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::goalposts;
use quarterdeck_core::grading::Bands;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::regrade::{self as rule, Rules};
use quarterdeck_core::value::Subject;
use quarterdeck_report::json::{self, RegradeBy};
use quarterdeck_report::text;

use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::parse;
use crate::view::{Scope, Time, View};

/// Grade a cycle again by other weights, bands or rules, beside what was graded.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr regrade 2026-Q3 --equal-weights
  okr regrade 2026-Q3 --weight leads=3 --weight partners=1
  okr regrade 2026-Q3 --threshold green=0.8 --threshold amber=0.5
  okr regrade 2026-Q3 --rule all-or-nothing --rule set-aside-as-zero
  okr regrade 2026-Q3 --rule computed     without what people overruled
  okr regrade 2026-Q3 --as-agreed         by the goals as they were at the start
  okr regrade 2026-Q3 --drop partners --json
  okr regrade 2026-Q3 --equal-weights -o regraded.csv

Nothing is recorded. What has no grade yet stands with the computed one, so a cycle that is running \
can be asked about too. Several rules go together.")]
pub(crate) struct Regrade {
    /// The cycle [default: the one that is active today].
    #[arg(value_name = "CYCLE", add = crate::complete::cycles())]
    cycle: Option<String>,
    /// This key result weighs so much.
    #[arg(long, value_name = "REF=W", value_parser = weight, allow_hyphen_values = true)]
    weight: Vec<(String, Decimal)>,
    /// All key results of an objective weigh the same.
    #[arg(long)]
    equal_weights: bool,
    /// Grades are green or amber from here on: green=0.7, amber=0.4.
    #[arg(long, value_name = "BAND=GRADE", value_parser = threshold, allow_hyphen_values = true)]
    threshold: Vec<(Cut, Decimal)>,
    /// Without this objective or key result.
    #[arg(long, value_name = "REF", add = crate::complete::goals())]
    drop: Vec<String>,
    /// By another rule.
    #[arg(long, value_enum)]
    rule: Vec<Rule>,
    /// By the goals as first agreed, all grades computed: see `okr goalposts`.
    #[arg(long)]
    as_agreed: bool,
    #[command(flatten)]
    sheet: SheetOptions,
    #[command(flatten)]
    time: Time,
}

/// Another rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rule {
    /// An objective is the plain mean of its key results.
    PlainMean,
    /// A key result of a committed objective is 1, or else 0.
    AllOrNothing,
    /// What was deferred or dropped counts, with 0.
    SetAsideAsZero,
    /// The computed grade counts where a person set another.
    Computed,
}

/// Where a band begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Green,
    Amber,
}

fn weight(text: &str) -> Result<(String, Decimal), String> {
    let Some((reference, weight)) = text.rsplit_once('=') else {
        return Err(format!("`{text}` is no weight; write it like leads=2"));
    };
    let weight = parse::number(weight)?;
    if weight <= Decimal::ZERO {
        return Err(format!(
            "a weight is above 0, not {weight}; leave out with --drop {reference}"
        ));
    }
    Ok((reference.to_owned(), weight))
}

fn threshold(text: &str) -> Result<(Cut, Decimal), String> {
    let wanted = || format!("`{text}` is no threshold; write green=0.7 or amber=0.4");
    let (band, grade) = text.split_once('=').ok_or_else(wanted)?;
    let band = match band.to_lowercase().as_str() {
        "green" => Cut::Green,
        "amber" => Cut::Amber,
        _ => return Err(wanted()),
    };
    Ok((band, parse::share(grade)?))
}

impl Regrade {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.sheet.is_wanted(context)?;
        let view = context.open()?.view(self.time.clone())?;
        let named = (self.cycle.as_deref())
            .map(|cycle| view.resolver().cycle(cycle))
            .transpose()?;
        let scope = Scope {
            cycle: named,
            ..Scope::default()
        };
        let (mut view, scope) = view.of_scope(scope)?;
        let Some(cycle) = scope.cycle else {
            return Err(view.no_cycle());
        };
        let rules = self.rules(&view, cycle)?;
        let words = json::regrade_rules(
            &view.names(),
            &rules,
            !self.threshold.is_empty(),
            self.as_agreed,
        );
        if words.is_empty() {
            return Err(Failure::usage("By which other rule shall it be graded?").hint(
                "give one of --weight, --equal-weights, --threshold, --drop, --rule, --as-agreed",
            ));
        }
        let agreed = if self.as_agreed {
            let asked = goalposts::Asked {
                cycle,
                scope: goalposts::Scope::Cycle,
                on: view.on(),
            };
            view.ask(|past| goalposts::of(past, &asked))?
                .map(|found| found.agreed)
        } else {
            None
        };
        let found = rule::regrade(view.state(), agreed.as_ref(), cycle, view.on(), &rules);
        let by = RegradeBy {
            rules: words,
            bands: rules.bands,
            as_of: view.as_of(),
            on: view.on(),
        };
        let told = json::regrade(&view.names(), &found, by);
        (self.sheet).answer(&view, &told, sheet::regrade, text::regrade)
    }

    fn has(&self, rule: Rule) -> bool {
        self.rule.contains(&rule)
    }

    fn rules(&self, view: &View<'_>, cycle: CycleId) -> Result<Rules, Failure> {
        let resolver = view.resolver();
        let in_cycle = |subject: Subject, query: &str| {
            if quarterdeck_core::closing::cycle_of(view.state(), subject) == Some(cycle) {
                return Ok(());
            }
            let name = view
                .names()
                .title(Subject::Cycle(cycle))
                .unwrap_or_default();
            Err(Failure::not_found(format!("'{query}' is not of {name}.")))
        };
        let mut rules = Rules {
            equal_weights: self.equal_weights || self.has(Rule::PlainMean),
            computed: self.has(Rule::Computed),
            all_or_nothing: self.has(Rule::AllOrNothing),
            set_aside_is_zero: self.has(Rule::SetAsideAsZero),
            bands: self.bands()?,
            ..Rules::default()
        };
        for (query, weight) in &self.weight {
            let id = resolver.key_result(query)?;
            in_cycle(Subject::KeyResult(id), query)?;
            rules.weights.insert(id, *weight);
        }
        for query in &self.drop {
            let subject = resolver.goal(query)?;
            in_cycle(subject, query)?;
            rules.left_out.insert(subject);
        }
        Ok(rules)
    }

    fn bands(&self) -> Result<Bands, Failure> {
        let mut bands = Bands::default();
        for (cut, from) in &self.threshold {
            match cut {
                Cut::Green => bands.green = *from,
                Cut::Amber => bands.amber = *from,
            }
        }
        if bands.amber >= bands.green {
            return Err(Failure::usage(format!(
                "Amber would begin at {} and green at {}: amber lies below green.",
                bands.amber, bands.green
            ))
            .hint("give both: --threshold green=0.8 --threshold amber=0.5"));
        }
        Ok(bands)
    }
}
