//! Writes a cycle's page: `cargo run -p quarterdeck-cli --example page -- WORKSPACE-FOLDER OUT [CYCLE]`.
//!
//! For whoever works on the page and wants one of a log at hand; `okr retro` is for everybody else.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool for developers stops at the first failure"
)]

use std::path::PathBuf;
use std::time::Instant;

use quarterdeck_core::{asked, retro};
use quarterdeck_report::page;
use quarterdeck_sync::{Options, Replica};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("the folder of a workspace"));
    let out = PathBuf::from(arguments.next().expect("a file to write"));
    let name = arguments.next();
    let mut replica = Replica::open(&folder, Options::default()).expect("a replica");
    let now = replica.confirmed().recorded;
    let mut past = replica.past(None).expect("a past");
    let state = quarterdeck_core::past::Past::state(&past);
    let on = asked::zone(state).date_of(now);
    let cycle = match &name {
        Some(name) => (state.cycles.iter())
            .find(|(_, cycle)| cycle.name == *name)
            .map(|(id, _)| *id),
        None => asked::default_cycle(state, on),
    };
    let asked = page::Asked {
        retro: retro::Asked {
            cycle: cycle.expect("a cycle"),
            compare: None,
            on,
            day_was_named: false,
            as_of: None,
        },
        live: None,
    };
    let began = Instant::now();
    let made = page::page(&mut past, &asked)
        .expect("a log that can be read")
        .expect("a page");
    println!(
        "{} kB in {:.2} s",
        made.html.len() / 1000,
        began.elapsed().as_secs_f64()
    );
    std::fs::write(&out, made.html).expect("a file");
}
