//! Whether a server lives and is ready, as an orchestrator asks.

use quarterdeck_tests::{Disk, Server, TestEnv};

use crate::http::get;

/// Asks until the answer is this one. The server looks every second; one that never comes to it hangs,
/// and the harness ends it.
fn wait_for_health(server: &Server<'_>, code: i32) {
    while server.okrd(&["health"]).code != Some(code) {
        std::thread::yield_now();
    }
}

#[test]
fn a_server_answers_probes_until_it_is_gone() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    server.watch();
    assert_eq!(get(server.figures(), "/livez"), (200, "live\n".to_owned()));
    assert_eq!(
        get(server.figures(), "/readyz"),
        (200, "ready\n".to_owned())
    );
    server.okrd(&["health"]).ok();
    let found = server.okrd(&["health", "--live", "--json"]).ok().json();
    assert_eq!(
        (&found["live"], &found["ready"]),
        (&true.into(), &true.into())
    );
    let address = server.address().to_string();
    server.okrd_bare(&["health", "--address", &address]).ok();

    server.stop();
    let gone = server.okrd(&["health"]).code(4);
    gone.explains(&["no okrd answers", "okrd serve"]);
    let gone = server.okrd_bare(&["health", "--address", &address]);
    gone.code(4).explains(&["no okrd answers"]);
}

#[test]
fn a_full_disk_makes_a_server_unready_and_room_makes_it_ready_again() {
    let env = TestEnv::new();
    let folder = env.path().join("okrd-acme");
    let disk = match Disk::mount(&folder, 48) {
        Ok(disk) => disk,
        Err(why) => {
            eprintln!("left out: no small disk here: {why}");
            return;
        }
    };
    let mut server = env.server("acme", "ana");
    server.watch();
    server.okrd(&["health"]).ok();

    disk.fill(8 << 10);
    wait_for_health(&server, 7);
    server.okrd(&["health"]).code(7).explains(&["make room"]);
    server.okrd(&["health", "--live"]).ok();
    let (status, why) = get(server.figures(), "/readyz");
    assert_eq!(status, 503);
    assert!(why.contains("bytes of free space"), "{why}");
    assert!(!why.contains("okrd-acme"), "it tells of paths: {why}");
    assert_eq!(get(server.figures(), "/livez").0, 200);
    let (_, figures) = get(server.figures(), "/metrics");
    assert!(figures.contains("\nquarterdeck_ready 0\n"), "{figures}");
    let stats = server.okrd(&["stats", "--json"]).ok().json();
    assert_eq!(stats["ready"], false);
    assert_eq!(stats["workspaces"][0]["standing"], "disk full");
    let found = server.okrd(&["doctor"]);
    assert_eq!(found.code, Some(7));
    assert!(found.stdout.contains("make room"), "{}", found.stdout);

    disk.empty();
    wait_for_health(&server, 0);
    assert_eq!(get(server.figures(), "/readyz").0, 200);
    let log = server.log();
    assert!(
        log.contains("not ready") && log.contains("ready again"),
        "{log}"
    );
}
