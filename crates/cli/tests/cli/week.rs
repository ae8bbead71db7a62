//! The week through the terminal: what is due, what is written, what a lead reads, who agrees.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::Machine;

/// A machine on Thursday, 16 July, in an active quarter, with 503 leads since the 8th.
fn in_july() -> Machine {
    let machine = Machine::planned();
    machine.set_time("2026-07-08T09:00:00Z");
    machine.okr(&["checkin", "leads", "503", "-c", "0.7"]).ok();
    machine.set_time("2026-07-16T09:00:00Z");
    machine
}

fn titles(list: &Value) -> Vec<&str> {
    (list.as_array().unwrap().iter())
        .map(|one| one["title"].as_str().unwrap())
        .collect()
}

#[test]
fn due_tells_what_is_overdue_and_cron_by_its_exit_code() {
    let machine = in_july();
    let due = machine.okr(&["due", "--json"]).ok().json();
    assert_eq!(due["overdue"], 0, "due on the 15th, with two days of grace");
    assert_eq!(due["due"][0]["days_late"], 1);
    assert_eq!(due["due"][0]["overdue"], false);
    machine.set_time("2026-07-18T09:00:00Z");
    let due = machine.okr(&["due"]).exits(Exit::Findings).stdout;
    assert!(due.starts_with("Overdue\n"), "{due}");
    assert!(
        due.contains("3 days late") && due.contains("last 10 days ago"),
        "{due}"
    );
    let command = due.split('`').next_back().unwrap_or(&due);
    assert!(command.contains("okr checkin kr-"), "{due}");
    machine.okr(&["checkin", "leads", "506"]).ok();
    let due = machine.okr(&["due"]).ok().stdout;
    assert!(due.contains("Nothing is overdue."), "{due}");
}

#[test]
fn due_asks_whose_and_knows_work() {
    let machine = in_july();
    for line in [
        &["team", "new", "Sales"][..],
        &["team", "new", "Product"],
        &["objective", "edit", "growth", "--team", "Sales"],
        &[
            "initiative",
            "new",
            "Visit Faro",
            "--due",
            "2026-07-17",
            "--for",
            "leads",
        ],
    ] {
        machine.okr(line).ok();
    }
    machine.set_time("2026-07-20T09:00:00Z");
    let listed = |flags: &[&str], exit| {
        let mut line = vec!["due", "--json"];
        line.extend(flags);
        machine.okr(&line).exits(exit).json()["due"].clone()
    };
    let all = listed(&["--all"], Exit::Findings);
    assert_eq!(titles(&all), ["Qualified leads", "Visit Faro"]);
    assert_eq!(listed(&["--team", "Sales"], Exit::Findings), all);
    assert_eq!(titles(&listed(&["--team", "Product"], Exit::Done)), [""; 0]);
    machine
        .okr(&["due", "--all", "--team", "Sales"])
        .exits(Exit::Usage);
    machine
        .okr(&["due", "--team", "Nowhere"])
        .exits(Exit::NotFound);
}

#[test]
fn a_cycle_that_nobody_activated_says_so() {
    let machine = in_july();
    machine
        .okr(&["objective", "new", "Lead the market", "--cycle", "2026"])
        .ok();
    let due = machine.okr(&["due"]).ok().stdout;
    assert!(due.contains("okr cycle activate 2026"), "{due}");
}

#[test]
fn the_week_is_one_command_and_its_second_time_changes_it() {
    let machine = in_july();
    let written = machine
        .okr(&[
            "weekly",
            "--checkin",
            "leads=506@70%;two signed",
            "--plans",
            "Visit Faro.",
            "--problems",
            "The CRM is slow.",
            "--json",
        ])
        .ok()
        .json();
    let kinds: Vec<&str> = (written["events"].as_array().unwrap().iter())
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["CheckedIn", "WeeklyWritten"]);
    assert!(
        written["ref"].as_str().unwrap().starts_with("w-"),
        "{written}"
    );
    let leads = machine.leads(&[]);
    assert_eq!(
        (&leads["current"], &leads["confidence"]),
        (&"506".into(), &"0.7".into())
    );
    machine
        .okr(&["weekly", "--plans", "Visit Lagos.", "--problems", ""])
        .ok();
    let shown = machine.okr(&["weekly", "show", "--json"]).ok().json();
    let updates = shown["updates"].as_array().unwrap();
    assert_eq!(updates.len(), 1);
    assert_eq!(shown["week"], "2026-07-13");
    assert_eq!(updates[0]["plans"], "Visit Lagos.");
    assert_eq!(updates[0]["problems"], Value::Null);
    assert_eq!(updates[0]["edited"], true);
    machine
        .okr(&["weekly", "--plans", "Visit Lagos."])
        .exits(Exit::Refused)
        .explains(&["says that already", "okr weekly show"]);
    machine.okr(&["undo"]).ok();
    let shown = machine.okr(&["weekly", "show", "--json"]).ok().json();
    assert_eq!(shown["updates"][0]["plans"], "Visit Faro.");
}

#[test]
fn an_earlier_week_is_written_with_its_own_dates() {
    let machine = in_july();
    machine
        .okr(&[
            "weekly",
            "--week",
            "2026-07-08",
            "--checkin",
            "leads=505",
            "--progress",
            "Much.",
        ])
        .ok();
    assert_eq!(
        machine.leads(&[])["last_check_in"],
        "2026-07-12",
        "its Sunday"
    );
    let last = machine
        .okr(&["weekly", "show", "--week", "2026-07-06"])
        .ok()
        .stdout;
    assert!(
        last.contains("Week of 2026-07-06") && last.contains("Much."),
        "{last}"
    );
    let this = machine.okr(&["weekly", "show"]).ok().stdout;
    assert!(this.contains("no update by ana"), "{this}");
}

#[test]
fn a_team_has_an_update_of_its_own() {
    let machine = in_july();
    machine.okr(&["team", "new", "Sales"]).ok();
    machine.okr(&["weekly", "--plans", "mine"]).ok();
    machine
        .okr(&["weekly", "--team", "Sales", "--plans", "ours"])
        .ok();
    let all = machine
        .okr(&["weekly", "show", "--all", "--json"])
        .ok()
        .json();
    assert_eq!(all["updates"].as_array().unwrap().len(), 2);
    let team = machine
        .okr(&["weekly", "show", "--team", "Sales", "--json"])
        .ok()
        .json();
    assert_eq!(team["updates"][0]["team"], "Sales");
    assert_eq!(team["updates"].as_array().unwrap().len(), 1);
}

#[test]
fn one_bad_check_in_records_nothing_of_the_week() {
    let machine = in_july();
    let before = machine.log().len();
    for (check_in, exit, says) in [
        (
            "leads",
            Exit::Usage,
            "does not say which key result has which value",
        ),
        ("nothing=5", Exit::NotFound, "nothing"),
        ("leads=many", Exit::Usage, "'many' is no value"),
        (
            "leads=5@7",
            Exit::Usage,
            "In 'leads=5@7': The confidence 7 is not between 0 and 1",
        ),
    ] {
        machine
            .okr(&[
                "weekly",
                "--checkin",
                "leads=506",
                "--checkin",
                check_in,
                "--plans",
                "x",
            ])
            .exits(exit)
            .explains(&[says]);
    }
    assert_eq!(machine.log().len(), before);
    machine
        .okr(&["weekly"])
        .exits(Exit::Usage)
        .explains(&["Nobody can be asked here", "--checkin"]);
}

/// What happened from Monday, 13 July, up to Monday the 20th.
fn a_week_later() -> Machine {
    let machine = in_july();
    for line in [
        &[
            "kr",
            "new",
            "Promoters",
            "--objective",
            "growth",
            "--increase",
            "20..40",
            "--key",
            "nps",
        ][..],
        &[
            "weekly",
            "--checkin",
            "leads=513@0.4;two [signed] <b>",
            "--problems",
            "The *CRM* is slow.",
        ],
        &["checkin", "nps", "20"],
        &["note", "leads", "# Lagos called\nback", "--win"],
        &[
            "kr",
            "edit",
            "leads",
            "--target",
            "600",
            "-m",
            "More | reps.",
        ],
    ] {
        machine.okr(line).ok();
    }
    machine.set_time("2026-07-20T08:00:00Z");
    machine
}

#[test]
fn the_digest_tells_the_last_week_on_a_monday() {
    let machine = a_week_later();
    let digest = machine.okr(&["digest", "--json"]).ok().json();
    assert_eq!(
        (&digest["from"], &digest["on"]),
        (&"2026-07-13".into(), &"2026-07-20".into())
    );
    assert_eq!(titles(&digest["moved"]), ["Qualified leads"]);
    let moved = &digest["moved"][0];
    assert_eq!(
        (&moved["from_value"], &moved["value"]),
        (&"503".into(), &"513".into())
    );
    assert_eq!(
        (&moved["from_score"], &moved["score"]),
        (&"0.06".into(), &"0.13".into())
    );
    assert_eq!(titles(&digest["stalled"]), ["Promoters"]);
    assert_eq!(
        titles(&digest["attention"]),
        ["Qualified leads", "Promoters"]
    );
    let target = (digest["goals"].as_array().unwrap().iter())
        .find(|goal| goal["field"] == "target")
        .unwrap();
    assert_eq!(
        (&target["from"], &target["to"]),
        (&"550".into(), &"600".into())
    );
    assert_eq!(target["reason"], "More | reps.");
    let text = machine.okr(&["digest"]).ok().stdout;
    for told in [
        "acme: 2026-07-13 to 2026-07-20",
        "503 → 513 of 600",
        "The *CRM* is slow.",
        "target from 550 to 600, by ana",
        "Due",
    ] {
        assert!(text.contains(told), "no “{told}” in {text}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
}

#[test]
fn the_digest_says_when_nothing_happened_and_what_cannot_be() {
    let machine = Machine::new();
    machine
        .okr(&["init", "acme", "--as", "ana", "--time-zone", "UTC"])
        .ok();
    let text = machine.okr(&["digest", "--since", "today"]).ok().stdout;
    assert!(
        text.contains("Nothing happened, and nothing is due."),
        "{text}"
    );
    machine
        .okr(&["digest", "--since", "2026-07-20", "--until", "2026-07-06"])
        .exits(Exit::Usage)
        .explains(&["before it began"]);
    machine
        .okr(&["digest", "--since", "whenever"])
        .exits(Exit::Usage);
}

#[test]
fn markdown_and_html_take_teammates_words_as_words() {
    let machine = a_week_later();
    let markdown = machine.okr(&["digest", "--format", "md"]).ok().stdout;
    for safe in [
        "# acme: 2026-07-13 to 2026-07-20",
        "two \\[signed\\] &lt;b&gt;",
        "The \\*CRM\\* is slow.",
        "\\# Lagos called",
    ] {
        assert!(markdown.contains(safe), "no “{safe}” in {markdown}");
    }
    let file = machine.home().join("digest.html");
    let name = file.to_str().unwrap();
    let said = machine.okr(&["digest", "-o", name]).ok().stdout;
    assert!(said.contains("digest.html"), "{said}");
    let html = std::fs::read_to_string(&file).unwrap();
    assert!(html.starts_with("<!doctype html>"), "{html}");
    assert!(html.contains("two [signed] &lt;b&gt;"), "{html}");
    assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
    machine
        .okr(&["digest", "-o", name, "--json"])
        .exits(Exit::Usage);
}

#[test]
fn a_draft_shows_whom_it_asks_and_what_changed_since_they_agreed() {
    let machine = Machine::planned();
    machine.okr(&["member", "add", "ben"]).ok();
    machine
        .okr(&["note", "growth", "Is one quarter enough?"])
        .ok();
    machine
        .okr(&["objective", "ask", "growth", "me", "ben"])
        .ok();
    let status = machine.okr(&["status"]).ok().stdout;
    assert!(status.contains("asks you"), "{status}");
    let listed = |flag| {
        machine
            .okr(&["objective", "list", flag, "--json"])
            .ok()
            .json()
    };
    assert_eq!(
        titles(&listed("--awaiting-me")["objectives"]),
        ["Be the first choice"]
    );
    assert_eq!(listed("--awaiting-me")["objectives"][0]["awaits"][1], "ben");
    let signed = machine.okr(&["objective", "sign", "growth"]).ok().stdout;
    assert!(signed.contains("okr objective show o-"), "{signed}");
    assert_eq!(titles(&listed("--awaiting-me")["objectives"]), [""; 0]);
    assert_eq!(
        titles(&listed("--drafts")["objectives"]),
        ["Be the first choice"]
    );
    machine
        .okr(&["objective", "sign", "growth"])
        .exits(Exit::Refused)
        .explains(&["ana has signed it already."]);
    machine
        .okr(&["kr", "edit", "leads", "--target", "540", "-m", "one is ill"])
        .ok();
    let shown = machine.okr(&["objective", "show", "growth"]).ok().stdout;
    for told in [
        "ana agreed to an earlier wording",
        "target is now 540 by ana",
        "ben is asked",
        "Is one quarter enough?",
    ] {
        assert!(shown.contains(told), "no “{told}” in {shown}");
    }
    let shown = machine
        .okr(&["objective", "show", "growth", "--json"])
        .ok()
        .json();
    let ana = (shown["sign_offs"].as_array().unwrap().iter())
        .find(|one| one["member"] == "ana")
        .unwrap();
    assert_eq!(
        (&ana["stands"], &ana["since"][0]["field"]),
        (&false.into(), &"target".into())
    );
    machine.okr(&["objective", "sign", "growth"]).ok();
    machine
        .okr(&["objective", "unsign", "growth", "-m", "we cannot staff it"])
        .ok();
    machine
        .okr(&["objective", "unsign", "growth"])
        .exits(Exit::Refused)
        .explains(&["ana has not signed it."]);
    machine
        .okr(&["objective", "ask", "growth"])
        .exits(Exit::Usage);
}

/// The words of a line as a shell takes them, up to a remark set off by spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut quoted, mut spaces) = (false, 0);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => {
                spaces += 1;
                if spaces > 1 {
                    break;
                }
                words.push(String::new());
                continue;
            }
            c => words.last_mut().unwrap().push(c),
        }
        spaces = 0;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_of_the_page_on_the_week_works_as_it_stands() {
    let machine = in_july();
    for line in [
        "okr team new Sales",
        "okr member add ben",
        "okr member add chi",
        "okr objective new \"Grow a pipeline\" --team Sales --owner me --key pipeline",
        "okr kr new Partners --objective pipeline --increase 3..9 --key partners",
    ] {
        let words = words(line);
        let line: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        machine.okr(&line).ok();
    }
    let page = include_str!("../../../../docs/week.md");
    let blocks = page.split("```").skip(1).step_by(2);
    let mut typed = 0;
    for line in blocks
        .flat_map(str::lines)
        .filter(|line| line.starts_with("okr "))
    {
        let file = machine.home().join("digest.html").display().to_string();
        let words: Vec<String> = (words(line).into_iter())
            .map(|word| word.replace("digest.html", &file))
            .collect();
        let line: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let answer = machine.okr(&line);
        assert!(
            matches!(answer.exit, Exit::Done | Exit::Findings),
            "{line:?}: {answer:#?}"
        );
        typed += 1;
    }
    assert!(typed > 12, "the page has commands: {typed}");
}
