//! The structs of [`crate::json`] drawn for a terminal.
//!
//! Each function answers a [`Document`] of lines no wider than the [`View`]; nothing is looked up
//! or computed here that the structs do not say. What people wrote is made safe in one place,
//! [`clean`].

mod agreement;
mod ascii;
mod beside;
mod blame;
mod calibration;
mod carry;
mod chart;
mod check;
mod clean;
mod closing;
mod conflicts;
mod diff;
mod document;
mod due;
mod erase;
mod exported;
mod facts;
pub mod figures;
mod forecast;
mod funnel;
mod goalposts;
mod history;
mod import;
mod incentive;
mod kpi;
mod late;
mod later;
mod letter;
mod lint;
mod lists;
mod log;
mod plan;
mod plot;
mod proof;
mod regrade;
mod replay;
mod retro;
mod run;
mod show;
mod status;
mod table;
mod template;
mod time;
mod tree;
mod weekly;
mod work;

use quarterdeck_core::calendar::{Date, TimeZone};

pub use ascii::ascii;
pub use blame::blame;
pub use calibration::calibration;
pub use carry::carry;
pub use chart::{bar, sparkline};
pub use check::checks;
pub use clean::{clean, one_line};
pub use closing::{cycle_closed, grade_list};
pub use conflicts::{conflicts, resolve_command};
pub use diff::diff;
pub use document::{Ansi, Document, Line, Span, Style};
pub use due::due_list;
pub use erase::{erased, erasing};
pub use exported::{exported_log, exported_tables, imported_log, imported_told};
pub(crate) use figures::confidence_style;
pub(crate) use figures::standing;
pub use forecast::{forecast, forecasts_past};
pub use funnel::{funnel_compared, funnel_show, funnels};
pub use goalposts::goalposts;
pub use history::{history, history_with};
pub use import::import;
pub use incentive::incentives;
pub use kpi::{kpi_list, kpi_show, kpi_standing};
pub use late::late;
pub use later::later;
pub use letter::letter;
pub use lint::{lint, lint_markdown, lint_rule, lint_rules};
pub use lists::{cycles, devices, key_result_list, members, mission, objective_list, teams};
pub use log::log;
pub use plan::{not_split, plan_funnel, plan_split};
pub use plot::chart;
pub use proof::{exported_tiles, proof_written, proven};
pub use regrade::regrade;
pub use replay::replay;
pub(crate) use retro::{KINDS as NOTE_KINDS, funnel as funnel_sentence};
pub use retro::{retro, retro_written};
pub use run::{outbox, sync, verify, written};
pub use show::{key_result_brief, key_result_show, objective_show};
pub use status::status;
pub use template::{template, templates};
pub(crate) use time::month_name;
pub use time::{day, moment, relative};
pub use tree::tree;
pub use weekly::{key_result_asked, weekly_list};
pub use work::{initiative_show, initiatives, todo_show, todos};

/// For whom a document is drawn.
#[derive(Debug, Clone)]
pub struct View {
    /// Columns of the terminal.
    pub width: usize,
    /// By which clocks moments are shown: the workspace's.
    pub zone: TimeZone,
    /// The present day there.
    pub today: Date,
    /// The name of the member who reads it, to be told what waits for them.
    pub reader: Option<String>,
}
