//! Templates: objectives and key results to begin from, by role.
//!
//! The built-in ones are Markdown documents in `templates/`, read like any other. A workspace keeps
//! its own beside them, as events; one of its own takes the place of a built-in one of that name.

use quarterdeck_core::id::TemplateId;
use quarterdeck_core::state::State;
use quarterdeck_core::token::Life;

/// The templates that come with the program: name and document.
pub const BUILT_IN: &[(&str, &str)] = &[
    (
        "sales-director",
        include_str!("../templates/sales-director.md"),
    ),
    (
        "account-executive",
        include_str!("../templates/account-executive.md"),
    ),
    ("sdr", include_str!("../templates/sdr.md")),
    (
        "customer-success",
        include_str!("../templates/customer-success.md"),
    ),
    ("partnerships", include_str!("../templates/partnerships.md")),
    ("marketing", include_str!("../templates/marketing.md")),
    ("engineering", include_str!("../templates/engineering.md")),
];

/// A template that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template<'a> {
    /// Its name, such as `sales-director`.
    pub name: &'a str,
    /// Its Markdown.
    pub document: &'a str,
    /// Its id, if it is the workspace's own; none where it is built in.
    pub id: Option<TemplateId>,
}

/// Which templates could be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// This one.
    One(Template<'a>),
    /// None is called so.
    None,
    /// Any of these.
    Many(Vec<Template<'a>>),
}

/// The templates of a workspace: its own by name, then the built-in ones that none of its own
/// replaces.
#[must_use]
pub fn all(state: &State) -> Vec<Template<'_>> {
    let mut templates: Vec<Template<'_>> = state
        .templates
        .iter()
        .filter(|(_, found)| found.state == Life::Active)
        .map(|(id, found)| Template {
            name: &found.name,
            document: &found.document,
            id: Some(*id),
        })
        .collect();
    templates.sort_by(|a, b| (a.name, a.id).cmp(&(b.name, b.id)));
    let built_in: Vec<_> = BUILT_IN
        .iter()
        .filter(|(name, _)| !templates.iter().any(|own| is_called(own.name, name)))
        .map(|(name, document)| Template {
            name,
            document,
            id: None,
        })
        .collect();
    templates.extend(built_in);
    templates
}

/// The template that a person means: by its name, or by a piece of it. Capitals don't matter, and
/// neither do dashes: `Sales Director` is `sales-director`.
#[must_use]
pub fn find<'a>(state: &'a State, query: &str) -> Found<'a> {
    let all = all(state);
    let exact: Vec<_> = (all.iter().copied())
        .filter(|template| is_called(template.name, query))
        .collect();
    let near: Vec<_> = (all.into_iter())
        .filter(|template| plain(template.name).contains(&plain(query)))
        .collect();
    match (exact.as_slice(), near.as_slice()) {
        ([one], _) | ([], [one]) => Found::One(*one),
        ([], []) => Found::None,
        ([], _) => Found::Many(near),
        _ => Found::Many(exact),
    }
}

fn is_called(name: &str, query: &str) -> bool {
    plain(name) == plain(query)
}

/// A name in lower case, with single spaces for whatever parts its words.
fn plain(name: &str) -> String {
    let name = name.to_lowercase();
    let words: Vec<&str> = name
        .split(|c: char| c.is_whitespace() || c == '-' || c == '_')
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_goes_by_its_name_or_a_piece_of_it() {
        let state = State::default();
        for query in [
            "sales-director",
            "Sales Director",
            "director",
            " SALES_director ",
        ] {
            match find(&state, query) {
                Found::One(found) => assert_eq!(found.name, "sales-director", "{query}"),
                other => panic!("{query}: {other:?}"),
            }
        }
        assert_eq!(find(&state, "astronaut"), Found::None);
        match find(&state, "e") {
            Found::Many(found) => assert!(found.len() > 2),
            other => panic!("{other:?}"),
        }
    }
}
