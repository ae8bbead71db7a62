//! What stays after the demo: what to try next, and with `--keep` how to explore each machine.

use std::path::Path;

use quarterdeck_report::json::Schema;
use serde::Serialize;
use serde_json::Value;

use super::play::{Play, text};
use super::stage::{LISBON, MACHINES, WORKSPACE};
use crate::error::Failure;
use crate::output::Output;

/// The moment at which the kept machines are to be looked at: the story's last evening.
const STORYS_END: &str = "2026-10-01T17:00:00Z";

/// The file in the folder that says how to go on.
const README: &str = "README.txt";

/// What a script is told.
#[derive(Debug, Serialize)]
struct Told {
    schema: Schema,
    workspace: &'static str,
    /// How many events all three machines hold.
    head: Option<Value>,
    root: String,
    machines: Vec<ToldMachine>,
    /// Where the retrospective lies, as a page.
    page: Option<String>,
}

#[derive(Debug, Serialize)]
struct ToldMachine {
    name: &'static str,
    member: &'static str,
    /// What OKR_HOME is there, if it was kept.
    home: Option<String>,
}

/// Says what to do next, and leaves a note in a folder that is kept.
pub(super) fn leave(
    play: &Play<'_>,
    kept: bool,
    page: Option<&Path>,
    output: &Output,
) -> Result<(), Failure> {
    if output.json {
        return tell_script(play, kept, page, output);
    }
    play.chapter("Next", "your own")?;
    if kept {
        explore(play)?;
    } else {
        play.say("Nothing but that page is left of this. To let it stay, and walk through it:")?;
        let keep = "okr demo --keep northwind".to_owned();
        play.narrator.lines(&[keep])?;
    }
    play.say("To begin with goals of your own, alone at first, with a server when you like:")?;
    play.narrator.lines(
        &[
            "okr init acme --as YOU",
            "okr cycle new 2026-Q4",
            "okr objective new \"What you want to achieve\" --key mine",
            "okr kr new \"How you would know\" --objective mine --increase 0..10",
        ]
        .map(str::to_owned),
    )
}

fn explore(play: &Play<'_>) -> Result<(), Failure> {
    let folder = play.stage.folder();
    play.say(&format!(
        "Everything is in {}. Choose whom to be, on the last evening of the story:",
        folder.display()
    ))?;
    let mut lines: Vec<String> = MACHINES
        .iter()
        .map(|machine| {
            let home = quoted(&play.stage.home(machine));
            format!("export OKR_HOME={home}   # {}", machine.person)
        })
        .collect();
    lines.push(format!("export OKR_NOW={STORYS_END}"));
    lines.extend(
        [
            "okr status --cycle 2026-Q3",
            "okr log",
            "okr history pickup",
            "okr goalposts --cycle 2026-Q3",
            "okr calibration 2026-Q3",
            "okr tui",
            "okr replay 2026-Q3",
            "okr objective list --cycle 2026",
        ]
        .map(str::to_owned),
    );
    play.narrator.lines(&lines)?;
    play.say(&format!(
        "The server is off; {README} in there says how to start it again."
    ))?;
    // Its port differs each time, which is why it is not told above.
    let start = format!(
        "okrd serve --data {} --listen {}",
        quoted(&folder.join("okrd")),
        play.stage.okrd.address()
    );
    let text = format!(
        "# One of the three machines, on the last evening of the story:\n{}\n\n\
         # The server, for `okr sync`:\n{start}\n",
        lines.join("\n")
    );
    let path = folder.join(README);
    std::fs::write(&path, text).map_err(|error| Failure::file("write", &path, &error))
}

fn tell_script(
    play: &Play<'_>,
    kept: bool,
    page: Option<&Path>,
    output: &Output,
) -> Result<(), Failure> {
    let verified = play.ask(LISBON, "verify")?;
    output.value(&Told {
        schema: Schema,
        workspace: WORKSPACE,
        head: verified.get("size").cloned(),
        root: text(&verified, "root")?,
        machines: MACHINES
            .iter()
            .map(|machine| ToldMachine {
                name: machine.name,
                member: machine.person,
                home: kept.then(|| play.stage.home(machine).display().to_string()),
            })
            .collect(),
        page: page.map(|page| page.display().to_string()),
    })
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
