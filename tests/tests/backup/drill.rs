//! The drill of `docs/operations.md`, typed as it stands there.

use std::collections::HashMap;
use std::path::PathBuf;

use quarterdeck_tests::{Machine, TestEnv};

use super::{AWAY, converged, scene, typed};

/// A block of commands: at which machine they are typed, and the code that its last one ends with.
#[derive(Debug)]
struct Block {
    at: String,
    code: i32,
    commands: Vec<String>,
}

/// The blocks that begin with ```` ```sh drill WHERE ````.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                if let Some(info) = info.strip_prefix("sh drill ") {
                    let mut words = info.split(' ');
                    open = Some(Block {
                        at: words.next().expect("a place").to_owned(),
                        code: words.next().map_or(0, |why| match why {
                            "server-is-gone" | "held" => AWAY,
                            other => panic!("what is '{other}'?"),
                        }),
                        commands: Vec::new(),
                    });
                }
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.commands.push(line.to_owned()),
            _ => {}
        }
    }
    blocks
}

#[test]
fn every_command_of_the_drill_works_in_order_and_nothing_is_lost() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md");
    let text = std::fs::read_to_string(document).expect("the document");
    let env = TestEnv::new();
    let (mut server, lisbon, lagos) = scene(&env);
    let machines: HashMap<&str, &Machine<'_>> = [("lisbon", &lisbon), ("lagos", &lagos)].into();
    let backup = env.path().join("okrd.backup");
    let restored = env.path().join("restored");
    let mut typed_commands = 0;
    for block in blocks(&text) {
        let last = block.commands.len() - 1;
        if block.code == AWAY && block.at == "lisbon" && !restored.exists() {
            server.kill();
        }
        for (at, command) in block.commands.iter().enumerate() {
            let data = server.data();
            let command = command
                .replace("/backup/okrd.backup", typed(&backup))
                .replace("/var/lib/okrd-restored", typed(&restored))
                .replace("/var/lib/okrd", typed(&data));
            let words: Vec<&str> = command.split(' ').collect();
            let code = if at == last { block.code } else { 0 };
            match (block.at.as_str(), words[0], words[1]) {
                ("server", "okrd", "serve") => server.serve_from(&PathBuf::from(words[3])),
                ("server", "okrd", _) => drop(server.okrd_bare(&words[1..]).code(code)),
                (machine, "okr", _) => drop(machines[machine].okr(&words[1..]).code(code)),
                other => panic!("what is {other:?}?"),
            }
            typed_commands += 1;
        }
    }
    assert!(
        typed_commands >= 18,
        "only {typed_commands} commands were found"
    );
    // Lagos takes in what Lisbon sent last.
    lisbon.sync();
    lagos.sync();
    converged(&server, &[&lisbon, &lagos]);
    for machine in [&lisbon, &lagos] {
        assert_eq!(machine.count("CheckedIn"), 3);
        assert_eq!(machine.key_result("Qualified leads")["current"], "520");
    }
}
