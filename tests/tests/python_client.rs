//! A client in another language, generated from `proto/` alone, does all that a program can want:
//! it joins, checks in, watches, pulls, proves and queries.
//!
//! Runs where `QUARTERDECK_PYTHON` names a Python that has `grpcio` and `grpcio-tools`.

use std::path::Path;
use std::process::Command;

use quarterdeck_tests::TestEnv;

#[test]
fn a_python_client_made_from_proto_alone_works() {
    let Some(python) = std::env::var_os("QUARTERDECK_PYTHON") else {
        eprintln!(
            "left out: set QUARTERDECK_PYTHON to a Python with grpcio and grpcio-tools to run it"
        );
        return;
    };
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();

    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = Command::new(python)
        .arg("-B")
        .arg(root.join("python/conformance.py"))
        .arg("--proto")
        .arg(root.join("../proto"))
        .args(["--invite", &server.invite("bot", "contributor")])
        .args(["--key-result", "leads"])
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );

    // What it did counts for everybody, from the day that it spoke of.
    env.set_time("2026-01-21T09:00:00Z");
    lisbon.sync();
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "531");
}
