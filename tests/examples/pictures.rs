//! The README's pictures, taken of what the demo leaves: its page in Chromium, and a replay at a real
//! terminal.
//!
//! `cargo run -p quarterdeck-tests --example pictures -- docs/pictures`; Chromium is the one named by
//! `QUARTERDECK_CHROMIUM`, else `chromium`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a tool for those who work on this, which stops at the first failure"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use quarterdeck_tests::TestEnv;

/// The last evening of the demo's story.
const EVENING: &str = "2026-10-01T17:00:00Z";
const COLUMNS: u16 = 104;
const ROWS: u16 = 30;

/// A terminal's cell, in pixels.
const CELL: (u32, u32) = (9, 19);
const MARGIN: u32 = 16;
const PAPER: &str = "#14181f";
const INK: &str = "#d5dae1";

fn main() {
    let into = std::env::args_os().nth(1).map(PathBuf::from);
    let into = into.expect("a folder for the pictures");
    std::fs::create_dir_all(&into).expect("a folder for the pictures");
    let env = TestEnv::new();
    let kept = env.path().join("kept");
    let viewer = env.machine("viewer");
    let folder = kept.display().to_string();
    viewer.okr(&["demo", "--keep", &folder]).ok();

    let page = format!("file://{folder}/okr-demo.html");
    shoot(&env, &page, (1120, 980), &into.join("retrospective.png"));

    env.set_time(EVENING);
    let machine = env.machine("ana").at_home(&kept.join("lisbon"));
    let typed = ["replay", "2026-Q3", "--step", "event", "--color", "always"];
    let mut screen = machine.at_terminal(&typed, (COLUMNS, ROWS));
    // To the last goal that was moved, and to the key result that it was.
    screen
        .until("stop 1 of")
        .keys("ggggg")
        .until("target 30 → 24");
    screen.keys("kkkj").until("/ 24 ").until("sure");
    let drawn = env.path().join("replay.svg");
    std::fs::write(&drawn, drawing(screen.screen())).expect("a drawing of the screen");
    let size = (
        u32::from(COLUMNS) * CELL.0 + 2 * MARGIN,
        u32::from(ROWS) * CELL.1 + 2 * MARGIN,
    );
    let address = format!("file://{}", drawn.display());
    shoot(&env, &address, size, &into.join("replay.png"));
}

fn shoot(env: &TestEnv, address: &str, (width, height): (u32, u32), to: &Path) {
    let chromium = std::env::var("QUARTERDECK_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let made = Command::new(&chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
        ])
        .args(["--disable-background-networking", "--hide-scrollbars"])
        .arg(format!(
            "--user-data-dir={}",
            env.path().join("chromium").display()
        ))
        .arg(format!("--window-size={width},{height}"))
        .arg("--force-device-scale-factor=1.5")
        .arg(format!("--screenshot={}", to.display()))
        .arg(address)
        .output()
        .unwrap_or_else(|error| panic!("{chromium}: {error}"));
    assert!(made.status.success() && to.is_file(), "{made:?}");
}

/// The screen as SVG: each stretch of one colour is text of its exact width, so that no font moves a
/// column.
fn drawing(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (width, height) = (
        u32::from(columns) * CELL.0 + 2 * MARGIN,
        u32::from(rows) * CELL.1 + 2 * MARGIN,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\
         <g font-family=\"DejaVu Sans Mono, monospace\" font-size=\"15\" xml:space=\"preserve\">"
    );
    for row in 0..rows {
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column) else {
                continue;
            };
            let (x, y) = (
                MARGIN + u32::from(column) * CELL.0,
                MARGIN + u32::from(row) * CELL.1,
            );
            let (mut ink, mut paper) = (colour(cell.fgcolor()), back(cell.bgcolor()));
            if cell.inverse() {
                (ink, paper) = (PAPER.to_owned(), Some(ink));
            }
            if let Some(paper) = paper {
                let (width, height) = CELL;
                let _ = write!(
                    svg,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>"
                );
            }
            let text = escaped(cell.contents());
            if text.trim().is_empty() {
                continue;
            }
            let weight = if cell.bold() {
                " font-weight=\"bold\""
            } else {
                ""
            };
            let faint = if cell.dim() { " opacity=\"0.6\"" } else { "" };
            let below = y + 15;
            let _ = write!(
                svg,
                "<text x=\"{x}\" y=\"{below}\" fill=\"{ink}\"{weight}{faint}>{text}</text>"
            );
        }
    }
    svg + "</g></svg>"
}

fn back(colour: vt100::Color) -> Option<String> {
    (colour != vt100::Color::Default).then(|| self::colour(colour))
}

fn colour(colour: vt100::Color) -> String {
    // A calm set of the sixteen.
    const SIXTEEN: [&str; 16] = [
        "#3b4252", "#e06c75", "#7cc48a", "#d9b36c", "#6ea8e6", "#c08bd6", "#6fc3c9", "#d5dae1",
        "#7c8797", "#f0868e", "#97d8a4", "#ecca8b", "#8dbdf2", "#d2a6e4", "#8fd8dd", "#ffffff",
    ];
    match colour {
        vt100::Color::Default => INK.to_owned(),
        vt100::Color::Idx(index) => (SIXTEEN.get(usize::from(index)))
            .map_or_else(|| INK.to_owned(), |found| (*found).to_owned()),
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
