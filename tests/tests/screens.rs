//! `okr tui` and `okr replay` at a real terminal: drawn, driven by keys, beside other programs, and gone
//! without a trace.

use quarterdeck_tests::TestEnv;
use rustix::process::Signal;

const SMALL: (u16, u16) = (80, 24);

#[test]
fn a_check_in_is_typed_into_the_screen_and_others_appear_in_it() {
    let env = TestEnv::new();
    let machine = env.machine("lisbon");
    machine.okr(&["init", "acme", "--as", "ana"]).ok();
    machine.plan_a_quarter();

    let mut screen = machine.at_terminal(&["tui"], SMALL);
    screen.until("Qualified leads");
    // A refusal is shown with what to do; the form stays.
    screen.keys("jc").until("confidence").keys("many\r");
    screen.until("✗ 'many' is no value").until("hint:");
    // Backspaces, and the right value.
    screen.keys("\u{7f}\u{7f}\u{7f}\u{7f}531\r").until("0.62");
    screen.until("✓").until("now 531 of 550 leads, 62 % done");
    assert_eq!(machine.key_result("Qualified leads")["current"], "531");

    // The folder is not locked while the screen is idle, and what another program records appears.
    machine.okr(&["checkin", "leads", "550"]).ok();
    screen.until("1.00");
    machine
        .okr(&["note", "leads", "from the other window", "--win"])
        .ok();
    screen.keys("4").until("from the other window");

    let left = screen.keys("q").ended();
    assert_eq!((left.code, left.restored), (Some(0), true), "{left:?}");
    assert_eq!(machine.count("CheckedIn"), 2);
}

#[test]
fn the_terminal_is_put_back_whatever_ends_the_screen() {
    let env = TestEnv::new();
    let machine = env.machine("lisbon");
    machine.okr(&["init", "acme", "--as", "ana"]).ok();
    machine.plan_a_quarter();

    let mut screen = machine.at_terminal(&["tui"], SMALL);
    screen.until("Qualified").keys("\u{3}");
    let left = screen.ended();
    assert_eq!((left.code, left.restored), (Some(0), true), "{left:?}");

    let mut screen = machine.at_terminal(&["tui"], SMALL);
    screen.until("Qualified").signal(Signal::TERM);
    let left = screen.ended();
    // It ends by the signal, as whoever sent it expects.
    assert_eq!(left.signal, Some(Signal::TERM.as_raw()), "{left:?}");
    assert!(left.restored, "{left:?}");
}

#[test]
fn what_stands_in_the_way_is_said_before_the_terminal_is_taken() {
    let env = TestEnv::new();
    let mut screen = env.machine("lisbon").at_terminal(&["tui"], SMALL);
    screen.until("There is no workspace");
    let left = screen.ended();
    assert_eq!((left.code, left.restored), (Some(3), false), "{left:?}");
}

#[test]
fn a_server_is_followed_live_and_a_sync_goes_on_beside_the_screen() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let (ana, ben) = (env.machine("ana"), env.machine("ben"));
    ana.join(&server.first_invitation()).plan_a_quarter();
    ana.sync();
    ben.join(&server.invite("ben", "editor"));

    let mut screen = ana.at_terminal(&["tui"], SMALL);
    screen.until("Qualified leads").until("● live");
    ben.okr(&["checkin", "leads", "525"]).ok();
    ben.sync();
    screen.until("0.50");

    screen.keys("jc").until("confidence").keys("550\r");
    screen.until("1.00").until("⇡1");
    screen.keys("s").until("Sent 1 event.");
    ben.sync();
    assert_eq!(ben.key_result("Qualified leads")["current"], "550");
    let left = screen.keys("q").ended();
    assert_eq!((left.code, left.restored), (Some(0), true), "{left:?}");
}

#[test]
fn a_quarter_is_played_at_a_terminal() {
    let env = TestEnv::new();
    let machine = env.machine("lisbon");
    machine.okr(&["init", "acme", "--as", "ana"]).ok();
    machine.plan_a_quarter();
    machine.okr(&["checkin", "leads", "525"]).ok();
    machine
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--target",
            "600",
            "-m",
            "two reps more",
        ])
        .ok();

    let mut screen = machine.at_terminal(&["replay", "--step", "event", "--speed", "32"], SMALL);
    screen
        .until("paused")
        .keys(" ")
        .until("playing")
        .until("paused");
    screen.keys("?").until("goalpost");
    let left = screen.keys("xq").ended();
    assert_eq!((left.code, left.restored), (Some(0), true), "{left:?}");
}
