//! `okr lint`: advice, by objective; what each code means; and `docs/lint.md`.

use std::fmt::Write as _;

use super::View;
use super::document::{Document, Line, Style};
use super::status::as_of;
use super::table::{Column, Table};
use crate::json::{Lint, LintFinding, LintRule, LintRules};
use crate::number::count;

/// Where sentences begin, behind the longest code.
const INDENT: usize = 28;

/// What the lint found; with `silenced`, also what is silenced.
#[must_use]
pub fn lint(found: &Lint, silenced: bool, view: &View) -> Document {
    let mut document = Document::new();
    document.extend(as_of(found.as_of, view));
    if found.objectives == 0 {
        document.push(Line::new().plain("There is no live objective to look at."));
        document.hint("see which there are", "okr objective list");
        return document;
    }
    let mut shown: Vec<(&LintFinding, bool)> =
        (found.findings.iter()).map(|one| (one, false)).collect();
    if silenced {
        shown.extend(found.silenced.iter().map(|one| (one, true)));
        // Silenced ones stand with the others of their objective, in the order of the findings.
        shown.sort_by_key(|(one, _)| place(found, one));
    }
    let mut above: Option<&LintFinding> = None;
    for (one, silent) in shown {
        if above.is_none_or(|above| above.objective != one.objective) {
            document.blank();
            document.push(
                (Line::new().reference(&one.objective.reference).plain("  "))
                    .said(Style::Strong, &one.objective.title)
                    .said(
                        Style::Muted,
                        &one.cycle.as_deref().map_or_else(String::new, in_cycle),
                    )
                    .cut(view.width),
            );
        }
        let of_objective = one.about == one.objective;
        if !of_objective && above.is_none_or(|above| above.about != one.about) {
            document.push(
                (Line::new()
                    .plain("  ")
                    .reference(&one.about.reference)
                    .plain("  "))
                .said(Style::Plain, &one.about.title)
                .cut(view.width),
            );
        }
        let style = if silent { Style::Muted } else { Style::Warn };
        let label = Line::new()
            .plain(if of_objective { "  " } else { "    " })
            .with(style, one.code.word());
        let said = if silent {
            format!("{} Silenced.", one.message)
        } else {
            one.message.clone()
        };
        document.hanging(label, &said, INDENT, view.width);
        above = Some(one);
    }
    document.blank();
    conclude(&mut document, found, silenced);
    document
}

/// Where the first finding of the same objective, then of the same thing, stands.
fn place(found: &Lint, one: &LintFinding) -> (usize, usize) {
    let all = || found.findings.iter().chain(&found.silenced);
    (
        all()
            .position(|other| other.objective == one.objective)
            .unwrap_or_default(),
        all()
            .position(|other| other.about == one.about)
            .unwrap_or_default(),
    )
}

fn in_cycle(cycle: &str) -> String {
    format!(", {cycle}")
}

fn conclude(document: &mut Document, found: &Lint, silenced: bool) {
    let looked_at = count(found.objectives, "objective");
    let line = if found.findings.is_empty() {
        Line::new()
            .with(Style::Good, "✓")
            .plain(format!(" Nothing to advise about {looked_at}"))
    } else {
        let findings = count(found.findings.len(), "finding");
        Line::new().plain(format!("{findings} in {looked_at}"))
    };
    let quiet = match found.silenced.len() {
        0 => String::new(),
        silent => format!(", {silent} silenced"),
    };
    document.push(line.plain(format!("{quiet}.")));
    if let Some(one) = found.findings.first() {
        let explain = format!("okr lint --explain {}", one.code);
        document.hint("why it matters, and what to do", &explain);
        let silence = format!("okr lint silence {} {}", one.objective.reference, one.code);
        document.hint("if you know better", &silence);
    } else if !silenced && !found.silenced.is_empty() {
        document.hint("see what is silenced", "okr lint --silenced");
    }
}

/// All that the lint can find.
#[must_use]
pub fn lint_rules(found: &LintRules, width: usize) -> Document {
    let mut table = Table::new([Column::new("code"), Column::new("what it finds").cut(30)]);
    for rule in &found.rules {
        table.row([
            Line::new().strong(rule.code.word()),
            Line::new().plain(rule.title),
        ]);
    }
    let mut document = Document::new();
    document.extend(table.lines(width));
    document.blank();
    document.hint("what one of them means", "okr lint --explain CODE");
    document
}

/// What one code means.
#[must_use]
pub fn lint_rule(rule: &LintRule, width: usize) -> Document {
    let mut document = Document::new();
    document.push(Line::new().strong(rule.code.word()));
    document.paragraph(Style::Plain, rule.title, 2, width);
    document.heading("Why it matters");
    document.paragraph(Style::Plain, rule.why, 2, width);
    document.heading("What to do");
    document.paragraph(Style::Plain, rule.remedy, 2, width);
    document.heading("For example");
    document.hanging(Line::new().muted("  found"), rule.found, 10, width);
    document.hanging(Line::new().muted("  better"), rule.better, 10, width);
    document.blank();
    document.hint(
        "tell no more of it for one objective",
        &format!("okr lint silence REF {}", rule.code),
    );
    document
}

/// The page of the documentation that lists all findings, in Markdown.
#[must_use]
pub fn lint_markdown(found: &LintRules) -> String {
    let mut page = String::from(
        "# Lint: advice about objectives and key results\n\n\
         Made from the program by `okr lint --list --markdown`; a test compares the two.\n\n\
         `okr lint` looks at the live objectives of all cycles that are neither closed nor over, \
         and answers with exit code 1 when it finds something. It is advice: nothing is ever \
         refused because of it. Whoever knows better silences a code for one objective with \
         `okr lint silence REF CODE -m WHY`, and `okr lint heed REF CODE` lets it speak again. \
         Words are read in English and German.\n\n\
         | code | what it finds |\n|---|---|\n",
    );
    // Writing to a String does not fail.
    for rule in &found.rules {
        let _ = writeln!(page, "| [`{0}`](#{0}) | {1} |", rule.code, rule.title);
    }
    for rule in &found.rules {
        let _ = write!(
            page,
            "\n## `{}`\n\n**{}.** {}\n\n*What to do.* {}\n\n*For example:* {} → {}\n",
            rule.code,
            rule.title,
            rule.why,
            rule.remedy,
            example(rule.found),
            example(rule.better),
        );
    }
    page
}

/// Something to type in code, something said in quotes.
fn example(text: &str) -> String {
    if text.starts_with("okr ") {
        format!("`{text}`")
    } else {
        format!("“{text}”")
    }
}
