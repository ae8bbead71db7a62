//! Attributes at the end of a heading or an item: `{increase 500..550, unit: leads, weekly}`.
//!
//! All or nothing: braces with anything in them that is no attribute belong to the title.

use quarterdeck_core::token::{
    Cadence, Indicator, KeyResultState, MetricKind, ObjectiveKind, ObjectiveState, Tier,
};

use crate::fields::Name;

/// Attributes in their order.
pub(crate) type Attributes = Vec<(Name, String)>;

/// A title, and the attributes that stood behind it.
pub(crate) fn split(text: &str) -> (&str, Option<Attributes>) {
    let text = text.trim();
    let Some(inner) = text.strip_suffix('}') else {
        return (text, None);
    };
    for (at, _) in inner.match_indices('{') {
        if let (Some(title), Some(list)) = (inner.get(..at), inner.get(at + 1..))
            && let Some(found) = parse(list)
        {
            return (title.trim_end(), Some(found));
        }
    }
    (text, None)
}

fn parse(list: &str) -> Option<Attributes> {
    let mut found = Vec::new();
    for part in parts(list)? {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        attribute(part, &mut found)?;
    }
    Some(found)
}

/// Splits at commas outside of quotes.
fn parts(list: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in list.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(list.get(start..at)?);
                start = at + 1;
            }
            '{' | '}' if !quoted => return None,
            _ => {}
        }
    }
    parts.push(list.get(start..)?);
    (!quoted).then_some(parts)
}

fn attribute(part: &str, found: &mut Attributes) -> Option<()> {
    if let Some((name, value)) = part.split_once(':') {
        found.push((Name::from_text(name)?, unquoted(value.trim())?));
        return Some(());
    }
    let (first, rest) = part.split_once(' ').unwrap_or((part, ""));
    if let Ok(kind) = first.parse::<MetricKind>() {
        found.push((Name::Metric, kind.word().to_owned()));
        return match (kind, rest.split_once("..")) {
            (MetricKind::Increase | MetricKind::Decrease, Some((a, b))) => {
                found.push((Name::Baseline, number(a)?));
                found.push((Name::Target, number(b)?));
                Some(())
            }
            (MetricKind::Maintain, Some((a, b))) => {
                found.push((Name::Low, number(a)?));
                found.push((Name::High, number(b)?));
                Some(())
            }
            (MetricKind::Binary | MetricKind::Milestones, None) => rest.is_empty().then_some(()),
            _ => None,
        };
    }
    let name = if part.parse::<Indicator>().is_ok() {
        Name::Indicator
    } else if part.parse::<Cadence>().is_ok() {
        Name::Cadence
    } else if part.parse::<Tier>().is_ok() {
        Name::Certainty
    } else if part.parse::<ObjectiveKind>().is_ok() {
        Name::Kind
    } else if part.parse::<ObjectiveState>().is_ok() || part.parse::<KeyResultState>().is_ok() {
        Name::State
    } else if part == "standing" {
        found.push((Name::Standing, "on".to_owned()));
        return Some(());
    } else {
        return None;
    };
    found.push((name, part.to_owned()));
    Some(())
}

fn number(text: &str) -> Option<String> {
    let text = text.trim();
    crate::phrase::number_with_unit(text).map(|_| text.to_owned())
}

fn unquoted(text: &str) -> Option<String> {
    let Some(inner) = text.strip_prefix('"') else {
        return (!text.contains('"')).then(|| text.to_owned());
    };
    let inner = inner.strip_suffix('"')?;
    let (mut out, mut escaped) = (String::new(), false);
    for c in inner.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            'n' if escaped => {
                out.push('\n');
                escaped = false;
            }
            c => {
                out.push(c);
                escaped = false;
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_come_off_the_end() {
        let (title, found) = split(
            "Qualified leads {increase 500..550, unit: leads, leading, owner: \"Ana, \\\"A\\\"\"}",
        );
        assert_eq!(title, "Qualified leads");
        assert_eq!(
            found.unwrap(),
            [
                (Name::Metric, "increase".to_owned()),
                (Name::Baseline, "500".to_owned()),
                (Name::Target, "550".to_owned()),
                (Name::Unit, "leads".to_owned()),
                (Name::Indicator, "leading".to_owned()),
                (Name::Owner, "Ana, \"A\"".to_owned()),
            ]
        );
    }

    #[test]
    fn other_braces_belong_to_the_title() {
        for title in [
            "Successful users of source{d}",
            "a {b}",
            "{increase}",
            "x {weekly, foo}",
            "x {increase a..b}",
            "x {owner: \"}",
        ] {
            assert_eq!(split(title), (title, None));
        }
        assert_eq!(split("a {weekly} {}"), ("a {weekly}", Some(Vec::new())));
    }
}
