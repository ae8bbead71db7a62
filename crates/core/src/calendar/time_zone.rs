//! Time zones by name, from the tables built into the program.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{self, TimeZoneDatabase};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Date, Timestamp};

/// A time zone of the IANA database, such as `Europe/Lisbon`. Cheap to clone; equal by name.
#[derive(Clone)]
pub struct TimeZone {
    name: Box<str>,
    rules: tz::TimeZone,
}

/// A name that is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no time zone `{name}`; {}",
    match suggestion {
        Some(zone) => format!("did you mean {zone}?"),
        None => "use a name of the IANA database, such as Europe/Lisbon or UTC".to_owned(),
    }
)]
pub struct UnknownTimeZone {
    /// What was asked for.
    pub name: String,
    /// The zone most like it, if any is.
    pub suggestion: Option<String>,
}

impl TimeZone {
    /// The zone of this name; upper and lower case are the same.
    pub fn get(name: &str) -> Result<Self, UnknownTimeZone> {
        let unknown = || UnknownTimeZone {
            name: name.to_owned(),
            suggestion: nearest_name(name),
        };
        let rules = TimeZoneDatabase::bundled()
            .get(name)
            .map_err(|_| unknown())?;
        let name = rules.iana_name().ok_or_else(unknown)?.into();
        Ok(Self { name, rules })
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self {
            name: "UTC".into(),
            rules: tz::TimeZone::UTC,
        }
    }

    /// The name, spelt as the database spells it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The date on which a moment falls here.
    pub fn date_of(&self, moment: Timestamp) -> Date {
        Date::nearest(self.rules.to_datetime(moment.jiff()).date())
    }

    /// The first moment of a day here.
    pub fn start_of(&self, day: Date) -> Timestamp {
        self.moment_of(day.civil().at(0, 0, 0, 0))
    }

    /// The last moment (the last millisecond) of a day here.
    pub fn end_of(&self, day: Date) -> Timestamp {
        let next = day
            .civil()
            .saturating_add(jiff::SignedDuration::from_hours(24));
        self.moment_of(next.at(0, 0, 0, 0)).minus_ms(1)
    }

    /// The moment at which clocks here show a date and time. Where clocks are put forward over it,
    /// so much after the change; where they show it twice, the first time.
    pub(crate) fn moment_of(&self, shown: DateTime) -> Timestamp {
        match self.rules.to_timestamp(shown) {
            Ok(moment) => Timestamp::nearest(moment),
            // Only the outermost hours of jiff's range have no moment.
            Err(_) if shown.year() < 1970 => Timestamp::EPOCH,
            Err(_) => Timestamp::MAX,
        }
    }

    /// The hour (0 to 23) and minute (0 to 59) that clocks here show at a moment.
    pub fn clock_at(&self, moment: Timestamp) -> (u8, u8) {
        let shown = self.shown_at(moment);
        (shown.hour().cast_unsigned(), shown.minute().cast_unsigned())
    }

    /// What clocks here show at a moment.
    pub(crate) fn shown_at(&self, moment: Timestamp) -> DateTime {
        self.rules.to_datetime(moment.jiff())
    }
}

impl PartialEq for TimeZone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for TimeZone {}

impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimeZone({})", self.name)
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl Serialize for TimeZone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::get(&name).map_err(de::Error::custom)
    }
}

/// The zone whose name, or whose city alone, differs in the fewest letters: at most a third.
fn nearest_name(asked: &str) -> Option<String> {
    // Longer texts are no mistyped names, and cost more to compare.
    if asked.chars().count() > 40 {
        return None;
    }
    let asked = asked.to_lowercase().replace(' ', "_");
    let allowed = asked.chars().count() / 3;
    TimeZoneDatabase::bundled()
        .available()
        .map(|zone| {
            let name = zone.as_str().to_lowercase();
            let city = name.rsplit('/').next().unwrap_or(&name);
            let distance = edit_distance(&asked, &name).min(edit_distance(&asked, city));
            (distance, zone.as_str().to_owned())
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

/// How many letters must be inserted, removed or replaced to make one text of the other.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut diagonal = i;
        for (to, cell) in b.chars().zip(row.iter_mut().skip(1)) {
            let above = *cell;
            *cell = (diagonal + usize::from(from != to))
                .min(above + 1)
                .min(left + 1);
            diagonal = above;
            left = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_falls_on_different_dates_in_different_places() {
        let evening = moment("2026-08-21T23:30:00Z");
        assert_eq!(TimeZone::utc().date_of(evening), date("2026-08-21"));
        let manila = TimeZone::get("Asia/Manila").unwrap();
        assert_eq!(manila.date_of(evening), date("2026-08-22"));
        assert_eq!(manila.clock_at(evening), (7, 30));
    }

    #[test]
    fn days_begin_and_end_by_the_clock_of_the_place() {
        let lisbon = TimeZone::get("Europe/Lisbon").unwrap();
        let day = date("2026-08-21");
        assert_eq!(lisbon.start_of(day), moment("2026-08-20T23:00:00Z"));
        assert_eq!(lisbon.end_of(day), moment("2026-08-21T22:59:59.999Z"));
        // Clocks go back: the day has 25 hours.
        let long = date("2026-10-25");
        let length = lisbon.end_of(long).ms() + 1 - lisbon.start_of(long).ms();
        assert_eq!(length, 25 * 3_600_000);
    }

    #[test]
    fn a_day_that_has_no_midnight_begins_after_it() {
        let cairo = TimeZone::get("Africa/Cairo").unwrap();
        let spring = date("2026-04-24");
        assert_eq!(cairo.start_of(spring), moment("2026-04-23T22:00:00Z"));
        assert_eq!(cairo.date_of(cairo.start_of(spring)), spring);
        assert_eq!(
            cairo.end_of(spring.plus_days(-1)).plus_ms(1),
            cairo.start_of(spring)
        );
    }

    #[test]
    fn names_are_told_apart_by_letters_only() {
        let zone = TimeZone::get("europe/lisbon").unwrap();
        assert_eq!(zone.name(), "Europe/Lisbon");
        assert_eq!(serde_json::to_string(&zone).unwrap(), "\"Europe/Lisbon\"");
        assert_eq!(
            serde_json::from_str::<TimeZone>("\"Europe/Lisbon\"").unwrap(),
            zone
        );
        assert_eq!(TimeZone::get("UTC").unwrap(), TimeZone::utc());
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_one() {
        for (asked, suggestion) in [
            ("Europe/Lisbonn", Some("Europe/Lisbon")),
            ("lisbon", Some("Europe/Lisbon")),
            ("America/New York", Some("America/New_York")),
            ("Atlantis/Main_Square", None),
            ("", None),
        ] {
            let unknown = TimeZone::get(asked).unwrap_err();
            assert_eq!(unknown.suggestion.as_deref(), suggestion, "{asked}");
        }
        assert_eq!(
            TimeZone::get("lisbon").unwrap_err().to_string(),
            "there is no time zone `lisbon`; did you mean Europe/Lisbon?"
        );
    }

    #[test]
    fn the_last_moment_has_a_date_everywhere() {
        for name in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
            let zone = TimeZone::get(name).unwrap();
            assert_eq!(zone.date_of(Timestamp::MAX), Date::MAX);
            assert!(zone.start_of(Date::MIN) == Timestamp::EPOCH);
        }
    }
}
