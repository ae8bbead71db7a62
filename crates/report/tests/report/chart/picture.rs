//! Charts as pictures: well-formed, self-contained, and the sum of their pieces.

use proptest::prelude::*;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_report::chart::{Mark, MarkKind, Scale, Size, StepPoint, pieces, svg};
use quarterdeck_report::text;

use super::any::any_plot;
use super::{moved, plot};
use crate::sample::day;
use crate::xml;

#[test]
fn a_picture_is_well_formed_and_what_people_wrote_is_text_in_it() {
    let evil = "</title><script>alert('x')</script>\u{1b}[2J\u{202e}&\"\n";
    let (log, aims) = moved();
    for digits in ["3mz9", "5t0p", "6bak", "2prt", "4htn", "8nps"] {
        let mut plot = plot(&log, digits);
        if digits == "3mz9" {
            plot = plot.with_aims(&aims);
        }
        plot.title = evil.to_owned();
        plot.unit = Some(evil.to_owned());
        plot.marks.push(Mark {
            date: day("2026-08-01"),
            kind: MarkKind::Comment,
            told: evil.to_owned(),
        });
        plot.steps.push(StepPoint {
            date: day("2026-09-01"),
            name: evil.to_owned(),
            value: Decimal::ONE,
        });
        for (width, height) in [(760, 380), (340, 240), (0, 0), (4000, 200)] {
            let picture = svg(&plot, &Scale::of(&plot), Size { width, height });
            xml::well_formed(&picture);
            assert!(!picture.contains("<script"), "{picture}");
            assert!(!picture.contains(['\u{1b}', '\u{202e}']), "{picture}");
            assert_eq!(picture.matches("<title>").count(), 1 + plot.marks.len());
            // It loads nothing and runs nothing.
            let own = picture.replace("http://www.w3.org/2000/svg", "");
            for foreign in ["http", "url(", "href", "@import", " on"] {
                let outside = own.replace(&text::one_line(&text::clean(evil)), "");
                assert!(
                    !outside.split("<desc>").next().unwrap().contains(foreign),
                    "{foreign}"
                );
            }
        }
    }
}

/// The path of a layer in a picture.
fn layer<'a>(picture: &'a str, class: &str) -> Option<&'a str> {
    let within = picture
        .split("<g transform")
        .nth(1)
        .unwrap()
        .split("</g>")
        .next()
        .unwrap();
    let begin = format!("<path class=\"{class}\" d=\"");
    let rest = within.split(&begin).nth(1)?;
    rest.split('"').next()
}

#[test]
fn joined_pieces_are_the_layers_of_the_picture() {
    let (log, aims) = moved();
    let size = Size {
        width: 760,
        height: 380,
    };
    for digits in ["3mz9", "5t0p", "6bak", "2prt", "4htn", "8nps"] {
        let plot = match digits {
            "3mz9" => plot(&log, digits).with_aims(&aims),
            _ => plot(&log, digits),
        };
        let scale = Scale::of(&plot);
        let picture = svg(&plot, &scale, size);
        let found = pieces(&plot, &scale, size.inside());
        for (class, pieces) in [
            ("range", &found.range),
            ("pace", &found.pace),
            ("target", &found.target),
            ("held", &found.held),
            ("curve", &found.curve),
            ("points", &found.points),
            ("today", &found.today),
        ] {
            let joined = pieces.concat();
            let joined = (!joined.is_empty()).then_some(joined);
            assert_eq!(
                layer(&picture, class),
                joined.as_deref(),
                "{digits} {class}"
            );
        }
        for stroke in found.sure.iter().chain(&found.marks) {
            assert!(picture.contains(&stroke.path), "{digits} {stroke:?}");
        }
        assert_eq!(found.points.len(), plot.course.len());
        assert_eq!(found.marks.len(), plot.marks.len());
    }
    let found = pieces(
        &plot(&log, "3mz9"),
        &Scale::of(&plot(&log, "3mz9")),
        size.inside(),
    );
    assert!(
        found.curve[0].starts_with('M') && found.curve[0].contains('H'),
        "{:?}",
        found.curve
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn pictures_are_well_formed_and_stay_in_their_frame(plot in any_plot(), width in 0u16..2000, height in 0u16..900) {
        let scale = Scale::of(&plot);
        xml::well_formed(&svg(&plot, &scale, Size { width, height }));
        let size = Size { width: width.max(200), height: height.max(160) };
        let found = pieces(&plot, &scale, size);
        let layers = [&found.range, &found.pace, &found.target, &found.held, &found.curve, &found.points];
        for path in layers.into_iter().flatten() {
            let (mut x, mut y) = (f64::from(size.width) / 2.0, 0.0);
            for (command, numbers) in xml::commands(path) {
                match (command, numbers.as_slice()) {
                    ('M' | 'L', [to_x, to_y]) => (x, y) = (*to_x, *to_y),
                    ('H', [to]) => x = *to,
                    ('V', [to]) => y = *to,
                    ('h', [0.0]) | ('Z', []) => {}
                    other => prop_assert!(false, "{other:?} in {path}"),
                }
                prop_assert!((0.0..=f64::from(size.width)).contains(&x), "{path}");
                prop_assert!((0.0..=f64::from(size.height)).contains(&y), "{path}");
            }
        }
    }
}
