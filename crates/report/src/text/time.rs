//! Dates and moments as people say them.

use quarterdeck_core::calendar::{Date, TimeZone, Timestamp};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A day seen from another: `today`, `3 days ago`, `in 2 weeks`.
#[must_use]
pub fn relative(day: Date, today: Date) -> String {
    let days = today.days_since(day);
    let (count, unit) = match days.unsigned_abs() {
        0 => return "today".to_owned(),
        1 if days > 0 => return "yesterday".to_owned(),
        1 => return "tomorrow".to_owned(),
        count @ 2..=13 => (count, "day"),
        count @ 14..=59 => (count / 7, "week"),
        count @ 60..=729 => (count / 30, "month"),
        count => (count / 365, "year"),
    };
    let told = crate::number::count(count, unit);
    if days > 0 {
        format!("{told} ago")
    } else {
        format!("in {told}")
    }
}

/// A month's short name: `Aug`.
pub(crate) fn month_name(day: Date) -> &'static str {
    (MONTHS.get(usize::from(day.month()).saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// A day: `21 Aug`, with its year where that is not the present one.
#[must_use]
pub fn day(day: Date, today: Date) -> String {
    let month = month_name(day);
    if day.year() == today.year() {
        format!("{} {month}", day.day())
    } else {
        format!("{} {month} {}", day.day(), day.year())
    }
}

/// A moment by the clocks of a place: `21 Aug 14:30`.
#[must_use]
pub fn moment(moment: Timestamp, zone: &TimeZone, today: Date) -> String {
    let (hour, minute) = zone.clock_at(moment);
    format!("{} {hour:02}:{minute:02}", day(zone.date_of(moment), today))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_told_from_today() {
        let today = date("2026-08-21");
        for (day, told) in [
            ("2026-08-21", "today"),
            ("2026-08-20", "yesterday"),
            ("2026-08-22", "tomorrow"),
            ("2026-08-18", "3 days ago"),
            ("2026-08-07", "2 weeks ago"),
            ("2026-09-04", "in 2 weeks"),
            ("2026-05-01", "3 months ago"),
            ("2023-08-01", "3 years ago"),
        ] {
            assert_eq!(relative(date(day), today), told);
        }
    }

    #[test]
    fn moments_are_shown_by_the_clocks_of_the_place() {
        let at: Timestamp = "2026-08-21T23:30:00Z".parse().unwrap();
        let manila = TimeZone::get("Asia/Manila").unwrap();
        assert_eq!(moment(at, &manila, date("2026-09-01")), "22 Aug 07:30");
        assert_eq!(
            moment(at, &TimeZone::utc(), date("2027-01-01")),
            "21 Aug 2026 23:30"
        );
    }
}
