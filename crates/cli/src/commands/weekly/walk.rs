//! The walk through one's due check-ins, then progress, plans and problems.
//!
//! Three keys a key result at least, one at most where there is nothing to say: Enter skips. A
//! value may carry its confidence and note (`531@0.7;two signed`), and is then not asked for them.
//! What was entered before Ctrl-C is kept.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::event::{CheckedIn, Metric};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::weekly::Said;
use quarterdeck_report::text::{clean, one_line};

use super::said;
use crate::ask::Answer;
use crate::error::Failure;

/// A key result that is asked about.
#[derive(Debug, Clone)]
pub(super) struct Asked<'s> {
    /// Which.
    pub(super) key_result: KeyResultId,
    /// How it is measured.
    pub(super) metric: &'s Metric,
    /// The KPI that it reads its value from: that one is to be read, not the key result.
    pub(super) kpi: Option<String>,
}

/// What the walk came to.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Check-ins, in the order in which they were given.
    pub(super) check_ins: Vec<CheckedIn>,
    /// What was said of the week.
    pub(super) said: Said,
    /// Whether somebody stopped it.
    pub(super) stopped: bool,
}

impl Walked {
    /// Whether nothing was entered.
    pub(super) fn is_empty(&self) -> bool {
        self.check_ins.is_empty() && self.said == Said::default()
    }
}

/// Asks a question with a word of help.
type Ask<'a> = dyn FnMut(&str, &str) -> Result<Answer<String>, Failure> + 'a;
/// Shows text.
type Tell<'a> = dyn FnMut(&str) -> Result<(), Failure> + 'a;

/// Asks about each key result, then about the week.
///
/// # Errors
/// The terminal fails.
pub(super) fn walk(
    ask: &mut Ask<'_>,
    tell: &mut Tell<'_>,
    asked: &[(Asked<'_>, String)],
    before: &Said,
    effective: Date,
) -> Result<Walked, Failure> {
    let mut walked = Walked::default();
    for (one, brief) in asked {
        tell(&format!("\n{brief}"))?;
        if let Some(kpi) = &one.kpi {
            tell(&format!("  reads from a KPI: okr kpi record {kpi} VALUE\n"))?;
            continue;
        }
        let Some(made) = check_in(ask, tell, one, effective, &mut walked.stopped)? else {
            if walked.stopped {
                return Ok(walked);
            }
            continue;
        };
        walked.check_ins.push(made);
        if walked.stopped {
            return Ok(walked);
        }
    }
    tell("\n")?;
    for (question, before, place) in [
        ("Progress", &before.progress, &mut walked.said.progress),
        ("Plans", &before.plans, &mut walked.said.plans),
        ("Problems", &before.problems, &mut walked.said.problems),
    ] {
        let help = match before {
            Some(before) => format!("Enter keeps: {}", clean(&one_line(before))),
            None => "Enter: nothing to say".to_owned(),
        };
        match ask(question, &help)? {
            Answer::Given(text) if text.trim().is_empty() => {}
            Answer::Given(text) => *place = Some(text),
            Answer::Stopped => {
                walked.stopped = true;
                break;
            }
        }
    }
    Ok(walked)
}

/// Asks until the value fits, or is left out.
fn check_in(
    ask: &mut Ask<'_>,
    tell: &mut Tell<'_>,
    one: &Asked<'_>,
    effective: Date,
    stopped: &mut bool,
) -> Result<Option<CheckedIn>, Failure> {
    let help = format!(
        "{}, Enter skips; VALUE@CONFIDENCE;NOTE at once",
        values(one.metric)
    );
    loop {
        let text = match ask("Value", &help)? {
            Answer::Stopped => {
                *stopped = true;
                return Ok(None);
            }
            Answer::Given(text) if text.trim().is_empty() => return Ok(None),
            Answer::Given(text) => text,
        };
        let made = said::line(&text)
            .and_then(|line| said::made(one.key_result, one.metric, line, effective));
        let mut made = match made {
            Ok(made) => made,
            Err(failure) => {
                complain(tell, &failure)?;
                continue;
            }
        };
        if made.confidence.is_none() && made.note.is_none() {
            details(ask, tell, &mut made, stopped)?;
        }
        return Ok(Some(made));
    }
}

/// What can be said of a key result.
fn values(metric: &Metric) -> String {
    match metric.kind {
        MetricKind::Increase | MetricKind::Decrease | MetricKind::Maintain => {
            "a number, or +3".to_owned()
        }
        MetricKind::Binary => "done or not-done".to_owned(),
        MetricKind::Milestones => {
            let steps: Vec<_> = (metric.milestones.iter())
                .map(|step| one_line(&step.name))
                .collect();
            clean(&steps.join(", ")).into_owned()
        }
    }
}

/// Asks how sure one is, and for a word on it.
fn details(
    ask: &mut Ask<'_>,
    tell: &mut Tell<'_>,
    made: &mut CheckedIn,
    stopped: &mut bool,
) -> Result<(), Failure> {
    made.confidence = loop {
        match ask(
            "Confidence",
            "how sure you are, 0 to 1 or in %, Enter skips",
        )? {
            Answer::Stopped => {
                *stopped = true;
                return Ok(());
            }
            Answer::Given(text) if text.trim().is_empty() => break None,
            Answer::Given(text) => match said::sure(&text) {
                Ok(sure) => break Some(sure),
                Err(failure) => complain(tell, &failure)?,
            },
        }
    };
    match ask("Note", "a word on it, Enter skips")? {
        Answer::Stopped => *stopped = true,
        Answer::Given(text) => {
            made.note = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        }
    }
    Ok(())
}

fn complain(tell: &mut Tell<'_>, failure: &Failure) -> Result<(), Failure> {
    match &failure.hint {
        Some(hint) => tell(&format!("{} ({hint})\n", failure.message)),
        None => tell(&format!("{}\n", failure.message)),
    }
}

#[cfg(test)]
mod tests {
    use quarterdeck_core::id::Uuid;

    use super::*;

    const STOP: &str = "^C";

    /// Walks two key results with these answers; what was told is returned too.
    fn walked(answers: &[&str], before: &Said) -> (Walked, String) {
        let metric = Metric {
            kind: MetricKind::Increase,
            baseline: None,
            target: None,
            low: None,
            high: None,
            milestones: Vec::new(),
            unit: None,
        };
        let asked: Vec<_> = (1..=2u128)
            .map(|n| {
                let asked = Asked {
                    key_result: KeyResultId::new(Uuid::from_u128(n)),
                    metric: &metric,
                    kpi: None,
                };
                (asked, format!("kr-{n}\n"))
            })
            .collect();
        let mut answers = answers.iter();
        let mut told = String::new();
        let walked = walk(
            &mut |question, _| match answers.next() {
                Some(&STOP) => Ok(Answer::Stopped),
                Some(answer) => Ok(Answer::Given((*answer).to_owned())),
                None => panic!("asked for {question} in vain"),
            },
            &mut |text| {
                told.push_str(text);
                Ok(())
            },
            &asked,
            before,
            "2026-07-17".parse().unwrap(),
        )
        .unwrap();
        assert!(answers.next().is_none(), "all answers were asked for");
        (walked, told)
    }

    #[test]
    fn enter_alone_skips_everything() {
        let (walked, told) = walked(&["", "", "", "", ""], &Said::default());
        assert!(walked.is_empty() && !walked.stopped);
        assert!(told.contains("kr-1") && told.contains("kr-2"), "{told}");
    }

    #[test]
    fn a_value_is_asked_for_its_confidence_and_note_unless_it_carries_them() {
        let answers = ["531", "70%", "two signed", "9@0.5", "done", "", "slow CRM"];
        let (walked, _) = walked(&answers, &Said::default());
        let sure: Vec<_> = (walked.check_ins.iter())
            .map(|made| made.confidence.unwrap().to_string())
            .collect();
        assert_eq!(sure, ["0.7", "0.5"]);
        assert_eq!(walked.check_ins[0].note.as_deref(), Some("two signed"));
        assert_eq!(walked.said.progress.as_deref(), Some("done"));
        assert_eq!(walked.said.plans, None);
        assert_eq!(walked.said.problems.as_deref(), Some("slow CRM"));
    }

    #[test]
    fn what_does_not_fit_is_asked_again() {
        let answers = ["many", "5", "9", "", "", "", "", "", ""];
        let (walked, told) = walked(&answers, &Said::default());
        assert!(told.contains("'many' is no value"), "{told}");
        assert!(
            told.contains("The confidence 9 is not between 0 and 1"),
            "{told}"
        );
        assert_eq!(walked.check_ins.len(), 1);
    }

    #[test]
    fn stopping_keeps_what_was_entered() {
        let (stopped, _) = walked(&["531", STOP], &Said::default());
        assert!(stopped.stopped);
        assert_eq!(stopped.check_ins.len(), 1, "the value was entered");
        let (stopped, _) = walked(&[STOP], &Said::default());
        assert!(stopped.stopped && stopped.is_empty());
        let (stopped, _) = walked(&["", "", "done", STOP], &Said::default());
        assert_eq!(stopped.said.progress.as_deref(), Some("done"));
    }
}
