//! What stays after the demo: what to try next, and with `--keep` how to explore each machine.

use serde::Serialize;

use super::play::{Play, text};
use super::stage::{LISBON, MACHINES, WORKSPACE};
use crate::error::Failure;
use crate::output::Output;
use quarterdeck_report::json::Schema;

/// The moment at which the kept machines are to be looked at: the story's last evening.
const STORYS_END: &str = "2026-09-29T17:00:00Z";

/// The file in the folder that says how to go on.
const README: &str = "README.txt";

/// What a script is told.
#[derive(Debug, Serialize)]
struct Told {
    schema: Schema,
    workspace: &'static str,
    head: String,
    root: String,
    machines: Vec<ToldMachine>,
}

#[derive(Debug, Serialize)]
struct ToldMachine {
    name: &'static str,
    member: &'static str,
    /// What OKR_HOME is there, if it was kept.
    home: Option<String>,
}

/// Says what to do next, and leaves a note in a folder that is kept.
pub(super) fn leave(play: &Play<'_>, kept: bool, output: &Output) -> Result<(), Failure> {
    if output.json {
        return tell_script(play, kept, output);
    }
    play.chapter("Next", "your own")?;
    if kept {
        explore(play)?;
    } else {
        play.say(
            "Nothing is left of this. To walk through the three machines yourself, let them stay:",
        )?;
        play.narrator.lines(&["okr demo --keep northwind".to_owned()])?;
    }
    play.say("To begin with your own goals, alone or with a server later:")?;
    play.narrator.lines(&[
        "okr init acme --as YOU".to_owned(),
        "okr cycle new 2026-Q4".to_owned(),
        "okr objective new \"What you want to achieve\"".to_owned(),
        "okr kr new \"How you would know\" --objective \"What you\" --increase 0..10".to_owned(),
    ])
}

fn explore(play: &Play<'_>) -> Result<(), Failure> {
    let folder = play.stage.folder();
    play.say(&format!(
        "Everything is in {}. To be one of the three, on the last evening of the story:",
        folder.display()
    ))?;
    let mut lines: Vec<String> = MACHINES
        .iter()
        .map(|machine| {
            let home = play.stage.home(machine);
            format!("export OKR_HOME={}   # {}", quoted(&home), machine.person)
        })
        .collect();
    lines.push(format!("export OKR_NOW={STORYS_END}"));
    lines.push(String::new());
    lines.extend(
        [
            "okr status",
            "okr log",
            "okr kr show partners",
            "okr history pickup",
            "okr objective list --cycle 2026",
        ]
        .map(str::to_owned),
    );
    play.narrator.lines(&lines)?;
    play.say(&format!(
        "The server is off. How to start it again is in {README} there."
    ))?;
    // Its port differs each time, which is why it is not told above.
    lines.push(String::new());
    lines.push("# The server, for `okr sync` (the story's clock is not the server's):".to_owned());
    lines.push(format!(
        "okrd serve --data {} --listen {}",
        quoted(&folder.join("okrd")),
        play.stage.okrd.address()
    ));
    lines.push(String::new());
    let path = folder.join(README);
    std::fs::write(&path, lines.join("\n")).map_err(|error| Failure::file("write", &path, &error))
}

fn tell_script(play: &Play<'_>, kept: bool, output: &Output) -> Result<(), Failure> {
    let verified = play.ask(LISBON, "verify")?;
    output.value(&Told {
        schema: Schema,
        workspace: WORKSPACE,
        head: text(&verified, "size")?,
        root: text(&verified, "root")?,
        machines: MACHINES
            .iter()
            .map(|machine| ToldMachine {
                name: machine.name,
                member: machine.person,
                home: kept.then(|| play.stage.home(machine).display().to_string()),
            })
            .collect(),
    })
}

/// A path as a shell takes it.
fn quoted(path: &std::path::Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
