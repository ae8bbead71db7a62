//! A whole story with its log: people join, work, guess and leave, and every line that the server logs
//! is one that the document promises. What people wrote, and what lets anybody in, is in none of them.

use std::collections::BTreeSet;

use quarterdeck_tests::TestEnv;
use serde_json::Value;

use crate::document::lines;

const WRITTEN: &str = "A secret plan of Ana's";

#[test]
fn every_line_of_a_whole_story_parses_is_documented_and_holds_no_secret() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    server.show_pages();
    server.watch();
    let lisbon = env.machine("lisbon");
    let invited = [server.first_invitation(), server.invite("ben", "viewer")];
    lisbon.join(&invited[0]).plan_a_quarter();
    lisbon.okr(&["checkin", "leads", "510", "-m", WRITTEN]).ok();
    lisbon.sync();
    let lagos = env.machine("lagos");
    lagos.join(&invited[1]);
    // Spent, and then not one at all.
    let thief = env.machine("thief");
    assert_ne!(thief.okr(&["join", &invited[1]]).code, Some(0));
    let made = server.okrd(&[
        "token",
        "new",
        "--workspace",
        "acme",
        "--member",
        "ben",
        "--json",
    ]);
    let made = made.ok().json();
    let asked = [made["secret"].as_str().unwrap(), "qdt_guessed"];
    let url = made["server"].as_str().unwrap();
    for (token, code) in asked.into_iter().zip([0, 5]) {
        let run = thief.okr_in(
            &[("OKR_TOKEN", token)],
            &["query", "--server", url, "status"],
        );
        run.code(code);
    }
    let link = lisbon.okr(&["open", "--print", "--json"]);
    let link = link.ok().json()["url"].as_str().unwrap().to_owned();
    let path = link.split_once("//").unwrap().1.split_once('/').unwrap();
    let pages = path.0.parse().unwrap();
    crate::http::get(pages, &format!("/{}", path.1));
    server.okrd(&["device", "list", "--workspace", "acme"]).ok();
    lagos.sync();
    server.stop();

    let log = server.log();
    let documented = lines();
    let mut seen = BTreeSet::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        for key in ["timestamp", "level", "target"] {
            assert!(line[key].is_string(), "{line}");
        }
        let fields = line["fields"].as_object().unwrap();
        let message = fields["message"].as_str().unwrap();
        let (level, allowed) = documented
            .get(message)
            .unwrap_or_else(|| panic!("not in docs/watching.md: {line}"));
        assert_eq!(line["level"].as_str().unwrap().to_lowercase(), *level);
        for field in fields.keys().filter(|field| *field != "message") {
            assert!(allowed.contains(field), "{field} is not promised: {line}");
        }
        seen.insert(message.to_owned());
    }
    for expected in [
        "opened a workspace",
        "listening",
        "a device joined",
        "turned clients away",
        "a browser opened a link",
        "stopping",
        "stopped",
    ] {
        assert!(seen.contains(expected), "“{expected}” is missing:\n{log}");
    }

    let device = std::fs::read_to_string(lisbon.home().join("workspaces/acme/device.json"));
    let device: Value = serde_json::from_str(&device.unwrap()).unwrap();
    let mut secrets: Vec<&str> = vec![WRITTEN, "Qualified leads", asked[0], path.1];
    secrets.push(device["remote"]["token"].as_str().unwrap());
    secrets.push(device["device"]["seed"].as_str().unwrap());
    secrets.extend(invited.iter().map(|url| url.rsplit_once('#').unwrap().1));
    for secret in secrets {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
}
