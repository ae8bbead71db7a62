//! Screens are for a person at a terminal; whoever is none is told what there is instead.

use quarterdeck_cli::Exit;

use crate::machine::Machine;

#[test]
fn a_screen_without_a_terminal_is_refused_and_plain_commands_are_named() {
    let machine = Machine::planned();
    for line in [
        &["tui"][..],
        &["tui", "--json"],
        &["tui", "--color", "always"],
    ] {
        machine.okr(line).exits(Exit::Usage).explains(&[
            "for a person at a terminal",
            "okr status",
            "okr checkin",
        ]);
    }
}

#[test]
fn a_replay_without_a_terminal_is_lines() {
    let machine = Machine::planned();
    let answer = machine.okr(&["replay"]).ok();
    assert!(!answer.stdout.contains('\u{1b}'), "{}", answer.stdout);
}
