//! The moments that people name: `--as-of "3 weeks ago"`, `--since 2026-08-21`, `--on yesterday`.
//!
//! | written | means |
//! |---|---|
//! | `2026-08-21` | that day in the workspace's time zone |
//! | `2026-08-21 14:30` | that moment there; seconds may follow |
//! | `2026-08-21T14:30:00Z` | that moment, with its own offset |
//! | `now`, `today`, `yesterday` | the moment, the day, the day before |
//! | `3 weeks ago` | so long before now: minutes, hours, days, weeks, months or years |
//! | `week 6` | the sixth week of the cycle in question |
//! | `2026`, `2026-Q3` | that cycle |
//! | `#1234` | that position of the log |
//!
//! What lasts (a day, a week, a cycle) means its last millisecond where a state is asked for, and
//! its first where something is said to begin there.

mod parse;

use crate::calendar::{CycleName, Date, DateError, FiscalStart, Span, TimeZone, Timestamp};

pub use parse::parse_day;

/// A moment as somebody named it; [`resolve`](Self::resolve) finds out which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// The present moment.
    Now,
    /// A day, so many days before today.
    DaysBack(u32),
    /// A day.
    Day(Date),
    /// What clocks in the workspace's time zone show.
    Shown(Date, TimeOfDay),
    /// A moment named with its offset.
    Moment(Timestamp),
    /// So long before the present moment.
    Ago(u32, Unit),
    /// A week of the cycle in question, from 1.
    Week(u32),
    /// A cycle.
    Cycle(CycleName),
    /// A position of the log, from 1.
    Position(u64),
}

/// What a clock shows, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
    second: u8,
}

/// In what "ago" is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// The same time of day, a day before.
    Day,
    /// Seven days.
    Week,
    /// The same day of the month before, or that month's last.
    Month,
    /// Twelve months.
    Year,
}

/// What it depends on which moment is meant.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// The workspace's time zone.
    pub zone: &'a TimeZone,
    /// The first month of the workspace's fiscal year.
    pub fiscal: FiscalStart,
    /// The cycle whose weeks are counted.
    pub cycle: Option<Span>,
    /// The workspace's cycles by name, whose dates may be their own. A name that isn't among them
    /// has the dates that follow from it.
    pub cycles: &'a [(&'a str, Span)],
}

/// A moment at which the log can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// All that was known at this moment.
    At(Timestamp),
    /// All up to this position, from 1; it may lie beyond the log's end.
    Position(u64),
}

/// Why a text names no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// None of the forms.
    #[error(
        "`{text}` names no moment; use a date (2026-08-21), a date and time (2026-08-21 14:30), `3 weeks ago`, `yesterday`, `week 6`, a cycle (2026-Q3) or a log position (#1234)"
    )]
    Unreadable {
        /// What was read.
        text: String,
    },
    /// Neither a date nor a word for one.
    #[error("`{text}` names no day; use a date (2026-08-21), `today`, `yesterday` or `3 days ago`")]
    NoDay {
        /// What was read.
        text: String,
    },
    /// A date that doesn't exist.
    #[error(transparent)]
    Date(#[from] DateError),
    /// A time of day that doesn't exist.
    #[error("there is no time `{text}`; write hours and minutes, as in 14:30")]
    Time {
        /// What was read.
        text: String,
    },
    /// Positions start at 1.
    #[error("`{text}` is no log position; they count from #1")]
    Position {
        /// What was read.
        text: String,
    },
    /// Weeks are a cycle's, and none is in question.
    #[error(
        "`week {week}` is a week of a cycle, and no cycle is active; name a date, or a cycle first"
    )]
    NoCycle {
        /// The week asked for.
        week: u32,
    },
    /// The cycle has no such week.
    #[error("there is no week {week}: the cycle has weeks 1 to {weeks}")]
    Week {
        /// The week asked for.
        week: u32,
        /// How many there are.
        weeks: u32,
    },
}

impl When {
    /// The moment meant where a state is asked for: the end of what lasts.
    pub fn resolve(&self, context: &Context<'_>) -> Result<Moment, WhenError> {
        Ok(match self.meaning(context)? {
            Meaning::Moment(moment) => moment,
            Meaning::Days(span) => Moment::At(context.zone.end_of(span.ends)),
        })
    }

    /// The moment meant where something begins there: the start of what lasts.
    pub fn resolve_start(&self, context: &Context<'_>) -> Result<Moment, WhenError> {
        Ok(match self.meaning(context)? {
            Meaning::Moment(moment) => moment,
            Meaning::Days(span) => Moment::At(context.zone.start_of(span.starts)),
        })
    }

    fn meaning(&self, context: &Context<'_>) -> Result<Meaning, WhenError> {
        let at = |moment| Meaning::Moment(Moment::At(moment));
        let day = |day| {
            Meaning::Days(Span {
                starts: day,
                ends: day,
            })
        };
        Ok(match *self {
            Self::Now => at(context.now),
            Self::DaysBack(days) => day(days_before(context.zone.date_of(context.now), days)),
            Self::Day(date) => day(date),
            Self::Shown(date, time) => at(context.zone.moment_of(time.on(date))),
            Self::Moment(moment) => at(moment),
            Self::Ago(count, unit) => at(ago(context, count, unit)),
            Self::Week(week) => {
                let cycle = context.cycle.ok_or(WhenError::NoCycle { week })?;
                Meaning::Days(cycle.week(week).ok_or(WhenError::Week {
                    week,
                    weeks: cycle.weeks(),
                })?)
            }
            Self::Cycle(name) => {
                let written = name.to_string();
                let own = context
                    .cycles
                    .iter()
                    .find(|(known, _)| known.eq_ignore_ascii_case(&written));
                Meaning::Days(own.map_or_else(|| name.span(context.fiscal), |(_, span)| *span))
            }
            Self::Position(position) => Meaning::Moment(Moment::Position(position)),
        })
    }
}

enum Meaning {
    Moment(Moment),
    Days(Span),
}

impl TimeOfDay {
    /// What a clock can show, or `None`: hours 0 to 23, minutes and seconds 0 to 59.
    pub const fn new(hour: u8, minute: u8, second: u8) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        Some(Self {
            hour,
            minute,
            second,
        })
    }

    fn on(self, date: Date) -> jiff::civil::DateTime {
        date.civil().at(
            self.hour.cast_signed(),
            self.minute.cast_signed(),
            self.second.cast_signed(),
            0,
        )
    }
}

fn days_before(day: Date, days: u32) -> Date {
    day.plus_days(i32::try_from(days).map_or(i32::MIN, |days| -days))
}

fn months_before(day: Date, months: u32) -> Date {
    day.plus_months(i32::try_from(months).map_or(i32::MIN, |months| -months))
}

/// So long before now. Longer ago than there are moments is the first one.
fn ago(context: &Context<'_>, count: u32, unit: Unit) -> Timestamp {
    const MINUTE_MS: u64 = 60_000;
    let span = jiff::Span::new();
    let span = match unit {
        Unit::Minute => return context.now.minus_ms(u64::from(count) * MINUTE_MS),
        Unit::Hour => return context.now.minus_ms(u64::from(count) * 60 * MINUTE_MS),
        // By the calendar and not by hours: across a change of clocks, the same time of day.
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Month => span.try_months(count),
        Unit::Year => span.try_years(count),
    };
    span.map_or(Timestamp::EPOCH, |span| {
        let shown = context.zone.shown_at(context.now);
        context.zone.moment_of(shown.saturating_sub(span))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn span(starts: &str, ends: &str) -> Span {
        Span::new(starts.parse().unwrap(), ends.parse().unwrap()).unwrap()
    }

    /// Resolved in Lisbon (an hour ahead of UTC in summer) on a Friday afternoon in week 8.
    fn resolved(text: &str) -> Result<String, String> {
        read(text, When::resolve)
    }

    fn begins(text: &str) -> Result<String, String> {
        read(text, When::resolve_start)
    }

    fn read(
        text: &str,
        end: impl Fn(&When, &Context<'_>) -> Result<Moment, WhenError>,
    ) -> Result<String, String> {
        let lisbon = TimeZone::get("Europe/Lisbon").unwrap();
        let context = Context {
            now: moment("2026-08-21T14:30:00Z"),
            zone: &lisbon,
            fiscal: FiscalStart::JANUARY,
            cycle: Some(span("2026-07-01", "2026-09-30")),
            cycles: &[("2025-Q4", span("2025-10-06", "2026-01-04"))],
        };
        let when: When = text.parse().map_err(|error: WhenError| error.to_string())?;
        match end(&when, &context).map_err(|error| error.to_string())? {
            Moment::At(moment) => Ok(moment.to_string()),
            Moment::Position(position) => Ok(format!("#{position}")),
        }
    }

    #[test]
    fn what_lasts_means_its_end_for_a_state() {
        for (text, expected) in [
            ("2026-08-21", "2026-08-21T22:59:59.999Z"),
            ("today", "2026-08-21T22:59:59.999Z"),
            ("yesterday", "2026-08-20T22:59:59.999Z"),
            ("week 6", "2026-08-11T22:59:59.999Z"),
            ("2026-Q3", "2026-09-30T22:59:59.999Z"),
            ("2026", "2026-12-31T23:59:59.999Z"),
            // Its dates in this workspace are its own.
            ("2025-q4", "2026-01-04T23:59:59.999Z"),
        ] {
            assert_eq!(resolved(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn and_its_start_where_something_begins() {
        for (text, expected) in [
            ("2026-08-21", "2026-08-20T23:00:00.000Z"),
            ("week 1", "2026-06-30T23:00:00.000Z"),
            ("2026", "2026-01-01T00:00:00.000Z"),
            ("now", "2026-08-21T14:30:00.000Z"),
            ("#7", "#7"),
        ] {
            assert_eq!(begins(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn moments_are_themselves() {
        for (text, expected) in [
            ("now", "2026-08-21T14:30:00.000Z"),
            ("2026-08-21 09:05", "2026-08-21T08:05:00.000Z"),
            ("2026-08-21 9:05", "2026-08-21T08:05:00.000Z"),
            ("2026-08-21T09:05:30", "2026-08-21T08:05:30.000Z"),
            ("2026-08-21T09:05:30Z", "2026-08-21T09:05:30.000Z"),
            ("2026-08-21T09:05:30+02:00", "2026-08-21T07:05:30.000Z"),
            ("#1234", "#1234"),
        ] {
            assert_eq!(resolved(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn ago_keeps_the_time_of_day() {
        for (text, expected) in [
            ("90 minutes ago", "2026-08-21T13:00:00.000Z"),
            ("an hour ago", "2026-08-21T13:30:00.000Z"),
            ("3 weeks ago", "2026-07-31T14:30:00.000Z"),
            ("  2  Days Ago ", "2026-08-19T14:30:00.000Z"),
            // Half past three here as well, though clocks have changed since.
            ("6 months ago", "2026-02-21T15:30:00.000Z"),
            ("1 year ago", "2025-08-21T14:30:00.000Z"),
            ("4000000000 years ago", "1970-01-01T00:00:00.000Z"),
            ("9999 years ago", "1970-01-01T00:00:00.000Z"),
            ("4000000000 minutes ago", "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(resolved(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_says_why() {
        for (text, message) in [
            (
                "2026-02-30",
                "there is no 2026-02-30: that month has 28 days",
            ),
            (
                "2026-08-21 25:00",
                "there is no time `25:00`; write hours and minutes, as in 14:30",
            ),
            (
                "week 15",
                "there is no week 15: the cycle has weeks 1 to 14",
            ),
            ("week 0", "there is no week 0: the cycle has weeks 1 to 14"),
            ("#0", "`#0` is no log position; they count from #1"),
            ("#x", "`#x` is no log position; they count from #1"),
            (
                "soon",
                "`soon` names no moment; use a date (2026-08-21), a date and time (2026-08-21 14:30), \
                 `3 weeks ago`, `yesterday`, `week 6`, a cycle (2026-Q3) or a log position (#1234)",
            ),
        ] {
            assert_eq!(resolved(text).unwrap_err(), message, "{text}");
        }
    }

    #[test]
    fn weeks_need_a_cycle() {
        let context = Context {
            now: Timestamp::EPOCH,
            zone: &TimeZone::utc(),
            fiscal: FiscalStart::JANUARY,
            cycle: None,
            cycles: &[],
        };
        assert_eq!(
            When::Week(6).resolve(&context),
            Err(WhenError::NoCycle { week: 6 })
        );
    }
}
