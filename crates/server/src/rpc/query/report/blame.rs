//! Who set what.

use quarterdeck_core::blame::{self as rule, Unset};
use quarterdeck_core::refusal::{Code as Why, Refusal};
use quarterdeck_core::value::Subject;
use quarterdeck_proto::v1;
use quarterdeck_report::json;
use tonic::Status;

use super::object;
use crate::rpc::query::view::View;
use crate::status::{invalid, refused};

pub(super) fn tell(mut view: View, asked: &v1::BlameReport) -> Result<String, Status> {
    let subject = view
        .named(&asked.reference, |things, query| things.subject(query))?
        .ok_or_else(|| invalid("blame.reference", "is empty: say of what"))?;
    let on = view.on();
    let mut found = rule::of(&mut view.past, subject, on)?.ok_or_else(|| {
        refused(&Refusal::not_found(
            subject.noun(),
            asked.reference.as_str(),
        ))
    })?;
    if !asked.field.is_empty() {
        found = rule::only(view.state(), subject, found, &asked.field)
            .map_err(|why| unset(subject, &asked.field, why))?;
    }
    object(&json::blame(
        &view.names(),
        subject,
        &found,
        (on, view.as_of()),
    ))
}

fn unset(subject: Subject, word: &str, why: Unset) -> Status {
    let noun = subject.noun();
    match why {
        Unset::NoField(known) => {
            let known = known.join(", ");
            invalid(
                "blame.field",
                format!("'{word}' is no field of a {noun}, which has {known}"),
            )
        }
        Unset::Never(field) => refused(&Refusal::new(
            Why::NotFound,
            format!("Nobody has ever set the {} of this {noun}.", field.word()),
        )),
    }
}
