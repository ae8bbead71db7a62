//! The table of all findings: what each is called, why it matters, and what to do about it.
//!
//! `okr lint --explain`, `okr lint --list` and `docs/lint.md` are all made from it.

use crate::token::LintCode;

/// What there is to say about a finding in general.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// Its code.
    pub code: LintCode,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// What would be found, and how it could be said instead.
    pub example: (&'static str, &'static str),
}

/// What there is to say about a finding in general.
#[must_use]
pub const fn explain(code: LintCode) -> Explanation {
    let (title, why, remedy, example) = match code {
        LintCode::NumberInTitle => (
            "The objective's title contains a number",
            "An objective says in words where to go, so that people remember it and want it. \
             How far one has come is told by its key results; a number in the title makes the \
             objective one of them, and leaves nothing to inspire.",
            "Say what is better for whom once it is reached, and move the number into a key \
             result. Names such as B2B, Q3, ISO 27001 or a year are no numbers.",
            (
                "Win 50 customers in Portugal",
                "Be the first choice of clinics in Portugal",
            ),
        ),
        LintCode::NoOwner => (
            "Nobody answers for it",
            "What everybody owns is asked for by nobody: check-ins stop first, then the work.",
            "Name the one person whom you would ask how it is going. A team may own an \
             objective; each of its key results still wants a person.",
            ("owner: none", "okr kr edit REF --owner ana"),
        ),
        LintCode::TooManyObjectives => (
            "More than 4 objectives in a quarter, or 5 in a year",
            "The objectives of one owner compete for the same hours. With five of them each gets \
             no more than a day a week, and none of them moves.",
            "Decide which ones can wait and defer them with a reason: they stay visible. Or \
             hand one over to somebody who has room.",
            (
                "five objectives of ana in 2026-Q3",
                "okr objective defer REF -m \"after the launch\"",
            ),
        ),
        LintCode::Unaligned => (
            "It supports nothing above it",
            "An objective that serves no higher one is either work that nobody asked for, or a \
             goal that the level above has forgotten.",
            "Say which objective or key result above it moves. Where none fits, bring it up \
             with those who set the level above.",
            ("supports: nothing", "okr objective align REF ABOVE"),
        ),
        LintCode::BrokenAlignment => (
            "It supports something that was dropped or deferred",
            "What it was for is no longer pursued; whether it still makes sense is a question \
             that somebody has to answer.",
            "Align it with what took the place of the dropped one, or let it go as well.",
            (
                "supports a dropped objective",
                "okr objective align REF ABOVE",
            ),
        ),
        LintCode::Unsupported => (
            "Nothing supports it",
            "An annual or company-wide objective is reached through the quarterly and team \
             objectives below it. When lower ones exist and none of them points here, nobody \
             works on it.",
            "Align one of the lower objectives with it, draft one, or admit that it waits and \
             defer it.",
            ("supported by: nothing", "okr objective align BELOW REF"),
        ),
        LintCode::TooFewKeyResults => (
            "It has fewer than 2 key results",
            "One number can be reached at the cost of what it stands for: more leads of \
             lower quality. A second one keeps the first one honest.",
            "Ask what else would be true if the objective were reached, and measure that too.",
            (
                "Qualified leads 500..550",
                "and: Share of leads that become customers 12..15 %",
            ),
        ),
        LintCode::TooManyKeyResults => (
            "It has more than 5 key results",
            "Attention is what an objective is for. Seven numbers are a dashboard, and nobody \
             can say which of them matters.",
            "Keep those that would convince you that the objective is reached; defer the rest, \
             or keep them as KPIs.",
            ("seven key results", "okr kr defer REF -m WHY"),
        ),
        LintCode::NoLeadingIndicator => (
            "None of its key results is a leading indicator",
            "Lagging numbers tell at the end of the quarter what can no longer be changed. A \
             leading one moves weeks before, while there is time to act.",
            "Add a key result for what has to happen first, and mark it as leading.",
            (
                "Renewal rate 82..88 % (lagging)",
                "and: Accounts that use the product weekly 60..75 % (leading)",
            ),
        ),
        LintCode::TaskNotResult => (
            "The key result is a task",
            "A task can be done without anything getting better: the website is launched, and \
             nobody comes. A key result says what is different afterwards.",
            "Ask what the task is for and measure that, from where to where. Keep the task as \
             an initiative that supports the key result.",
            (
                "Launch the new website",
                "Visitors who ask for a demo 1.2..2 %",
            ),
        ),
        LintCode::PlainKpi => (
            "The key result is a plain KPI",
            "Revenue or meetings held are looked at all year, whatever the goals are. As a key \
             result they name no change that somebody could bring about this quarter.",
            "Say which part of it is to change and through whom, or keep it as a KPI and link \
             the key results that should improve it.",
            ("Revenue", "Revenue from customers won through partners"),
        ),
        LintCode::NoBaseline => (
            "The key result has no baseline and target",
            "Done or not done is seen on the last day only. Without a baseline nobody knows \
             whether the target is bold or has been reached already.",
            "Measure where you are, and say from where to where it shall go; or break it into \
             steps that can be seen on the way.",
            (
                "Customers love the support: done or not",
                "Customers who rate the support 5 of 5: 61..75 %",
            ),
        ),
        LintCode::BaselineEqualsTarget => (
            "Baseline and target are the same",
            "The key result is reached before anybody has begun, so it asks for nothing.",
            "Set a target beyond the baseline; or, where a value shall stay where it is, say \
             between which bounds it is to be maintained.",
            (
                "Uptime 99.9..99.9 %",
                "okr kr edit REF --maintain 99.9..100",
            ),
        ),
    };
    Explanation {
        code,
        title,
        why,
        remedy,
        example,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_in_sentences() {
        for code in LintCode::ALL {
            let said = explain(*code);
            assert!(
                said.why.ends_with('.') && said.remedy.ends_with('.'),
                "{code}"
            );
            assert!(!said.title.ends_with('.'), "{code}");
            for text in [said.title, said.why, said.remedy] {
                assert!(!text.contains("  "), "{code}: {text}");
            }
        }
    }
}
