//! What people see: calm tables at 80 columns, nothing wider than the terminal, nothing that acts on it.

use quarterdeck_core::diff;
use quarterdeck_core::digest::Between;
use quarterdeck_core::event::{Body, Entry, KeyResultGraded};
use quarterdeck_core::history;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_core::whose::Whose;
use quarterdeck_report::json::{self, AsOf, Schema, StatusQuery, Sync, Verify};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text::{self, Ansi, Document, View};

use super::sample::{
    Log, TODAY, company, d, day, disagreement, eventful, key_result, objective, quarter, view,
};

/// A log with the names of its things, its last event not recorded yet.
struct Seen<'a> {
    log: &'a Log,
    names: Names<'a>,
    pending: Pending,
}

impl<'a> Seen<'a> {
    fn new(log: &'a Log) -> Self {
        Self {
            log,
            names: Names::new(&log.state),
            pending: Pending::of(log.entries.last()),
        }
    }

    fn confirmed(log: &'a Log) -> Self {
        Self {
            pending: Pending::default(),
            ..Self::new(log)
        }
    }

    fn is_pending(&self, entry: &Entry) -> bool {
        entry.seq > self.pending.confirmed(self.log.state.head)
    }

    fn status(&self, as_of: Option<AsOf>) -> json::Status {
        let query = StatusQuery {
            cycle: None,
            team: None,
            member: None,
            on: day(TODAY),
            as_of,
        };
        json::status(&self.names, &self.pending, &query)
    }

    fn key_result(&self, digits: &str) -> json::KeyResultShow {
        let id = key_result(digits);
        json::key_result_show(&self.names, &self.pending, id, day(TODAY), None, &reason).unwrap()
    }

    fn objective(&self, digits: &str) -> json::ObjectiveShow {
        let id = objective(digits);
        json::objective_show(&self.names, &self.pending, id, day(TODAY), None, &reason).unwrap()
    }

    fn log(&self) -> Vec<json::LogLine> {
        let entries = self.log.entries.iter().rev();
        entries
            .map(|entry| json::log_line(&self.names, entry, self.is_pending(entry)))
            .collect()
    }

    fn history(&self, digits: &str) -> Vec<json::HistoryLine> {
        let scope = history::Scope::KeyResult(key_result(digits));
        (history::fold(self.names.state(), scope, None, &self.log.entries).into_iter())
            .map(|line| {
                let pending = self.is_pending(&line.entry);
                json::history_line(&self.names, &history::Line { pending, ..line })
            })
            .collect()
    }

    /// What an audit shows of everything: a history of all, and a diff from an
    /// early moment.
    fn audit(&self, view: &View) -> Vec<Document> {
        let state = self.names.state();
        let lines: Vec<_> = history::fold(state, history::Scope::All, None, &self.log.entries)
            .iter()
            .map(|line| json::history_line(&self.names, line))
            .collect();
        let mut then = State::default();
        let early = self.log.entries.iter().take(11);
        early.for_each(|entry| then.apply(entry));
        let between = Between {
            then: &then,
            then_on: day("2026-07-01"),
            now: state,
            now_on: day(TODAY),
        };
        let mut found = diff::compare(&between, &diff::Scope::Whose(Whose::All));
        let later: Vec<_> = self.log.entries.iter().skip(11).cloned().collect();
        found.explain(state, &later);
        found.drop_unchanged(state);
        let query = json::DiffQuery {
            from: AsOf::Position(11),
            to: None,
            days: (between.then_on, between.now_on),
            about: None,
        };
        let told = json::diff(&self.names, &found, &query, &|_| false);
        assert!(!told.objectives.is_empty() || !told.cycles.is_empty());
        vec![text::history(&lines, false, view), text::diff(&told, view)]
    }

    /// Every document there is about it.
    fn everything(&self, view: &View) -> Vec<Document> {
        let mut all = vec![
            text::status(&self.status(None), view),
            text::status(&self.status(Some(AsOf::Position(7))), view),
            text::log(&self.log(), view),
            text::conflicts(&json::conflicts(&self.names, &reason), view),
            text::cycles(&json::cycles(&self.names, day(TODAY)), view),
            text::teams(&json::teams(&self.names), view),
            text::members(&json::members(&self.names), view),
            text::devices(&json::devices(&self.names, None), view),
            text::mission(&json::mission(&self.log.state), view),
        ];
        for id in self.log.state.key_results.keys() {
            let shown =
                json::key_result_show(&self.names, &self.pending, *id, day(TODAY), None, &reason);
            all.push(text::key_result_show(&shown.unwrap(), view));
        }
        all.push(text::objective_show(&self.objective("7fk2"), view));
        all.push(text::history(&self.history("3mz9"), true, view));
        all.extend(self.audit(view));
        all
    }
}

fn reason(_: quarterdeck_core::id::EventId) -> Option<String> {
    Some("two reps more".to_owned())
}

fn plain(document: &Document) -> String {
    document.render(Ansi::Off)
}

fn below(title: &str, text: &str) -> String {
    text.split_once(title).unwrap().1.to_owned()
}

#[test]
fn status_at_80_columns() {
    let log = eventful();
    let seen = Seen::new(&log);
    assert_eq!(
        plain(&text::status(&seen.status(None), &view(80))),
        "\
acme  2026-Q3  week 8 of 14  1 Jul to 30 Sep, 57 % elapsed
score 0.54  ███▎··  committed 0.62, aspirational 0.46

o-7fk2  Win the mid-market  0.46  ○ stale  ana, Sales, draft
  kr-3mz9  Qualified leads      ⇡  534 / 550 leads    ████▏·   68 %  ● on track
  kr-8nps  Net promoter score      6.9 / 8.5          █▎····   20 %  ○ stale
  kr-2prt  Partner programme       2 of 3 steps       ███···   50 %  ▲ at risk

o-9hm4  Be easy to reach  0.62  ■ off track  ana, Sales, draft
  kr-5t0p  Time to pick up a…      37 / 30 s          █▊····   30 %  ■ off track
  kr-6bak  Backlog of tickets      14 in 0..20 tick…  ███▍··   57 %  ■ off track
  kr-4htn  Weekend hotline st…     done               ██████  100 %  ✓ done

hint: 1 event not sent yet (⇡): okr sync
hint: kr-8nps waits for a check-in: okr checkin kr-8nps VALUE
"
    );
}

#[test]
fn a_wide_terminal_shows_more() {
    let log = quarter();
    let seen = Seen::confirmed(&log);
    let shown = plain(&text::status(&seen.status(None), &view(200)));
    let leads = "  kr-3mz9  Qualified leads          531 / 550 leads      ███▊··   62 %    ▁▂▂▃▃▅▅█  ● on track   \
                 2 days ago   70 % sure   ends 554  pace 1.10  ben\n";
    assert!(shown.contains(leads), "{shown}");
}

#[test]
fn the_past_is_marked_as_such_and_gives_no_hints() {
    let log = quarter();
    let seen = Seen::confirmed(&log);
    let moment = AsOf::Moment("2026-08-01T12:00:00Z".parse().unwrap());
    let shown = plain(&text::status(&seen.status(Some(moment)), &view(80)));
    assert!(
        shown.contains("\nAs it was known at 1 Aug 13:00.\n"),
        "{shown}"
    );
    assert!(!shown.contains("hint"), "{shown}");
}

#[test]
fn beginnings_say_what_to_do() {
    let empty = Log::default();
    let shown = plain(&text::status(
        &Seen::confirmed(&empty).status(None),
        &view(80),
    ));
    assert!(shown.ends_with("hint: there is no cycle yet: okr cycle new 2026-Q3\n"));
    let log = company();
    let seen = Seen::confirmed(&log);
    let shown = plain(&text::status(&seen.status(None), &view(80)));
    assert!(
        shown.ends_with("hint: 2026-Q3 has no objectives to show: okr objective new \"TITLE\"\n"),
        "{shown}"
    );
    let teams = json::teams(&Names::new(&empty.state));
    assert_eq!(
        plain(&text::teams(&teams, &view(80))),
        "hint: there are no teams yet: okr team new NAME\n"
    );
}

#[test]
fn a_key_result_with_all_that_is_known_about_it() {
    let log = eventful();
    let seen = Seen::new(&log);
    assert_eq!(
        plain(&text::key_result_show(&seen.key_result("3mz9"), &view(80))),
        "\
kr-3mz9  Qualified leads
of o-7fk2 Win the mid-market, 2026-Q3

  now         534 / 550 leads
  aim         increase from 500 to 550 leads
  progress    68 %  ████▏·  pace 1.20 with 57 % of the cycle over
  status      ● on track
              68 % is done when 57 % of the cycle is over: pace 1.2.
              The last stated confidence is 0.7.
  forecast    Ends at 559 leads (549 to 568) if it goes on like this: score
              1.00.
  confidence  70 %
  certainty   50 % at the start, possible
  owner       ben
  check-ins   weekly, next due 28 Aug (in 7 days)
  indicator   leading
  weight      1
  added by    ana, 1 Jul 13:12

       │⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ 550
       │                                                        ⡀ ⠄ ⠂ ⠁
   540 ┤                                                ⡀ ⠄ ⠂ ⠁
       │                                    ⢠⠤⠇ ⠄ ⠂ ⠁ ⠁                      534
       │                              ⡀ ⠄ ⠂ ⢸
   520 ┤                      ⡀ ⠄ ⢰⠒⠒⠒⠒⠒⠒⠒⠒⠒⠚
       │              ⡀ ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣸
       │      ⣀⣀⣀⣀⣀⡖⠒⠒⠒⠒⠃
   500 ┤⠄⠄⠄⠄⠄⠄⠇
       └┬──────────────────────┬─────────────────────┬──────────────────────
        Jul                    Aug                   Sep
  sure        ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆
                                             !

  ⠒⠒⠒ measured   ⠂⠂⠂ holds   ⠂ ⠂ pace   ⠒ ⠒ target   ! problem

Check-ins
  ref      date    said  now  sure  by   device              note
  ci-0j00  8 Jul   504   504  70 %  ana  lisbon
  ci-1400  15 Jul  508   508        ben  lagos               found it
  ci-0n00  22 Jul  511   511  70 %  ana  lisbon
  ci-0r00  5 Aug   519   519  70 %  ana  lisbon
  ci-0v00  19 Aug  531   531  70 %  ana  lisbon
  ci-1200  20 Aug  5310             ana  lisbon  taken back
  ci-1700  21 Aug  +3    534        ana  lisbon  ⇡

Notes
  problem  ben, 20 Aug 13:37  n-1500
    The fair in Porto
    was cancelled.
"
    );
}

#[test]
fn history_tells_who_what_and_why() {
    let log = eventful();
    let seen = Seen::new(&log);
    assert_eq!(
        below(
            "changes\n\n",
            &plain(&text::history(&seen.history("3mz9"), true, &view(80)))
        ),
        " #  when          who  device  what                         value  target  score
12  1 Jul 13:12   ana  lisbon  added: 500 → 550 leads         500     550   0.00
18  8 Jul 13:18   ana  lisbon  504 leads, 70 % sure           504     550   0.08
21  22 Jul 13:21  ana  lisbon  511 leads, 70 % sure           511     550   0.22
24  5 Aug 13:24   ana  lisbon  519 leads, 70 % sure           519     550   0.38
27  19 Aug 13:27  ana  lisbon  531 leads, 70 % sure           531     550   0.62
34  20 Aug 13:34  ana  lisbon  5,310 leads                  5,310     550   1.00
    taken back later
35  20 Aug 13:35  ana  lisbon  undo: took back the check-…    531     550   0.62
    a digit too many
36  20 Aug 13:36  ben  lagos   508 leads for 15 Jul           531     550   0.62
    36 days late; found it
37  20 Aug 13:37  ben  lagos   noted (problem)                531     550   0.62
    The fair in Porto was cancelled.
 ⇡  21 Aug 13:39  ana  lisbon  +3 leads                       534     550   0.68

Now 534 leads, score 0.68.

hint: 1 event not sent yet (⇡): okr sync
"
    );
}

#[test]
fn conflicts_are_told_in_plain_words() {
    let log = disagreement();
    let seen = Seen::confirmed(&log);
    let found = json::conflicts(&seen.names, &reason);
    assert_eq!(
        plain(&text::conflicts(&found, &view(80))),
        "\
kr-3mz9  Qualified leads
  ben and ana set the target without knowing of each other.
    in effect  575 leads  ben  lagos   20 Aug 13:35  “a slow ␛[31mJanuary”
    set aside  600 leads  ana  lisbon  20 Aug 13:34  “two reps more”
  Settle it with one of:
    okr resolve kr-3mz9 target --take 575  keep ben's
    okr resolve kr-3mz9 target --take 600  take ana's
"
    );
    let none = quarter();
    let found = json::conflicts(&Names::new(&none.state), &reason);
    assert_eq!(
        plain(&text::conflicts(&found, &view(80))),
        "✓ No open conflicts.\n"
    );
}

#[test]
fn the_log_shows_the_latest_first_as_given() {
    let log = eventful();
    let seen = Seen::new(&log);
    let shown = plain(&text::log(&seen.log(), &view(80)));
    let first: Vec<&str> = shown.lines().take(6).collect();
    assert_eq!(
        first,
        [
            " #  when          who  about    what                           why",
            " ⇡  21 Aug 13:39  ana  kr-3mz9  +3 leads",
            "38  21 Aug 13:38  ana           unknown kind 321, of a newer…",
            "37  20 Aug 13:37  ben  kr-3mz9  noted (problem)                The fair in Port…",
            "36  20 Aug 13:36  ben  kr-3mz9  508 leads for 15 Jul           36 days late; fo…",
            "35  20 Aug 13:35  ana  kr-3mz9  undo: took back the check-in…  a digit too many",
        ]
    );
}

#[test]
fn what_was_written_is_one_line() {
    let log = eventful();
    let seen = Seen::new(&log);
    let written = json::written(&seen.names, log.entries.last().cloned().as_slice(), true);
    assert_eq!(
        plain(&text::written(&written, &view(80))),
        "kr-3mz9  Qualified leads  +3 leads  ci-1700 ⇡\n"
    );
}

#[test]
fn the_outbox_shows_what_waits_and_what_was_refused() {
    let log = eventful();
    let seen = Seen::new(&log);
    let entries = &log.entries[log.entries.len() - 1..];
    let refusal = Refusal::new(Code::NotLive, "The key result is dropped.")
        .hint("add the check-in to another one");
    let found = json::outbox(&seen.names, &[], &[(entries.to_vec(), refusal)]);
    assert_eq!(
        plain(&text::outbox(&found, &view(80))),
        "\
Refused  e-1700  +3 leads
  The key result is dropped.
  add the check-in to another one
hint: try it again: okr outbox retry e-1700
hint: or give it up: okr outbox drop e-1700
"
    );
    let waiting = json::outbox(&seen.names, entries, &[]);
    assert!(plain(&text::outbox(&waiting, &view(80))).starts_with("1 event to send\n"));
}

#[test]
fn sync_counts_both_ways() {
    let none = Sync {
        schema: Schema,
        pushed: 0,
        already: 0,
        pulled: 0,
        refused: Vec::new(),
        conflicts: 0,
        head: 1207,
        pending: 0,
        up_to_date: true,
        given_back: 0,
        closed: None,
        closed_message: None,
    };
    assert_eq!(
        plain(&text::sync(&none, &view(80))),
        "Nothing to send, nothing new.\n✓ Up to date at #1,207, verified.\n"
    );
    let both = Sync {
        pushed: 3,
        pulled: 1,
        conflicts: 1,
        ..none
    };
    assert_eq!(
        plain(&text::sync(&both, &view(80))),
        "Sent 3 events, received 1 event.\n\
         ✓ Up to date at #1,207, verified.\n\
         hint: 1 conflict to settle (≠): okr conflicts\n"
    );
}

#[test]
fn verification_says_what_holds_and_what_does_not() {
    let mut found = Verify {
        schema: Schema,
        ok: true,
        size: 1207,
        root: "ab".repeat(32),
        checkpoint: Some("quarterdeck/…".to_owned()),
        checkpoints: 312,
        key: None,
        fingerprint: Some("4821 0937 5562 1180 7734".to_owned()),
        at: None,
        server: None,
        problem: None,
    };
    let holds = plain(&text::verify(&found, &view(100)));
    assert!(holds.starts_with("✓ 1,207 events verified: hashes, device chains, signatures.\n"));
    assert!(holds.ends_with(
        "  checkpoint   agrees with the signed checkpoint and 311 earlier ones\n  \
         fingerprint  4821 0937 5562 1180 7734 at #1,207\n"
    ));
    found.ok = false;
    found.fingerprint = None;
    found.problem = Some(json::Problem {
        seq: Some(812),
        message: "The signature does not hold.".to_owned(),
        hint: None,
    });
    let broken = plain(&text::verify(&found, &view(100)));
    assert!(
        broken.starts_with(
            "■ The history does not verify at #812.\n  The signature does not hold.\n"
        )
    );
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for log in [Log::default(), eventful(), disagreement()] {
        let seen = Seen::new(&log);
        for width in [60, 80, 100, 200] {
            let view = view(width);
            let documents = if log.entries.is_empty() {
                vec![text::status(&seen.status(None), &view)]
            } else {
                seen.everything(&view)
            };
            for document in documents {
                let shown = plain(&document);
                for line in shown.lines().filter(|line| !line.starts_with("hint:")) {
                    let columns = unicode_width::UnicodeWidthStr::width(line);
                    assert!(columns <= width, "{columns} > {width}: {line}\n{shown}");
                }
            }
        }
    }
}

#[test]
fn with_colour_or_without_the_words_are_the_same() {
    let log = disagreement();
    let seen = Seen::new(&log);
    for document in seen.everything(&view(120)) {
        let coloured = document.render(Ansi::On);
        let mut stripped = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            stripped.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        stripped.push_str(rest);
        let trimmed = |text: &str| {
            text.lines()
                .map(str::trim_end)
                .collect::<Vec<_>>()
                .join("\n")
        };
        assert_eq!(trimmed(&stripped), trimmed(&plain(&document)));
    }
}

/// 0.695 is told as 0.70, and is no green for that: the closing of its cycle says so too.
#[test]
fn the_band_of_a_mean_is_that_before_it_was_rounded() {
    let mut log = quarter();
    for (digits, grade) in [("5t0p", "0.69"), ("6bak", "0.7")] {
        let graded = KeyResultGraded {
            key_result: key_result(digits),
            computed: Some(d(grade)),
            from: None,
            to: Some(d(grade)),
        };
        log.add("ana", "2026-08-19", Body::KeyResultGraded(graded));
    }
    let seen = Seen::confirmed(&log);
    let shown = text::objective_show(&seen.objective("9hm4"), &view(80)).render(Ansi::Off);
    assert!(shown.contains("0.70 amber"), "{shown}");
}
