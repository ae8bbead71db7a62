//! What changed between two moments.

use quarterdeck_core::asked;
use quarterdeck_core::diff::{self as rule, Scope};
use quarterdeck_core::value::Subject;
use quarterdeck_core::whose::Whose;
use quarterdeck_proto::v1;
use quarterdeck_report::json::{self, DiffQuery};
use tonic::Status;

use super::object;
use crate::rpc::query::view::View;
use crate::status::invalid;

pub(super) fn tell(mut view: View, asked: &v1::DiffReport) -> Result<String, Status> {
    let from = view
        .moment_of("diff.from", &asked.from, false)?
        .ok_or_else(|| invalid("diff.from", "is empty: say since when"))?;
    if asked::is_backwards(view.state(), from, view.moment(), view.now()) {
        return Err(invalid(
            "diff.from",
            "is after the moment as of which it is asked",
        ));
    }
    let then_on = match view.named_day() {
        Some(day) => day,
        None => asked::day_of(&mut view.past, from)?,
    };
    let about = (view.named(&asked.reference, |things, query| things.subject(query))?)
        .filter(|subject| *subject != Subject::Workspace);
    let scope = match about {
        None => Scope::Whose(Whose::All),
        Some(subject) => Scope::of(view.state(), subject).ok_or_else(|| {
            let noun = subject.noun();
            invalid(
                "diff.reference",
                format!(
                    "a {noun} has no figures to compare; key results, objectives and teams have"
                ),
            )
        })?,
    };
    let days = (then_on, view.on());
    let found = rule::of(&mut view.past, from, days, &scope)?;
    let query = DiffQuery {
        from: from.into(),
        to: view.as_of(),
        days,
        about,
    };
    object(&json::diff(&view.names(), &found, &query, &|_| false))
}
