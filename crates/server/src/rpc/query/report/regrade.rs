//! A cycle by other rules, beside what was graded.

use quarterdeck_core::closing;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::goalposts;
use quarterdeck_core::grading::Bands;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::refusal::{Code as Why, Refusal};
use quarterdeck_core::regrade::{self as rule, Rules};
use quarterdeck_core::value::Subject;
use quarterdeck_proto::v1;
use quarterdeck_report::json::{self, RegradeBy};
use tonic::Status;

use super::{goals, object};
use crate::rpc::query::view::View;
use crate::status::{invalid, refused};

pub(super) fn tell(mut view: View, asked: &v1::RegradeReport) -> Result<String, Status> {
    let named = view.cycle(&asked.cycle)?;
    let cycle = view.of_cycle(named)?.ok_or_else(goals::no_cycle)?;
    let rules = rules(&view, asked, cycle)?;
    let bands = !(asked.green.is_empty() && asked.amber.is_empty());
    let words = json::regrade_rules(&view.names(), &rules, bands, asked.as_agreed);
    if words.is_empty() {
        return Err(invalid(
            "regrade",
            "names no rule: give one of weights, green, amber, drop, rules, as_agreed",
        ));
    }
    let agreed = if asked.as_agreed {
        let asked = goalposts::Asked {
            cycle,
            scope: goalposts::Scope::Cycle,
            on: view.on(),
        };
        goalposts::of(&mut view.past, &asked)?.map(|found| found.agreed)
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
    object(&json::regrade(&view.names(), &found, by))
}

fn rules(view: &View, asked: &v1::RegradeReport, cycle: CycleId) -> Result<Rules, Status> {
    let mut rules = Rules {
        bands: bands(asked)?,
        ..Rules::default()
    };
    for word in &asked.rules {
        match word.as_str() {
            "plain-mean" => rules.equal_weights = true,
            "all-or-nothing" => rules.all_or_nothing = true,
            "set-aside-as-zero" => rules.set_aside_is_zero = true,
            "computed" => rules.computed = true,
            _ => {
                let what = "are plain-mean, all-or-nothing, set-aside-as-zero and computed";
                return Err(invalid("regrade.rules", what));
            }
        }
    }
    for one in &asked.weights {
        let field = "regrade.weights";
        let id = view
            .named(&one.reference, |things, query| things.key_result(query))?
            .ok_or_else(|| invalid(field, "lacks the reference of a key result"))?;
        let weight = number(field, &one.weight)?;
        if weight <= Decimal::ZERO {
            return Err(invalid(field, format!("are above 0, not {weight}")));
        }
        in_cycle(view, Subject::KeyResult(id), &one.reference, cycle)?;
        rules.weights.insert(id, weight);
    }
    for query in &asked.drop {
        let subject = view
            .named(query, |things, query| things.goal(query))?
            .ok_or_else(|| invalid("regrade.drop", "has an empty reference"))?;
        in_cycle(view, subject, query, cycle)?;
        rules.left_out.insert(subject);
    }
    Ok(rules)
}

fn in_cycle(view: &View, subject: Subject, query: &str, cycle: CycleId) -> Result<(), Status> {
    if closing::cycle_of(view.state(), subject) == Some(cycle) {
        return Ok(());
    }
    let name = (view.names().title(Subject::Cycle(cycle))).unwrap_or_default();
    let message = format!("'{query}' is not of {name}.");
    Err(refused(&Refusal::new(Why::NotFound, message)))
}

fn bands(asked: &v1::RegradeReport) -> Result<Bands, Status> {
    let mut bands = Bands::default();
    for (field, text, cut) in [
        ("regrade.green", &asked.green, &mut bands.green),
        ("regrade.amber", &asked.amber, &mut bands.amber),
    ] {
        if !text.is_empty() {
            *cut = number(field, text)?;
            if *cut < Decimal::ZERO || *cut > Decimal::ONE {
                return Err(invalid(
                    field,
                    format!("is {text}, and not between 0 and 1"),
                ));
            }
        }
    }
    if bands.amber >= bands.green {
        let what = format!(
            "is {} and green {}: amber lies below",
            bands.amber, bands.green
        );
        return Err(invalid("regrade.amber", what));
    }
    Ok(bands)
}

fn number(field: &str, text: &str) -> Result<Decimal, Status> {
    (text.parse()).map_err(|error| invalid(field, format!("'{text}' is no number: {error}")))
}
