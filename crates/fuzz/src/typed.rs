//! What people type: moments, numbers, references, addresses, titles.

use std::borrow::Cow;
use std::sync::OnceLock;

use quarterdeck_core::calendar::{CycleName, Date, FiscalStart, Span, TimeZone, Timestamp};
use quarterdeck_core::decimal::{Decimal, Unit, ratio};
use quarterdeck_core::id::{MemberId, Uuid};
use quarterdeck_core::lint;
use quarterdeck_core::reference::{Kind, Things, encode};
use quarterdeck_core::state::State;
use quarterdeck_core::when::{Context, Moment, When, parse_day};
use quarterdeck_sync::{Invite, ServerUrl};

use crate::fold;

/// The bytes as what a person could have typed.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn workspace() -> &'static State {
    static STATE: OnceLock<State> = OnceLock::new();
    STATE.get_or_init(fold::sample)
}

/// Moments, days, cycles, time zones: what is read is written so that it reads as before, and begins no later than
/// it ends.
pub(crate) fn when(bytes: &[u8]) {
    let said = text(bytes);
    let zone = TimeZone::get("Europe/Lisbon").expect("a bundled zone");
    let now = Timestamp::from_ms(1_790_000_000_000);
    let cycle = Span::new(
        Date::from_days_since_epoch(20_636),
        Date::from_days_since_epoch(20_727),
    );
    let context = Context {
        now,
        zone: &zone,
        fiscal: FiscalStart::new(3).expect("a month"),
        cycle,
        cycles: &[],
    };
    if let Ok(when) = said.parse::<When>()
        && let (Ok(start), Ok(end)) = (when.resolve_start(&context), when.resolve(&context))
        && let (Moment::At(start), Moment::At(end)) = (start, end)
    {
        assert!(start <= end, "{said} begins after its end");
    }
    let today = Date::from_days_since_epoch(20_700);
    let _ = parse_day(&said, today);
    if let Ok(date) = said.parse::<Date>() {
        assert_eq!(date.to_string().parse::<Date>(), Ok(date));
        assert_eq!(Date::from_days_since_epoch(date.days_since_epoch()), date);
        let _ = (
            date.monday(),
            date.plus_months(-14),
            date.plus_days(i32::MIN),
        );
    }
    if let Ok(moment) = said.parse::<Timestamp>() {
        let again = moment.to_string().parse::<Timestamp>();
        assert_eq!(again.ok(), Some(moment));
        let day = zone.date_of(moment);
        assert!(zone.start_of(day) <= zone.end_of(day));
    }
    if let Ok(name) = said.parse::<CycleName>() {
        assert_eq!(name.to_string().parse::<CycleName>().ok(), Some(name));
        let span = name.span(context.fiscal);
        assert!(span.starts <= span.ends && span.weeks() > 0);
    }
    if let Ok(zone) = TimeZone::get(&said) {
        assert_eq!(
            TimeZone::get(zone.name()).map(|again| again.name() == zone.name()),
            Ok(true)
        );
    }
}

/// Numbers and units: exact, and read as an independent reading has them.
pub(crate) fn number(bytes: &[u8]) {
    let said = text(bytes);
    quarterdeck_cli::fuzzing::typed(&said);
    if let Ok(unit) = said.parse::<Unit>() {
        assert_eq!(Unit::new(unit.as_str()), Ok(unit));
    }
    let Ok(number) = said.parse::<Decimal>() else {
        return;
    };
    assert_eq!(number.to_string().parse::<Decimal>(), Ok(number));
    assert_eq!(
        Decimal::from_parts(number.mantissa(), number.scale()),
        Some(number)
    );
    let plain: String = (said.chars())
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '\u{2212}'))
        .map(|c| if c == '\u{2212}' { '-' } else { c })
        .collect();
    let near: f64 = plain.parse().expect("digits and a point");
    let off = (number.to_f64() - near).abs();
    assert!(off <= near.abs() * 1e-9, "{said} is read as {number}");
    assert_eq!(number.checked_sub(number), Some(Decimal::ZERO));
    assert_eq!(number.checked_add(Decimal::ZERO), Some(number));
    let _ = (
        number.checked_mul(number),
        number.checked_div(number),
        number.floor(),
    );
    for places in [0, 2, 12, 28] {
        assert!(number.round(places).scale() <= places);
        let _ = ratio(number, Decimal::HUNDRED, places);
    }
}

/// References and names: what is found exists, and its whole reference finds it again.
pub(crate) fn reference(bytes: &[u8]) {
    let said = text(bytes);
    let state = workspace();
    let things = Things::new(state);
    if let Ok(id) = things.key_result(&said) {
        assert!(state.key_results.contains_key(&id));
        let whole = encode(Kind::KeyResult, Uuid::from_bytes(*id.as_bytes()));
        assert_eq!(things.key_result(&whole), Ok(id));
    }
    if let Ok(id) = things.cycle(&said) {
        assert!(state.cycles.contains_key(&id));
    }
    let me = *state.members.keys().next().expect("a member");
    if let Ok(id) = things.member(&said, me) {
        assert!(state.members.contains_key(&id) || id == MemberId::nil());
    }
    let _ = (things.goal(&said), things.team(&said), things.device(&said));
    let _ = (
        things.check_in(&said),
        things.reading(&said),
        things.subject(&said),
    );
}

/// Invitations and addresses: what is read names a host and a port, and what is said of it tells no secret.
pub(crate) fn invitation(bytes: &[u8]) {
    let said = text(bytes);
    let (place, secret) = said.trim().split_once('#').unwrap_or((&said, ""));
    let key = secret.split('.').next().unwrap_or_default();
    // A place that is spelt like the secret is told all the same.
    let is_told = |text: &str| key.len() >= 8 && text.contains(key) && !place.contains(key);
    match said.parse::<Invite>() {
        Ok(invite) => {
            assert!(!invite.host.is_empty() && invite.port != 0);
            assert!(!secret.is_empty());
            let shown = format!("{invite} {invite:?}");
            assert!(!is_told(&shown), "{shown}");
            assert!(!invite.host.contains(char::is_control));
            let _ = (
                invite.workspace_id(),
                invite.key().public(),
                invite.remote(false),
            );
        }
        Err(error) => assert!(!is_told(&error.to_string())),
    }
    if let Ok(url) = said.parse::<ServerUrl>() {
        assert!(!url.workspace.is_empty());
        let again = said.trim().parse::<ServerUrl>();
        assert_eq!(again.ok(), Some(url));
    }
}

/// Advice on titles of an objective and a key result: each finding is a sentence.
pub(crate) fn lint(bytes: &[u8]) {
    let said = text(bytes);
    let (objective, key_result) = said.split_once('\n').unwrap_or((&said, &said));
    let state = fold::titled(objective, key_result);
    for found in lint::findings(&state, |_, _| true) {
        assert!(found.said.ends_with(['.', '?']), "{}", found.said);
        let _ = lint::explain(found.code);
    }
}
