//! `okrd stats`: figures, and what is not as it should be.

use quarterdeck_proto::v1;
use quarterdeck_report::json::Check;
use serde_json::{Map, Value, json};

use crate::admin::{ask, summary};
use crate::args::Data;
use crate::doctor::{check, checked};
use crate::failure::Failure;
use crate::output::{Output, lines_of, moment, table};

pub(crate) async fn stats(data: Data, output: &Output) -> Result<(), Failure> {
    let request = v1::GetStatsRequest {};
    let mut stats = ask(&data, async |client| client.get_stats(request).await)
        .await?
        .into_inner();
    let found: Vec<Check> = std::mem::take(&mut stats.findings)
        .into_iter()
        .map(check)
        .collect();
    output.answer(object(&stats, &found), || lines(&stats, &found));
    Ok(())
}

fn object(stats: &v1::GetStatsResponse, found: &[Check]) -> Value {
    let took = stats.append_times.unwrap_or_default();
    let mut all = json!({
        "version": stats.version,
        "uptime_seconds": stats.uptime_seconds,
        "ready": stats.ready,
        "events_recorded": stats.events_recorded,
        "flushes": stats.flushes,
        "events_refused": stats.events_refused,
        "watches": stats.watches,
        "append_times": {
            "appends": took.appends, "median_us": took.median_us, "p99_us": took.p99_us,
            "longest_us": took.longest_us,
        },
        "open_streams": figures(&stats.open_streams),
        "refused": figures(&stats.refused),
        "turned_away": figures(&stats.turned_away),
        "reserve_bytes": stats.reserve_bytes,
        "certificate": moment(stats.certificate_ms),
        "workspaces": stats.workspaces.iter().map(workspace).collect::<Vec<_>>(),
    });
    if let (Value::Object(all), Value::Object(checks)) = (&mut all, checked(found)) {
        all.extend(checks);
    }
    all
}

fn figures(counted: &[v1::Figure]) -> Value {
    let all: Map<String, Value> = counted
        .iter()
        .map(|figure| (figure.name.clone(), json!(figure.count)))
        .collect();
    Value::Object(all)
}

fn workspace(it: &v1::WorkspaceSummary) -> Value {
    let mut all = summary(it);
    if let Some(fields) = all.as_object_mut() {
        for (key, value) in [
            ("standing", json!(it.standing)),
            ("stored_bytes", json!(it.stored_bytes)),
            ("free_bytes", json!(it.free_bytes)),
            ("snapshot", json!(it.snapshot_seq)),
            ("tokens", json!(it.tokens)),
            ("tokens_lapsing", json!(it.tokens_lapsing)),
            ("tokens_unused", json!(it.tokens_unused)),
        ] {
            fields.insert(key.to_owned(), value);
        }
    }
    all
}

fn lines(stats: &v1::GetStatsResponse, found: &[Check]) -> Vec<String> {
    let ready = if stats.ready { "ready" } else { "not ready" };
    let mut lines = vec![
        format!(
            "okrd {}, open for {} s, {ready}.",
            stats.version, stats.uptime_seconds
        ),
        format!(
            "Since then {} events recorded in {} flushes, {} refused; {} watches open.",
            stats.events_recorded, stats.flushes, stats.events_refused, stats.watches
        ),
    ];
    if let Some(took) = stats.append_times.filter(|took| took.appends > 0) {
        lines.push(format!(
            "The last {} appends took {} (median), {} (99 of 100) and {} (longest) until they were on disk.",
            took.appends,
            milliseconds(took.median_us),
            milliseconds(took.p99_us),
            milliseconds(took.longest_us)
        ));
    }
    let counted = |figures: &[v1::Figure]| {
        let some = figures.iter().filter(|figure| figure.count > 0);
        let words: Vec<String> = some
            .map(|figure| {
                let name = figure.name.to_lowercase().replace('_', " ");
                format!("{} {name}", figure.count)
            })
            .collect();
        (!words.is_empty()).then(|| words.join(", "))
    };
    lines.extend(counted(&stats.open_streams).map(|it| format!("Open streams: {it}.")));
    lines.extend(counted(&stats.refused).map(|it| format!("Refused: {it}.")));
    lines.extend(counted(&stats.turned_away).map(|it| format!("Turned away: {it}.")));
    lines.push(String::new());
    let rows: Vec<_> = stats.workspaces.iter().map(row).collect();
    let head = [
        "WORKSPACE",
        "EVENTS",
        "MEMBERS",
        "DEVICES",
        "TOKENS",
        "ON DISK",
        "LAST RECORDED",
        "STANDING",
        "ID",
    ];
    lines.extend(table(&head, &rows));
    lines.push(String::new());
    lines.extend(lines_of(found));
    lines
}

fn row(it: &v1::WorkspaceSummary) -> Vec<String> {
    vec![
        it.name.clone(),
        it.head.to_string(),
        it.members.to_string(),
        it.devices.to_string(),
        it.tokens.to_string(),
        format!("{} KiB", it.stored_bytes.div_ceil(1_024)),
        moment(it.recorded_ms).as_str().unwrap_or("-").to_owned(),
        it.standing.clone(),
        it.id.clone(),
    ]
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn milliseconds(us: u64) -> String {
    format!("{:.1} ms", us as f64 / 1_000.0)
}
