//! A proof is checked by a program that shares nothing with ours: fifty lines of Python, and `openssl`.
//!
//! Runs where `QUARTERDECK_PYTHON` names a Python and the program `openssl` is there.

use std::path::Path;
use std::process::Command;

use quarterdeck_tests::TestEnv;

#[test]
fn fifty_lines_of_python_come_to_the_same_verdict() {
    let Some(python) = std::env::var_os("QUARTERDECK_PYTHON") else {
        eprintln!("left out: set QUARTERDECK_PYTHON to a Python to run it");
        return;
    };
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("left out: there is no openssl here");
        return;
    }
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon
        .okr(&["checkin", "leads", "510", "-m", "the fair in Porto"])
        .ok();
    lisbon.sync();
    let size = lisbon.log().len();
    let file = env.path().join("e.tlog-proof");
    let file = file.to_str().expect("a path in UTF-8");
    lisbon.okr(&["prove", &format!("#{size}"), "-o", file]).ok();
    let key = lisbon.okr(&["verify", "--show-key"]).ok().stdout;

    let checked = |file: &str| {
        Command::new(&python)
            .arg("-B")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("python/check_proof.py"))
            .args([file, key.trim()])
            .output()
            .expect("Python runs")
    };
    let good = checked(file);
    let said = String::from_utf8_lossy(&good.stdout).into_owned();
    assert!(good.status.success(), "{said}");
    assert!(said.contains("the fair in Porto"), "{said}");

    let proof = std::fs::read_to_string(file).expect("the proof");
    let altered = proof.replacen(&format!("index {}", size - 1), "index 0", 1);
    std::fs::write(file, altered).expect("an altered proof");
    assert!(!checked(file).status.success());
}
