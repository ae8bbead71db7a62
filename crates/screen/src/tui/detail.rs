//! One thing in detail, and the other documents that are scrolled: what `okr kr show`, `okr objective show`
//! and `okr outbox` say, with what only a live screen knows.

use quarterdeck_report::chart::{self, Scale};
use quarterdeck_report::number::number;
use quarterdeck_report::text::{self, Document, Line, Style, View, figures};

use super::{Detail, Following, Syncing, Tui};
use crate::part;

/// A curve takes no more columns than these.
const WIDEST: usize = 100;

/// The detail that is shown in so many columns.
pub(super) fn document(tui: &Tui, width: usize) -> Vec<Line> {
    let Some(view) = tui.view(width) else {
        return Vec::new();
    };
    match (&tui.detail, &tui.detail_of) {
        (Some((shown, detail)), Some(wanted)) if shown == wanted => {
            with_curve(drawn(detail, &view), detail, tui, width)
        }
        (_, Some(wanted)) => vec![Line::new().muted(format!("{wanted} …"))],
        (_, None) => Vec::new(),
    }
}

fn drawn(detail: &Detail, view: &View) -> Vec<Line> {
    let document = match detail {
        Detail::Objective(found) => text::objective_show(found, view),
        Detail::KeyResult(found) => text::key_result_show(found, view),
    };
    document.trimmed().lines().to_vec()
}

/// The lines with how it stands and the curve below their heading: what one looks at first.
fn with_curve(mut lines: Vec<Line>, detail: &Detail, tui: &Tui, width: usize) -> Vec<Line> {
    let (Some(plot), Detail::KeyResult(found)) = (&tui.plot, detail) else {
        return lines;
    };
    let one = &found.key_result;
    let rows = (usize::from(tui.size.1) / 2).clamp(10, 19) - 1;
    let columns = width.min(WIDEST);
    let curve = chart::lines(plot, &Scale::of(plot), columns, rows);
    let heading = lines.iter().take_while(|line| !line.is_empty()).count();
    let below = lines.split_off(heading);
    let bar = figures::progress_bar(one.progress, one.status);
    let standing = Line::new().said(Style::Strong, &figures::standing(one));
    let standing = standing.plain("  ").join(bar).plain("  ");
    lines.push(standing.join(figures::key_result_status(one)));
    lines.push(Line::new());
    lines.extend(curve);
    lines.extend(chart::legend(plot, columns));
    lines.extend(below);
    lines
}

/// What waits, where the server is, and how the last sync went, in so many columns.
pub(super) fn exchange(tui: &Tui, width: usize) -> Vec<Line> {
    let Some(view) = tui.view(width) else {
        return Vec::new();
    };
    let mut document = Document::new();
    if let Some(found) = &tui.exchange {
        match &found.server {
            Some(server) => {
                document.push(label("server").plain(server));
                document.push(label("live").join(following(&tui.following)));
                if let Following::Lost(why) = &tui.following {
                    document.push(label("").said(Style::Muted, why).cut(width));
                }
            }
            None => document.push(label("server").plain("none: everything stays on this machine")),
        }
        let when = text::moment(found.recorded, &view.zone, view.today);
        let head = number(found.head.into());
        document.push(label("log").plain(format!("up to #{head}, recorded {when}")));
    }
    document.push(label("last sync").join(last_sync(&tui.syncing)));
    if let Syncing::Done(report) = &tui.syncing {
        document.blank();
        document.append(text::sync(report, &view));
    }
    if let Syncing::Failed(trouble) = &tui.syncing {
        document.blank();
        document.extend(part::trouble(trouble, width));
    }
    if let Following::Stopped(trouble) = &tui.following {
        document.blank();
        document.extend(part::trouble(trouble, width));
    }
    if let Some(found) = &tui.exchange {
        document.blank();
        document.append(text::outbox(&found.outbox, &view));
    }
    document.trimmed().lines().to_vec()
}

fn label(word: &str) -> Line {
    Line::new().muted(format!("{word:<11}"))
}

fn following(found: &Following) -> Line {
    match found {
        Following::No => Line::new().muted("looking for the server …"),
        Following::Yes => {
            (Line::new().with(Style::Good, "●")).plain(" what others record arrives as they do")
        }
        Following::Lost(_) => (Line::new().with(Style::Warn, "▲"))
            .plain(" the server is out of reach, and looked for again"),
        Following::Stopped(_) => Line::new().with(Style::Bad, "■ not followed any more"),
    }
}

fn last_sync(found: &Syncing) -> Line {
    match found {
        Syncing::Idle => Line::new().muted("none since this screen was opened"),
        Syncing::Running(None) => Line::new().with(Style::Warn, "under way …"),
        Syncing::Running(Some((what, done, of))) => {
            Line::new().with(Style::Warn, running(what, *done, *of))
        }
        Syncing::Done(report) if report.up_to_date => Line::new().with(Style::Good, "✓ done"),
        Syncing::Done(_) => Line::new().with(Style::Warn, "▲ done, the server has more"),
        Syncing::Failed(_) => Line::new().with(Style::Bad, "✗ failed; local work is kept"),
    }
}

/// How far a sync has come.
pub(super) fn running(what: &str, done: u64, of: u64) -> String {
    format!("{what} {} of {}", number(done.into()), number(of.into()))
}
