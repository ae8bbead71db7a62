//! Reading the forms in which moments are named. Which moment is meant is another question.

use std::str::FromStr;

use super::{TimeOfDay, Unit, When, WhenError, days_before, months_before};
use crate::calendar::{CycleName, Date, DateError, Timestamp};

impl FromStr for When {
    type Err = WhenError;

    /// Reads the forms listed in [`crate::when`]; capitals and repeated spaces make no difference.
    fn from_str(text: &str) -> Result<Self, WhenError> {
        let text = text.trim();
        let words = text.to_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        let unreadable = || WhenError::Unreadable {
            text: text.to_owned(),
        };
        match words.as_slice() {
            ["now"] => Ok(Self::Now),
            ["today"] => Ok(Self::DaysBack(0)),
            ["yesterday"] => Ok(Self::DaysBack(1)),
            ["week", number] => number.parse().map(Self::Week).map_err(|_| unreadable()),
            [count, unit, "ago"] => read_ago(count, unit).ok_or_else(unreadable),
            [word] => {
                if let Some(position) = word.strip_prefix('#') {
                    read_position(position, text)
                } else if let Ok(name) = word.parse::<CycleName>() {
                    Ok(Self::Cycle(name))
                } else {
                    match text.split_once(['T', 't']) {
                        Some((day, time)) => read_day_and_time(text, day, time),
                        None => read_date(text, unreadable).map(Self::Day),
                    }
                }
            }
            [day, time] => read_day_and_time(text, day, time),
            _ => Err(unreadable()),
        }
    }
}

/// Reads a day: a date, `today`, `yesterday`, or so many days, weeks, months or years ago.
/// Capitals and repeated spaces make no difference. `today` is the date where the workspace is.
pub fn parse_day(text: &str, today: Date) -> Result<Date, WhenError> {
    let text = text.trim();
    let words = text.to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    let no_day = || WhenError::NoDay {
        text: text.to_owned(),
    };
    match words.as_slice() {
        ["today"] => Ok(today),
        ["yesterday"] => Ok(today.plus_days(-1)),
        [count, unit, "ago"] => match read_ago(count, unit) {
            Some(When::Ago(days, Unit::Day)) => Ok(days_before(today, days)),
            Some(When::Ago(weeks, Unit::Week)) => Ok(days_before(today, weeks.saturating_mul(7))),
            Some(When::Ago(months, Unit::Month)) => Ok(months_before(today, months)),
            Some(When::Ago(years, Unit::Year)) => {
                Ok(months_before(today, years.saturating_mul(12)))
            }
            _ => Err(no_day()),
        },
        _ => read_date(text, no_day),
    }
}

/// A text that doesn't even look like a date is answered with all the forms there are.
fn read_date(text: &str, unlike: impl Fn() -> WhenError) -> Result<Date, WhenError> {
    text.parse().map_err(|error| match error {
        DateError::Form { .. } => unlike(),
        impossible => impossible.into(),
    })
}

fn read_ago(count: &str, unit: &str) -> Option<When> {
    let count = match count {
        "a" | "an" | "one" => 1,
        digits => digits.parse().ok()?,
    };
    let unit = match unit {
        "minute" | "minutes" => Unit::Minute,
        "hour" | "hours" => Unit::Hour,
        "day" | "days" => Unit::Day,
        "week" | "weeks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "year" | "years" => Unit::Year,
        _ => return None,
    };
    Some(When::Ago(count, unit))
}

fn read_position(digits: &str, text: &str) -> Result<When, WhenError> {
    match digits.parse() {
        Ok(position) if position > 0 => Ok(When::Position(position)),
        _ => Err(WhenError::Position {
            text: text.to_owned(),
        }),
    }
}

fn read_day_and_time(text: &str, day: &str, time: &str) -> Result<When, WhenError> {
    let unreadable = || WhenError::Unreadable {
        text: text.to_owned(),
    };
    let date = read_date(day, unreadable)?;
    // With an offset it is a moment; without one, what clocks show.
    if time.contains(['z', 'Z', '+', '-']) {
        return text
            .parse::<Timestamp>()
            .map(When::Moment)
            .map_err(|_| unreadable());
    }
    read_time(time)
        .map(|time| When::Shown(date, time))
        .ok_or_else(|| WhenError::Time {
            text: time.to_owned(),
        })
}

/// Reads `14:30`, `9:30` and `14:30:15`.
fn read_time(text: &str) -> Option<TimeOfDay> {
    let mut parts = text.split(':');
    let mut field = |least: usize| {
        let part = parts.next()?;
        let fits = (least..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if fits { part.parse::<u8>().ok() } else { None }
    };
    let (hour, minute) = (field(1)?, field(2)?);
    let second = match text.matches(':').count() {
        1 => 0,
        2 => field(2)?,
        _ => return None,
    };
    TimeOfDay::new(hour, minute, second)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn days_in_words_and_figures() {
        let today = date("2026-08-31");
        for (text, expected) in [
            ("2026-08-21", "2026-08-21"),
            ("today", "2026-08-31"),
            ("Yesterday", "2026-08-30"),
            ("a week ago", "2026-08-24"),
            ("3 days ago", "2026-08-28"),
            ("6 months ago", "2026-02-28"),
            ("2 years ago", "2024-08-31"),
        ] {
            assert_eq!(parse_day(text, today), Ok(date(expected)), "{text}");
        }
        for unit in ["days", "weeks", "months", "years"] {
            let text = format!("4000000000 {unit} ago");
            assert_eq!(parse_day(&text, today), Ok(Date::MIN), "{text}");
        }
    }

    #[test]
    fn what_is_no_day() {
        let today = date("2026-08-31");
        for text in ["", "2026-Q3", "#12", "2 hours ago", "now"] {
            assert_eq!(
                parse_day(text, today),
                Err(WhenError::NoDay {
                    text: text.to_owned()
                }),
            );
        }
        assert!(matches!(
            parse_day("2026-02-30", today),
            Err(WhenError::Date(DateError::Day { .. }))
        ));
    }

    #[test]
    fn times_of_day() {
        for text in [
            "24:00",
            "12:60",
            "12",
            "1:2",
            "12:30:60",
            "12:30:1:2",
            "-1:00",
            ":",
            "",
        ] {
            assert_eq!(read_time(text), None, "{text}");
        }
        assert_eq!(read_time("23:59:59"), TimeOfDay::new(23, 59, 59));
    }

    #[test]
    fn an_offset_that_is_none_is_not_ignored() {
        for text in ["2026-08-21T14:30:00+", "2026-08-21T14:30:00+99:00"] {
            assert!(matches!(
                text.parse::<When>(),
                Err(WhenError::Unreadable { .. })
            ));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
            let _ = text.parse::<When>();
            let _ = parse_day(&text, Date::MIN);
        }

        #[test]
        fn nearly_right_text_is_read_or_refused(text in "[0-9a-zA-Z#:+ -]{0,24}") {
            let _ = text.parse::<When>();
        }
    }
}
