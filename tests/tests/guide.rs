//! The guide's year, typed from its first command to its last, on the dates that it gives.

#![allow(
    clippy::expect_used,
    reason = "helpers of a test assert by panicking, as tests do"
)]

use quarterdeck_tests::TestEnv;

/// A block of commands: on which day they are typed, and which exit codes are right.
struct Block {
    on: String,
    codes: Vec<i32>,
    commands: Vec<String>,
}

/// The blocks that begin with ```` ```sh DATE ````, with `exits=…` where not 0 alone is right.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) if info.starts_with("sh ") => {
                let mut words = info.split(' ').skip(1);
                let on = words.next().expect("a date").to_owned();
                let codes = words
                    .next()
                    .and_then(|word| word.strip_prefix("exits="))
                    .unwrap_or("0")
                    .split(',')
                    .map(|code| code.parse().expect("an exit code"))
                    .collect();
                open = Some(Block {
                    on,
                    codes,
                    commands: Vec::new(),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.commands.push(line.to_owned()),
            _ => {}
        }
    }
    blocks
}

/// Splits a command at its spaces; double quotes hold words together.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in command.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is one").push(c),
        }
    }
    words
}

#[test]
fn every_command_of_the_guide_works_in_order() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide.md");
    let text = std::fs::read_to_string(guide).expect("the guide");
    let env = TestEnv::new();
    let machine = env.machine("lisbon");
    let mut typed = 0;
    let mut day = String::new();
    for block in blocks(&text) {
        if day != block.on {
            env.set_time(&format!("{}T09:00:00Z", block.on));
            day = block.on;
        }
        for command in block.commands {
            let words = words(&command);
            assert_eq!(words[0], "okr", "{command}");
            let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
            let run = machine.okr(&arguments);
            let code = run.code.expect("no signal");
            assert!(
                block.codes.contains(&code),
                "{command}: exit code {code}\n{}\n{}",
                run.stdout,
                run.stderr
            );
            typed += 1;
        }
    }
    assert!(typed > 60, "only {typed} commands were found");
}
