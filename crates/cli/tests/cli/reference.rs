//! The written reference and the program say the same.

use clap::Command;

use crate::machine::Machine;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");

#[test]
fn the_reference_is_what_the_program_says() {
    let made = Machine::new().okr(&["man", "--markdown"]).ok().stdout;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(FILE, &made).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == made,
        "docs/cli.md differs from the program: write it anew with \
         UPDATE_DOCS=1 cargo nextest run -p quarterdeck-cli the_reference"
    );
}

#[test]
fn every_command_has_examples_and_a_description() {
    fn check(command: &Command, path: &str) {
        let mut below = command.get_subcommands().peekable();
        assert!(
            command.get_about().is_some(),
            "{path} says nothing of itself"
        );
        if below.peek().is_none() {
            let examples = command.get_after_help().map(ToString::to_string);
            assert!(
                examples.is_some_and(|text| text.contains("EXAMPLES:")),
                "{path} has no examples"
            );
        }
        for command in below {
            check(command, &format!("{path} {}", command.get_name()));
        }
    }
    let command = quarterdeck_cli::command();
    command.clone().debug_assert();
    for below in command.get_subcommands() {
        check(below, below.get_name());
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let machine = Machine::new();
    let folder = machine.home().join("man1");
    machine.okr(&["man", folder.to_str().unwrap()]).ok();
    for page in ["okr.1", "okr-checkin.1", "okr-kr-new.1"] {
        let text = std::fs::read_to_string(folder.join(page)).unwrap();
        assert!(text.contains(".TH"), "{page}");
    }
}

#[test]
fn shells_get_their_completion_script() {
    let machine = Machine::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = machine.okr(&["completions", shell]).ok().stdout;
        assert!(script.contains("COMPLETE"), "{shell}");
    }
}
