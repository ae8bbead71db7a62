//! Charts: drawn for a terminal, written as a picture, given as figures.

use quarterdeck_cli::Exit;
use serde_json::json;

use crate::machine::{Machine, typed};

/// The quarter, measured three times, its target moved once and a problem noted.
fn measured() -> Machine {
    let machine = Machine::planned();
    for (moment, line) in [
        ("2026-07-06T10:00:00Z", "checkin leads 504 -c 0.7"),
        ("2026-07-13T10:00:00Z", "checkin leads 511 -c 0.5"),
        (
            "2026-07-20T10:00:00Z",
            "kr edit leads --target 600 -m 'two reps more'",
        ),
        (
            "2026-07-20T11:00:00Z",
            "note leads 'The fair was cancelled.' --problem",
        ),
        ("2026-07-27T10:00:00Z", "checkin leads 519 -c 0.4"),
    ] {
        machine.set_time(moment);
        typed(&machine, line).ok();
    }
    machine
}

#[test]
fn a_chart_shows_the_curve_and_tells_what_is_marked() {
    let shown = typed(&measured(), "kr chart leads").ok().stdout;
    for part in [
        "  Qualified leads  2026-Q3\nincrease from 500 to 600 leads, 1 Jul to 30 Sep 2026\n",
        "\n◆ 20 Jul  aim moved: target 550 → 600 leads\n",
        "\n! 20 Jul  problem: The fair was cancelled.\n",
        " 600\n",
        " 519\n",
        "Jul                    Aug                     Sep\n",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(
        shown.lines().all(|line| line.chars().count() <= 80),
        "{shown}"
    );
}

#[test]
fn show_and_history_have_the_chart_once_there_is_a_course() {
    let machine = Machine::planned();
    typed(&machine, "checkin leads 504").ok();
    for line in ["kr show leads", "history leads"] {
        assert!(
            !typed(&machine, line).ok().stdout.contains("measured   "),
            "{line}"
        );
    }
    let machine = measured();
    for line in ["kr show leads", "history leads"] {
        let shown = typed(&machine, line).ok().stdout;
        assert!(shown.contains("⠒⠒⠒ measured"), "{shown}");
        assert!(shown.contains("◆ aim moved"), "{shown}");
    }
    // Of a part of the history, or of several goals, there is none.
    for line in [
        "history leads --since 2026-07-10",
        "history growth",
        "history leads --json",
    ] {
        assert!(!typed(&machine, line).ok().stdout.contains('⠒'), "{line}");
    }
}

#[test]
fn the_figures_of_a_chart_are_json() {
    let told = typed(&measured(), "kr chart leads --json").ok().json();
    assert_eq!(told["schema"], "quarterdeck/1");
    assert_eq!(told["cycle"], "2026-Q3");
    assert_eq!(told["start"], "500");
    assert_eq!(
        told["course"],
        json!([
            {"date": "2026-07-06", "value": "504"},
            {"date": "2026-07-13", "value": "511"},
            {"date": "2026-07-27", "value": "519"},
        ])
    );
    assert_eq!(
        told["pace"],
        json!([{"date": "2026-06-30", "value": "500"}, {"date": "2026-09-30", "value": "600"}])
    );
    let aims = told["aims"].as_array().unwrap();
    let targets: Vec<_> = aims
        .iter()
        .map(|aim| (&aim["since"], &aim["target"]))
        .collect();
    assert_eq!(
        targets,
        [
            (&json!("2026-06-30"), &json!("550")),
            (&json!("2026-07-20"), &json!("600"))
        ]
    );
    assert_eq!(told["marks"][0]["kind"], "aim");
    assert_eq!(told["marks"][1]["kind"], "problem");
}

#[test]
fn what_was_known_earlier_is_drawn_so() {
    let machine = measured();
    let told = typed(&machine, "kr chart leads --as-of 2026-07-19 --json")
        .ok()
        .json();
    assert_eq!(told["aims"].as_array().unwrap().len(), 1);
    assert_eq!(told["aims"][0]["target"], "550");
    assert_eq!(told["course"].as_array().unwrap().len(), 2);
    assert_eq!(told["marks"], json!([]));
    assert_eq!(told["on"], "2026-07-19");
    // On an earlier day, by what is known now: today's goal, measured until then.
    let told = typed(&machine, "kr chart leads --on 2026-07-10 --json")
        .ok()
        .json();
    assert_eq!(told["course"].as_array().unwrap().len(), 1);
    assert_eq!(told["aims"].as_array().unwrap().len(), 2);
}

#[test]
fn a_picture_is_written_whole() {
    let machine = measured();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("leads.svg");
    let name = file.to_str().unwrap();
    let said = machine.okr(&["kr", "chart", "leads", "-o", name]).ok();
    assert!(
        said.stdout.starts_with("A chart of kr-") && said.stdout.ends_with("leads.svg.\n"),
        "{}",
        said.stdout
    );
    let picture = std::fs::read_to_string(&file).unwrap();
    assert!(
        picture.starts_with("<svg ") && picture.ends_with("</svg>\n"),
        "{picture}"
    );
    assert!(picture.contains("viewBox=\"0 0 760 380\""), "{picture}");
    let piped = typed(&machine, "kr chart leads --svg").ok().stdout;
    assert_eq!(piped, picture);
    let wide = typed(&machine, "kr chart leads --svg --width 1200 --height 500");
    assert!(wide.ok().stdout.contains("viewBox=\"0 0 1200 500\""));
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let machine = measured();
    let folder = tempfile::tempdir().unwrap();
    let png = folder.path().join("leads.png");
    let refused = machine.okr(&["kr", "chart", "leads", "-o", png.to_str().unwrap()]);
    assert_eq!(refused.exit, Exit::Usage);
    assert!(
        refused.stderr.contains("'.png' is another kind of file"),
        "{}",
        refused.stderr
    );
    assert!(!png.exists());
    assert_eq!(
        typed(&machine, "kr chart leads --svg --json").exit,
        Exit::Usage
    );
    assert_eq!(
        typed(&machine, "kr chart leads --width 5").exit,
        Exit::Usage
    );
    assert_eq!(typed(&machine, "kr chart nothing").exit, Exit::NotFound);
    let nowhere = folder.path().join("none/leads.svg");
    let missing = machine.okr(&["kr", "chart", "leads", "-o", nowhere.to_str().unwrap()]);
    assert_eq!(missing.exit, Exit::NotFound);
}
