//! A retrospective as a page that replays its quarter: one file, with nothing loaded from elsewhere.
//!
//! ```text
//! json::Retro ──────────────▶ parts ──▶ HTML ──┐
//! core::replay ──▶ shoot ──▶ film ─────────────┼──▶ Page
//! chart ───────────────┘      player, style ───┘
//! ```
//!
//! Three promises, held by tests:
//!
//! - **It needs no script.** Without one, and on paper, it is the whole retrospective at its end.
//! - **Its script knows nothing of OKRs.** Each number and word, at each moment, was made by the functions
//!   behind `okr status --json`; the player puts them in their places.
//! - **Nothing in it acts but what was compiled in.** What people wrote is escaped (`html`), and a
//!   Content-Security-Policy lets run only the script with the hash of this player (`policy`).
//!
//! [docs/page.md](../../../../docs/page.md) says how to read and to use a page.

mod bar;
mod charts;
mod film;
mod goals;
mod html;
mod part;
mod policy;
mod shoot;

use std::collections::BTreeSet;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::past::Past;
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::Moment;
use quarterdeck_core::{asked, closing, retro};

use self::film::{Around, AroundLive};
use self::html::Html;
use self::part::{Cited, Sheet};
use crate::chart;
use crate::json::{self, Retro};
use crate::names::Names;
use crate::text::clean;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Of which cycle, seen from where.
    pub retro: retro::Asked,
    /// Where a page that is served hears of news; none for a file.
    pub live: Option<Live>,
}

impl Asked {
    /// Of a cycle as one sees it on a day without asking for anything further.
    #[must_use]
    pub const fn of(cycle: CycleId, on: Date, live: Option<Live>) -> Self {
        let retro = retro::Asked {
            cycle,
            compare: None,
            on,
            day_was_named: false,
            as_of: None,
        };
        Self { retro, live }
    }
}

/// Where a page that is served hears of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Address, relative to the page's, that answers `{"head":1204}`: the last position of the log.
    pub head_url: String,
    /// It is asked every so many seconds.
    pub every: u32,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The document.
    pub html: String,
    /// The value of the header `Content-Security-Policy` that it is to be served with. The document
    /// says the same of itself, as far as a document can.
    pub policy: String,
}

/// The player. One function around all of it, so that it leaves nothing in a page.
const PLAYER: &str = concat!(
    "(() => {\n",
    include_str!("player/film.js"),
    include_str!("player/paint.js"),
    include_str!("player/time.js"),
    include_str!("player/find.js"),
    include_str!("player/play.js"),
    "})();\n"
);

const STYLE: &str = concat!(
    include_str!("style/page.css"),
    include_str!("style/player.css")
);

/// The icon, so that browsers need not ask a server for one.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
%3Crect width='16' height='16' rx='3' fill='%231f4e8c'/%3E\
%3Cpath d='M3 12h3V9h3V6h4' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E";

/// A retrospective as a page; none where there is no such cycle.
///
/// # Errors
/// The log cannot be read.
pub fn page<P: Past>(past: &mut P, asked: &Asked) -> Result<Option<Page>, P::Error> {
    let retro = json::retro(past, &asked.retro)?;
    retro.map(|retro| page_of(past, &retro, asked)).transpose()
}

/// The page of a retrospective that is at hand already.
///
/// # Errors
/// The log cannot be read.
pub fn page_of<P: Past>(past: &mut P, retro: &Retro, asked: &Asked) -> Result<Page, P::Error> {
    let seen = match asked.retro.day_was_named {
        true => None,
        false => closing::seen(past, Subject::Cycle(asked.retro.cycle))?.map(|seen| seen.state),
    };
    let until = seen.is_none().then(|| {
        let zone = asked::zone(past.state());
        Moment::At(zone.end_of(retro.on))
    });
    let until = until.filter(|_| asked.retro.as_of.is_none() && !asked.retro.day_was_named);
    let shot = shoot::shoot(past, asked.retro.cycle, until, retro.on, seen.as_ref())?;
    let mut sheet = Sheet {
        retro,
        shot: &shot,
        there: references(retro),
        cited: BTreeSet::new(),
    };
    let mut body = Html::default();
    part::top(&sheet, &mut body);
    bar::bar(&shot.film, &mut body, asked.live.is_some());
    body.put("main", &[], |html| {
        part::story(&mut sheet, html);
        part::middle(&mut sheet, html);
        part::goals(&mut sheet, html);
        part::rest(&mut sheet, html);
    });
    let entries = cited(past, &sheet.cited)?;
    let state = seen.as_ref().unwrap_or_else(|| past.state());
    let zone = asked::zone(state);
    let names = Names::new(state);
    let cited: Vec<Cited> = (entries.iter())
        .map(|entry| Cited {
            seq: entry.seq,
            line: json::log_line(&names, entry, past.is_pending(entry.seq)),
        })
        .collect();
    body.put(
        "div",
        &[("role", "region"), ("aria-label", "Events")],
        |html| {
            part::entries(&sheet, html, &cited, &zone);
        },
    );
    let around = Around {
        head: if asked.live.is_some() {
            past.state().head
        } else {
            retro.head
        },
        live: asked.live.as_ref().map(|live| AroundLive {
            head: live.head_url.clone(),
            every: live.every,
        }),
    };
    let film = shot.film.packed(&around);
    Ok(whole(retro, body, &film, asked.live.is_some()))
}

/// References of the goals that are on the page at its end.
fn references(retro: &Retro) -> BTreeSet<String> {
    let below = retro.objectives.iter().flat_map(|one| &one.key_results);
    (retro
        .objectives
        .iter()
        .map(|one| one.reference.text.clone()))
    .chain(below.map(|one| one.figures.reference.text.clone()))
    .collect()
}

fn cited<P: Past>(
    past: &mut P,
    cited: &BTreeSet<u64>,
) -> Result<Vec<quarterdeck_core::event::Entry>, P::Error> {
    let mut entries = Vec::new();
    let (Some(first), Some(last)) = (cited.first(), cited.last()) else {
        return Ok(entries);
    };
    past.each(*first, &mut |entry| {
        if cited.contains(&entry.seq) {
            entries.push(entry.clone());
        }
        entry.seq < *last
    })?;
    Ok(entries)
}

fn whole(retro: &Retro, body: Html, film: &str, is_live: bool) -> Page {
    let style = [STYLE, chart::STYLE];
    let policy = policy::policy(PLAYER, &style.concat(), is_live);
    let mut html = Html::default();
    html.own("<!DOCTYPE html>\n");
    html.put("html", &[("lang", "en")], |html| {
        html.put("head", &[], |html| {
            html.open("meta", &[("charset", "utf-8")]);
            let inside = policy::inside(&policy);
            let says = [
                ("http-equiv", "Content-Security-Policy"),
                ("content", &*inside),
            ];
            html.open("meta", &says);
            let view = "width=device-width, initial-scale=1";
            html.open("meta", &[("name", "viewport"), ("content", view)]);
            html.open(
                "meta",
                &[("name", "color-scheme"), ("content", "light dark")],
            );
            html.open("meta", &[("name", "referrer"), ("content", "no-referrer")]);
            html.open("meta", &[("name", "robots"), ("content", "noindex")]);
            let title = format!("{} retrospective · {}", retro.cycle.name, retro.workspace);
            html.leaf("title", &[], &title);
            html.open("link", &[("rel", "icon"), ("href", ICON)]);
            html.put("style", &[], |html| {
                for style in style {
                    html.own(style);
                }
            });
        });
        html.line();
        html.put("body", &[], |html| {
            html.join(body);
            html.put("footer", &[], |html| {
                html.text("Made by Quarterdeck from the events of ");
                html.leaf("span", &[("class", "said")], &clean(&retro.workspace));
                html.text(&format!(" up to #{}.", retro.head));
            });
            html.line();
            let film_is = [("type", "text/plain"), ("id", "film")];
            html.put("script", &film_is, |html| html.text(film));
            html.line();
            html.put("script", &[], |html| html.own(PLAYER));
        });
    });
    html.line();
    Page {
        html: html.finish(),
        policy,
    }
}
