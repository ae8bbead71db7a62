//! A plot as a picture of its own, in SVG.
//!
//! Guarantees: it loads nothing and runs nothing; what people wrote is text in it
//! ([`crate::letter`]'s rule); it is the same for the same plot, scale and size. Colours follow the
//! reader's preference for light or dark, and no meaning is in colour alone: lines differ by their
//! dashes, marks by their shapes.

use std::fmt::Write as _;

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::MetricKind;
use unicode_width::UnicodeWidthChar;

use super::layout::{HEAD, Layout, Size, tenth};
use super::pieces::{self, Pieces};
use super::plot::Plot;
use super::scale::Scale;
use crate::letter::escaped;
use crate::number::{number, percent, with_unit};
use crate::text::one_line;

/// How it looks by itself. Every rule is held within `.okr-chart`, so that nothing else on a page
/// that takes the picture in is touched.
pub const STYLE: &str = "\
.okr-chart{--ink:#1f2328;--soft:#656d76;--line:#d8dee4;--curve:#1f4e8c;--aim:#1a7f37;--warn:#9a6700;--bad:#cf222e;--paper:#fff;\
font:11px system-ui,-apple-system,'Segoe UI',sans-serif;font-variant-numeric:tabular-nums}\
@media(prefers-color-scheme:dark){.okr-chart{--ink:#e6edf3;--soft:#9198a1;--line:#30363d;--curve:#79b8ff;--aim:#56d364;--warn:#d9a521;--bad:#ff7b72;--paper:#0d1117}}\
.okr-chart text{fill:var(--soft)}.okr-chart .title{fill:var(--ink);font-size:15px;font-weight:600}\
.okr-chart .paper{fill:var(--paper)}.okr-chart path{fill:none;stroke-width:1}\
.okr-chart .grid{stroke:var(--line)}.okr-chart .edge{stroke:var(--soft)}\
.okr-chart .range{fill:var(--aim);fill-opacity:.12;stroke:var(--aim);stroke-dasharray:6 4}\
.okr-chart .pace{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:1.5 4;stroke-linecap:round}\
.okr-chart .target{stroke:var(--aim);stroke-width:1.5;stroke-dasharray:6 4}\
.okr-chart .curve{stroke:var(--curve);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}\
.okr-chart .held{stroke:var(--curve);stroke-width:1.25;stroke-opacity:.65}\
.okr-chart .points{stroke:var(--curve);stroke-width:6;stroke-linecap:round}\
.okr-chart .today{stroke:var(--soft);stroke-dasharray:2 3}\
.okr-chart .sure{fill-opacity:.55}.okr-chart .good{fill:var(--aim)}.okr-chart .warn{fill:var(--warn)}.okr-chart .bad{fill:var(--bad)}\
.okr-chart .mark{fill:var(--soft)}.okr-chart .mark.aim,.okr-chart .mark.problem{fill:var(--warn)}.okr-chart .mark.conflict{fill:var(--bad)}\
.okr-chart .mark.win,.okr-chart .mark.thanks{fill:var(--aim)}.okr-chart .mark.grade{fill:var(--ink)}\
.okr-chart .now{fill:var(--curve);font-size:13px;font-weight:600}.okr-chart .goal{fill:var(--aim)}\
.okr-chart .halo{stroke:var(--paper);stroke-width:3px;paint-order:stroke;stroke-linejoin:round}";

/// The plot on a scale as an SVG document.
#[must_use]
pub fn svg(plot: &Plot, scale: &Scale, size: Size) -> String {
    let size = Size {
        width: size.width.max(Size::LEAST.width),
        height: size.height.max(Size::LEAST.height),
    };
    let layout = Layout::of(scale, size.inside());
    let pieces = pieces::of(plot, &layout);
    let mut out = String::with_capacity(8 * 1024);
    let Size { width, height } = size;
    // Writing to a String does not fail; so below.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"okr-chart\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n<title>{}</title>\n<desc>{}</desc>\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n",
        escaped(&plot.title),
        escaped(&described(plot)),
    );
    head(&mut out, plot, width);
    let _ = writeln!(out, "<g transform=\"translate(0 {HEAD})\">");
    framed(&mut out, &layout);
    layers(&mut out, plot, &pieces);
    figures(&mut out, plot, &layout);
    out.push_str("</g>\n");
    foot(&mut out, plot, size);
    out.push_str("</svg>\n");
    out
}

fn text(out: &mut String, class: &str, (x, y): (f64, f64), anchor: &str, told: &str) {
    let (x, y) = (tenth(x), tenth(y));
    let class = match class {
        "" => String::new(),
        class => format!(" class=\"{class}\""),
    };
    let _ = writeln!(
        out,
        "<text{class} x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>",
        escaped(told)
    );
}

/// The title, and below it what is aimed at.
fn head(out: &mut String, plot: &Plot, width: u16) {
    let room = f64::from(width) - 24.0;
    text(
        out,
        "title",
        (12.0, 22.0),
        "start",
        &cut(&one_line(&plot.title), room / 8.6),
    );
    text(
        out,
        "",
        (12.0, 39.0),
        "start",
        &cut(&one_line(&plot.aimed()), room / 6.0),
    );
}

/// The chart in words, for whoever does not see it.
fn described(plot: &Plot) -> String {
    let unit = plot.unit.as_deref();
    let mut told = format!("{}.", capital(&plot.aimed()));
    let now = match (plot.metric, plot.current()) {
        (_, None) => "Nothing has been measured".to_owned(),
        (MetricKind::Binary, Some(done)) if done == Decimal::ONE => "Done".to_owned(),
        (MetricKind::Binary, Some(_)) => "Not done".to_owned(),
        (_, Some(value)) => format!("At {}", with_unit(value, unit)),
    };
    let _ = write!(told, " {now} on {}", plot.on);
    match (plot.course.first(), plot.course.last()) {
        (Some(first), Some(last)) => {
            let days = crate::number::count(plot.course.len(), "day");
            let _ = write!(
                told,
                ", measured on {days} from {} to {}.",
                first.date, last.date
            );
        }
        _ => told.push_str(", not measured in this cycle."),
    }
    if let Some(last) = plot.confidence.last() {
        let _ = write!(
            told,
            " Confidence {} on {}.",
            percent(last.value),
            last.date
        );
    }
    for mark in &plot.marks {
        let told_of = one_line(&mark.told);
        let _ = write!(told, " {}, {}: {told_of}.", mark.date, mark.kind.word());
    }
    told
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Edges and grid with their figures, as markup within an `svg` of the class `okr-chart`: the same for
/// every plot on the scale, around what [`super::pieces`] gives for that size.
#[must_use]
pub fn frame(scale: &Scale, size: Size) -> String {
    let mut out = String::new();
    framed(&mut out, &Layout::of(scale, size));
    out
}

fn framed(out: &mut String, layout: &Layout<'_>) {
    let (left, right) = (tenth(layout.left), tenth(layout.right));
    let (top, bottom) = (tenth(layout.top), tenth(layout.bottom));
    let mut grid = String::new();
    for (y, _) in &layout.figures {
        let _ = write!(grid, "M{left} {}H{right}", tenth(*y));
    }
    for (x, _) in &layout.dates {
        let _ = write!(grid, "M{} {top}V{}", tenth(*x), tenth(layout.bottom + 6.0));
    }
    let _ = writeln!(
        out,
        "<path class=\"grid\" d=\"{grid}\"/>\n<path class=\"edge\" d=\"M{left} {top}V{bottom}H{right}\"/>"
    );
    for (y, label) in &layout.figures {
        text(out, "", (layout.left - 7.0, y + 4.0), "end", label);
    }
    for (x, label) in &layout.dates {
        text(out, "", (x + 3.0, layout.days), "start", label);
    }
    if let Some((_, lower)) = layout.sure {
        text(out, "", (layout.left - 7.0, lower - 1.0), "end", "sure");
    }
}

fn layers(out: &mut String, plot: &Plot, pieces: &Pieces) {
    for (class, layer) in [
        ("range", &pieces.range),
        ("pace", &pieces.pace),
        ("target", &pieces.target),
        ("today", &pieces.today),
        ("held", &pieces.held),
        ("curve", &pieces.curve),
        ("points", &pieces.points),
    ] {
        if !layer.is_empty() {
            let _ = writeln!(out, "<path class=\"{class}\" d=\"{}\"/>", layer.concat());
        }
    }
    for sure in &pieces.sure {
        let _ = writeln!(
            out,
            "<path class=\"sure {}\" d=\"{}\"/>",
            sure.class, sure.path
        );
    }
    for (mark, piece) in plot.marks.iter().zip(&pieces.marks) {
        let _ = writeln!(
            out,
            "<path class=\"mark {}\" d=\"{}\"><title>{}</title></path>",
            piece.class,
            piece.path,
            escaped(&format!(
                "{}, {}: {}",
                mark.date,
                mark.kind.word(),
                mark.told
            ))
        );
    }
}

/// What stands at the curve itself: targets, steps, and the value now.
fn figures(out: &mut String, plot: &Plot, layout: &Layout<'_>) {
    let targets: Vec<_> = plot.targets().collect();
    if plot.metric != MetricKind::Milestones {
        for (at, (since, value)) in targets.iter().enumerate() {
            let until = targets
                .get(at + 1)
                .map_or(layout.right, |(next, _)| layout.x(*next));
            let told = number(*value);
            if until - layout.x(*since) > told.len() as f64 * 7.0 + 8.0 {
                let y = clear(layout.y(*value) - 5.0, layout);
                text(out, "goal halo", (until - 4.0, y), "end", &told);
            }
        }
    }
    for step in &plot.steps {
        let place = (layout.x(step.date) - 6.0, layout.y(step.value) - 6.0);
        let room = (place.0 - layout.left) / 6.4;
        if room >= 3.0 {
            let place = (place.0, clear(place.1, layout));
            text(out, "halo", place, "end", &cut(&one_line(&step.name), room));
        }
    }
    let whole = matches!(plot.metric, MetricKind::Milestones | MetricKind::Binary);
    if let Some(last) = plot.course.last().filter(|_| !whole) {
        let told = number(last.value);
        let wide = told.len() as f64 * 7.6 + 10.0;
        let (x, y) = (layout.x(last.date), layout.y(last.value));
        let (x, anchor) = if x + wide < layout.right {
            (x + 8.0, "start")
        } else {
            (x - 8.0, "end")
        };
        // Away from the target, which has its figure above its line.
        let below = targets.last().is_some_and(|(_, target)| {
            (y - layout.y(*target)).abs() < 22.0 && y >= layout.y(*target)
        });
        let y = if below { y + 16.0 } else { y - 8.0 };
        text(out, "now halo", (x, clear(y, layout)), anchor, &told);
    }
}

/// A base line at which text stays within the curve's field.
fn clear(y: f64, layout: &Layout<'_>) -> f64 {
    y.clamp(
        layout.top + 6.0,
        (layout.bottom - 3.0).max(layout.top + 6.0),
    )
}

/// What the lines mean, as far as there is room.
fn foot(out: &mut String, plot: &Plot, size: Size) {
    let y = f64::from(size.height) - 9.0;
    let mut x = 12.0;
    let mut entries: Vec<(&str, &str)> = Vec::new();
    if !plot.course.is_empty() {
        entries.push(("curve", "measured"));
    }
    if !plot.pace.is_empty() {
        entries.push(("pace", "pace"));
    }
    if plot.targets().next().is_some() {
        entries.push(("target", "target"));
    }
    if plot.ranges().next().is_some() {
        entries.push(("range", "range"));
    }
    for (class, word) in entries {
        let wide = 26.0 + word.len() as f64 * 6.4 + 16.0;
        if x + wide > f64::from(size.width) {
            return;
        }
        let (from, to, level) = (tenth(x), tenth(x + 22.0), tenth(y - 4.0));
        let path = match class {
            "range" => format!("M{from} {}H{to}v8H{from}Z", tenth(y - 8.0)),
            _ => format!("M{from} {level}H{to}"),
        };
        let _ = writeln!(out, "<path class=\"{class}\" d=\"{path}\"/>");
        text(out, "", (x + 28.0, y), "start", word);
        x += wide;
    }
    let mut kinds: Vec<_> = plot.marks.iter().map(|mark| mark.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let wide = 14.0 + kind.word().len() as f64 * 6.4 + 14.0;
        if x + wide > f64::from(size.width) {
            return;
        }
        let path = pieces::shape(kind, (x + 5.0, y - 4.0));
        let _ = writeln!(out, "<path class=\"mark {}\" d=\"{path}\"/>", kind.class());
        text(out, "", (x + 14.0, y), "start", kind.word());
        x += wide;
    }
}

/// As much of a text as fits into so many columns.
fn cut(text: &str, room: f64) -> String {
    let wide = |c: char| c.width().unwrap_or(0) as f64;
    if text.chars().map(wide).sum::<f64>() <= room {
        return text.to_owned();
    }
    let mut used = 1.0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += wide(*c);
            used <= room
        })
        .collect();
    format!("{}…", kept.trim_end())
}
