//! Whole screens and questions: what they send the terminal is their own.

use quarterdeck_tests::TestEnv;

use crate::commands::ID;
use crate::looked;
use crate::{WORDS, attacked};

#[test]
fn screens_draw_what_people_wrote_and_do_not_obey_it() {
    let env = TestEnv::new();
    let machine = attacked(&env, "lisbon", WORDS);
    let mut screen = machine.at_terminal(&["tui"], (140, 45));
    screen.until("calc");
    // Through the panes, into the things, and the help.
    for keys in ["1", "2", "3", "4", "5", "j", "j", "\r", "l", "?"] {
        screen.keys(keys);
    }
    let _ = screen.keys("\u{3}").ended();
    looked::drawn("okr tui", screen.written());

    let mut screen = machine.at_terminal(&["replay", ID], (140, 45));
    screen.until("calc");
    for keys in ["\u{1b}[C", "\u{1b}[C", "?", "j", "j"] {
        screen.keys(keys);
    }
    let _ = screen.keys("\u{3}").ended();
    looked::drawn("okr replay", screen.written());
}
