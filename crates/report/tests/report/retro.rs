//! A cycle looked back on: the keys that scripts rely on, what people see, and what becomes of what
//! teammates wrote.

use std::collections::BTreeSet;
use std::convert::Infallible;

use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::Uuid;
use quarterdeck_core::past::Past;
use quarterdeck_core::retro::Asked;
use quarterdeck_core::state::State;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_core::when::Moment;
use quarterdeck_report::json::{self, Retro};
use quarterdeck_report::letter::retro_markdown;
use quarterdeck_report::text::{self, Ansi};
use serde_json::Value as Json;

use super::sample::{Log, cycle, d, day, key_result, quarter, view};

/// A log as questions about the past see it: slow and obvious. The last so many are not recorded yet.
struct Listed<'a> {
    log: &'a Log,
    waiting: u64,
}

fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> State {
    let mut state = State::default();
    entries.into_iter().for_each(|entry| state.apply(entry));
    state
}

impl Past for Listed<'_> {
    type Error = Infallible;

    fn state(&self) -> &State {
        &self.log.state
    }

    fn known_at(&mut self, moment: Moment) -> Result<State, Infallible> {
        Ok(fold(self.log.entries.iter().filter(|entry| match moment {
            Moment::At(at) => entry.recorded <= at,
            Moment::Position(position) => entry.seq <= position,
        })))
    }

    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, Infallible> {
        let touches = |entry: &&Entry| entry.event.subjects().iter().any(|id| things.contains(id));
        Ok(self.log.entries.iter().filter(touches).cloned().collect())
    }

    fn each(&mut self, from: u64, more: &mut dyn FnMut(&Entry) -> bool) -> Result<(), Infallible> {
        for entry in self.log.entries.iter().filter(|entry| entry.seq >= from) {
            if !more(entry) {
                break;
            }
        }
        Ok(())
    }

    fn is_pending(&self, seq: u64) -> bool {
        seq > self.log.state.head.saturating_sub(self.waiting)
    }
}

fn told(log: &Log, on: &str, waiting: u64) -> Retro {
    let asked = Asked {
        cycle: cycle("26q3"),
        compare: None,
        on: day(on),
        day_was_named: false,
        as_of: None,
    };
    json::retro(&mut Listed { log, waiting }, &asked)
        .unwrap()
        .unwrap()
}

fn leads() -> Subject {
    Subject::KeyResult(key_result("3mz9"))
}

fn noted(kind: NoteKind, text: &str) -> Body {
    Body::NoteAdded {
        about: leads(),
        kind,
        text: text.to_owned(),
    }
}

/// The quarter to its end, with a target that was lowered, a problem and a win.
fn whole() -> Log {
    let mut log = quarter();
    let seen = log.state.head;
    let lowered = (
        Field::Target,
        Value::Number(d("550")),
        Value::Number(d("540")),
    );
    log.add(
        "ben",
        "2026-08-24",
        noted(NoteKind::Problem, "The fair was cancelled."),
    );
    log.edit(
        "ben",
        "2026-09-21",
        leads(),
        lowered,
        (seen, "two reps left"),
    );
    log.check_in("3mz9", "2026-09-28", Measure::Absolute(d("540")), "0.9");
    log.add(
        "ana",
        "2026-09-29",
        noted(NoteKind::Win, "Porto pays for itself."),
    );
    log
}

const HOSTILE: &str =
    "# x\u{1b}[31m | <script>alert(1)</script> [a](http://b) \u{202e}\n- **c** `d`";

/// The same with titles, notes and reasons that try to be more than text.
fn hostile() -> Log {
    let mut log = whole();
    let seen = log.state.head;
    let text = |text: &str| Value::Text(text.to_owned());
    let titled = (Field::Title, text("Qualified leads"), text(HOSTILE));
    log.edit("ben", "2026-09-29", leads(), titled, (seen, HOSTILE));
    let weighed = (Field::Weight, Value::Number(d("1")), Value::Number(d("3")));
    log.edit("ben", "2026-09-29", leads(), weighed, (seen, HOSTILE));
    for kind in NoteKind::ALL {
        log.add("ana", "2026-09-29", noted(*kind, HOSTILE));
    }
    let named = (Field::Name, text("ben"), text(HOSTILE));
    let ben = Subject::Member(super::sample::member("ben"));
    log.edit("ana", "2026-09-29", ben, named, (seen, ""));
    log
}

fn keys(value: &Json) -> String {
    let found: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    found.join(" ")
}

#[test]
fn the_keys_of_the_contract() {
    let told = serde_json::to_value(told(&whole(), "2026-10-05", 0)).unwrap();
    assert_eq!(
        keys(&told),
        "ambition as_of aspirational calibration committed compared cycle funnels goalposts head late \
         middle notes objectives on onward schema so_far story teams whole workspace"
    );
    assert_eq!(keys(&told["whole"]), "band grade mid score");
    assert_eq!(keys(&told["story"][0]), "entries kind objective parts");
    assert_eq!(
        keys(&told["story"][0]["parts"][0]),
        "date number part ref text"
    );
    let objective = &told["objectives"][0];
    assert_eq!(
        keys(objective),
        "band because grade id key_results kind level mid notes owner ref score score_as_agreed \
         set_aside state status supports team title"
    );
    let one = &objective["key_results"][0];
    for key in [
        "answers",
        "band",
        "graded_at",
        "late",
        "mid",
        "moved",
        "notes",
        "score_as_agreed",
        "stalls",
        "surge",
        "ref",
        "current",
        "target",
        "grade",
        "confidence",
        "status",
    ] {
        assert!(one.get(key).is_some(), "no {key}");
    }
    assert_eq!(keys(&one["mid"]), "confidence current score status target");
    assert_eq!(
        keys(&told["ambition"]),
        "amber aspirational at_aim green key_results near_one near_one_share red red_share short told \
         verdict"
    );
    assert_eq!(
        keys(&told["notes"][0]),
        "about authored day id imported key_result kind member objective ref seq text"
    );
    assert_eq!(keys(&told["onward"]), "finished objectives");
}

#[test]
fn sentences_are_parts_that_say_what_they_name() {
    let log = whole();
    let told = told(&log, "2026-10-05", 0);
    let moved = told.story.iter().find(|one| one.kind == "moved").unwrap();
    assert_eq!(
        moved.text(),
        "The target of ‘Qualified leads’ was lowered from 550 to 540 leads nine days before the end by \
         ben."
    );
    let named: Vec<_> = (moved.parts.iter())
        .map(|part| (part.part, part.reference.as_ref().map(ToString::to_string)))
        .filter(|(part, _)| *part != "text")
        .collect();
    assert_eq!(
        named,
        [
            ("goal", Some("kr-3mz9".to_owned())),
            ("number", None),
            ("number", None),
            ("person", Some("m-ben0".to_owned())),
        ]
    );
    let seq = log
        .entries
        .iter()
        .rposition(|entry| entry.event.reason.is_some())
        .unwrap() as u64
        + 1;
    assert_eq!(moved.entries, [seq]);
    let leads = &told.objectives[0].key_results[0];
    assert_eq!(leads.moved, [12, seq], "it was added on the first day");
    assert_eq!(leads.mid.as_ref().unwrap().score, Some(d("0.38")));
    assert_eq!(leads.figures.score, Some(d("1")));
    assert_eq!(leads.score_as_agreed, Some(d("0.8")));
    assert_eq!(leads.notes.len(), 2);
}

#[test]
fn what_is_not_recorded_yet_has_no_position() {
    let log = whole();
    let told = told(&log, "2026-10-05", 1);
    assert_eq!(told.head, log.state.head - 1);
    assert_eq!(told.notes.last().unwrap().seq, None);
    let all = serde_json::to_string(&told.story).unwrap();
    assert!(!all.contains(&format!("{}]", log.state.head)), "{all}");
}

#[test]
fn a_look_back_at_80_columns() {
    let told = told(&whole(), "2026-10-05", 0);
    let shown = text::retro(&told, &view(80)).render(Ansi::Off);
    assert_eq!(
        shown,
        "\
acme  2026-Q3  1 Jul to 30 Sep, looked back on
score 0.27 → 0.63  ███▊··
  committed 0.29 → 0.69  ████▏·
  aspirational 0.25 → 0.57  ███▍··
Figures of 2026-10-05.

What happened
  · The score stood at 0.27 in mid-quarter and ended at 0.63. (#32, #37)
  · ‘Be easy to reach’ went furthest in the second half, from 0.29 to 0.69.
    (#32, #37)
  · Four key results did not move for three weeks or more. (#22, #27, #28, #30
    and 3 more)
  · The target of ‘Qualified leads’ was lowered from 550 to 540 leads nine days
    before the end by ben. (#35)
  · ‘Net promoter score’ ended at 0.20; it did not move in the last eleven
    weeks, after 10 July. (#32)
  · ‘Time to pick up a call’ ended at 0.30; it did not move in the last six
    weeks, after 19 August. (#28)
  · ‘Partner programme’ did not move in the last six weeks, after 18 August.
    (#31)
  · ‘Weekend hotline staffed’ was done on 17 August. (#33)
  · Two objectives and six key results were added after it had begun. (#10, #11,
    #12, #13 and 4 more)

Scores
  ref      key result             now / aim            mid  score          owner
o-7fk2  Win the mid-market  0.25 → 0.57  ana
  kr-3mz9  Qualified leads        540 / 540 leads     0.38   1.00  ██████  ben
  kr-8nps  Net promoter score     6.9 / 8.5           0.20   0.20  █▎····  ben
  kr-2prt  Partner programme      2 of 3 steps        0.17   0.50  ███···  ben

o-9hm4  Be easy to reach  0.29 → 0.69  ana
  kr-5t0p  Time to pick up a ca…  37 / 30 s           0.20   0.30  █▊····  ben
  kr-6bak  Backlog of tickets     14 in 0..20 ticke…  0.67   0.77  ████▋·  ben
  kr-4htn  Weekend hotline staf…  done                0.00   1.00  ██████  ben

Was it ambitious enough?
  It was about right: 2 of 6 key results (33 %) ended at 0.95 or above, 2 below
  0.4.
  0 of 3 aspirational key results at the 0.6 to 0.7 that they aim at.
  kr-8nps  Net promoter score  0.20
    It was last measured for 10 July. (#32)
  kr-5t0p  Time to pick up a call  0.30
    It was last measured for 19 August. (#28)
    Confidence has been below 0.40 since 8 July, and was 0.30 at last. (#19,
    #22, #25, #28)

Goalposts, late entries, calibration
  9 changes of goals after it began; the score as agreed is 0.59, as amended
  0.63.
    okr goalposts --cycle 2026-Q3
  2 of 6 key results reached the target (33 %), 50 % was stated at the start:
  too few to tell (6 of 10).
    okr calibration 2026-Q3

Wins
  · Porto pays for itself. (ana on Qualified leads, 29 Sep, #37)

Problems
  · The fair was cancelled. (ben on Qualified leads, 24 Aug, #34)

What goes on
  o-7fk2  Win the mid-market  not carried over yet
    kr-8nps  Net promoter score  6.9 → 8.5
    kr-2prt  Partner programme  1 step
  o-9hm4  Be easy to reach  not carried over yet
    kr-5t0p  Time to pick up a call  37 → 30 s
    kr-6bak  Backlog of tickets  0 to 20 tickets
"
    );
}

#[test]
fn the_document_in_markdown() {
    let shown = retro_markdown(&told(&whole(), "2026-10-05", 0));
    for part in [
        "# acme: 2026-Q3, looked back on\n\n2026-07-01 to 2026-09-30. Figures of 2026-10-05.\n",
        "## What happened\n\n- The score stood at 0.27 in mid-quarter",
        "lowered from 550 to 540 leads nine days before the end by ben. (`#",
        "## Problems\n\n- ben on **Qualified leads**, 2026-08-24 (`#",
        "  > The fair was cancelled.  \n",
        "## Wins\n",
        "| Qualified leads    | kr-3mz9 | 540 / 540 leads |",
    ] {
        assert!(shown.contains(part), "no “{part}” in {shown}");
    }
    assert!(shown.find("## Wins") < shown.find("## Problems"));
    assert!(shown.ends_with('\n') && !shown.ends_with("\n\n"));
}

/// The columns of a line of a table, marks within cells not counted.
fn columns(line: &str) -> usize {
    let mut escaped = false;
    line.chars()
        .filter(|c| {
            let mark = *c == '|' && !escaped;
            escaped = *c == '\\' && !escaped;
            mark
        })
        .count()
}

#[test]
fn what_teammates_wrote_stays_text() {
    let told = told(&hostile(), "2026-10-05", 0);
    let shown = retro_markdown(&told);
    for evil in [
        "<script",
        "\u{1b}",
        "\u{202e}",
        "[a](http",
        "\n- **c**",
        "\n# x",
    ] {
        assert!(!shown.contains(evil), "“{evil}” in {shown}");
    }
    // Every line of a table has as many columns as its head.
    let mut wide = None;
    for line in shown.lines() {
        if line.starts_with('|') {
            let head = *wide.get_or_insert(columns(line));
            assert_eq!(columns(line), head, "{line}");
        } else {
            wide = None;
        }
    }
    for width in [40, 60, 80, 120, 200] {
        let shown = text::retro(&told, &view(width)).render(Ansi::Off);
        for line in shown.lines() {
            let is_fine = |c: char| !c.is_control() && c != '\u{202e}';
            assert!(line.chars().all(is_fine), "{line:?}");
            // Commands are to be copied: they are never cut.
            let wide = line.chars().count();
            assert!(
                wide <= width || line.trim_start().starts_with("okr "),
                "{width}: {line}"
            );
        }
    }
}

#[test]
fn the_same_log_gives_the_same_bytes() {
    let log = hostile();
    let once = told(&log, "2026-10-05", 0);
    assert_eq!(once, told(&log, "2026-10-05", 0));
    assert_eq!(
        retro_markdown(&once),
        retro_markdown(&told(&log, "2026-10-05", 0))
    );
}
