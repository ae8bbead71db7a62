//! Forecasts and calibration: the keys that scripts rely on, and what people see at 80 columns.

use quarterdeck_core::calibration::{Case, Gathered, Weekly, Whose};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::forecast::check;
use quarterdeck_report::json::{self, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text::{self, Ansi, Document};
use serde_json::Value as Json;

use super::sample::{Log, TODAY, cycle, d, day, key_result, member, quarter, team_id, view};

fn forecasts(log: &Log) -> json::ForecastList {
    let query = StatusQuery {
        cycle: Some(cycle("26q3")),
        team: None,
        member: None,
        on: day(TODAY),
        as_of: None,
    };
    json::forecast_list(
        &Names::new(&log.state),
        &Pending::default(),
        &query,
        |_, _| true,
    )
}

/// Twelve key results of ben's at a certainty of 0.9, of which half were reached; ana's two.
fn gathered() -> Gathered {
    let case = |at: usize, owner: &str, reached: bool, said: Decimal| Case {
        cycle: cycle("26q3"),
        key_result: key_result(&format!(
            "{}{at:02}",
            if owner == "ben" { "be" } else { "an" }
        )),
        whose: Whose {
            owner: Some(member(owner)),
            team: Some(team_id("sa1e")),
        },
        reached,
        certainty: Some(said),
        confidences: vec![Weekly {
            day: day("2026-08-20"),
            weeks_left: 6,
            figure: said,
        }],
        projections: vec![Weekly {
            day: day("2026-08-20"),
            weeks_left: 6,
            figure: d("0.12"),
        }],
        hindsight: 1,
    };
    let mut cases: Vec<Case> = (0..12)
        .map(|at| case(at, "ben", at < 6, d("0.9")))
        .collect();
    cases.extend((0..2).map(|at| case(at, "ana", true, d("0.5"))));
    Gathered {
        cases,
        set_aside: vec![Whose::default()],
    }
}

fn calibration(log: &Log) -> json::Calibration {
    let (names, when) = (Names::new(&log.state), (day("2026-10-01"), None));
    json::calibration(&names, &[cycle("26q3")], &gathered(), when)
}

fn past(log: &Log, cases: &[check::Case]) -> json::ForecastsPast {
    let (names, when) = (Names::new(&log.state), (day("2026-10-01"), None));
    json::forecasts_past(&names, &[cycle("26q3")], cases, when)
}

fn a_case() -> check::Case {
    check::Case {
        cycle: cycle("26q3"),
        key_result: key_result("3mz9"),
        on: day("2026-08-18"),
        weeks_left: 7,
        value: d("545.5"),
        came_out: d("548"),
        within: true,
        error: d("0.05"),
        stays: d("0.48"),
        stated: Some(d("0.04")),
    }
}

fn keys(value: &Json) -> String {
    let found: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    found.join(" ")
}

fn plain(document: &Document) -> String {
    document.render(Ansi::Off)
}

#[test]
fn the_keys_of_the_contract() {
    let log = quarter();
    let found = serde_json::to_value(forecasts(&log)).unwrap();
    assert_eq!(keys(&found), "as_of cycle objectives on schema workspace");
    assert_eq!(
        keys(&found["cycle"]),
        "aspirational committed ends forecast id name of ref score starts state told"
    );
    let objective = &found["objectives"][0];
    assert_eq!(
        keys(objective),
        "forecast id key_results kind of owner ref score team title told"
    );
    let line = &objective["key_results"][0];
    assert_eq!(
        keys(line),
        "baseline current expected_score forecast id metric owner probability projection ref said \
         score target title unit why"
    );
    assert_eq!(
        keys(&line["forecast"]),
        "high low measured projection_lies score score_high score_low value"
    );
    let found = serde_json::to_value(calibration(&log)).unwrap();
    assert_eq!(
        keys(&found),
        "as_of bands cycles enough hindsight on overall owners schema set_aside teams tiers weeks \
         workspace"
    );
    assert_eq!(
        keys(&found["overall"]["certainty"]),
        "brier cases reached reference skill stated statements told verdict"
    );
    assert_eq!(found["overall"]["certainty"]["verdict"], "over-confident");
    assert_eq!(found["owners"][0]["name"], "ana");
    assert_eq!(found["owners"][0]["certainty"]["verdict"], Json::Null);
    let found = serde_json::to_value(past(&log, &[a_case()])).unwrap();
    assert_eq!(
        keys(&found),
        "as_of cases cycles on overall schema weeks workspace"
    );
    assert_eq!(
        keys(&found["weeks"][0]),
        "cases error error_where_stated key_results stated stated_cases stays weeks_left within \
         within_share"
    );
}

#[test]
fn forecasts_at_80_columns() {
    let log = quarter();
    assert_eq!(
        plain(&text::forecast(&forecasts(&log), &view(80))),
        "\
acme  2026-Q3  seen from 21 Aug, to 30 Sep
score 0.53; 0.87 expected of 4 of 6 key results
committed 0.74, aspirational 1.00

  ref      key result               now  ends at  range               aim  score
o-7fk2  Win the mid-market  score 0.44; 1.00 expected of 1 of 3 key results
  kr-3mz9  Qualified leads          531      554  550 to 563    550 leads   1.00
  kr-8nps  Net promoter score       6.9        –                      8.5
           A forecast takes 3 measured days; there are 1.
  kr-2prt  Partner programme       50 %        –
           A forecast takes 3 measured days; there are 2.

o-9hm4  Be easy to reach  score 0.62 → 0.74
  kr-5t0p  Time to pick up a call    37       34  34 to 35.1         30 s   0.60
  kr-6bak  Backlog of tickets      57 %     62 %  50 % to 70 %              0.62
  kr-4htn  Weekend hotline staff…  done     done                            1.00

hint: the range is one of 80 %; how often it held: okr forecast --past
"
    );
}

#[test]
fn calibration_at_80_columns() {
    let log = quarter();
    assert_eq!(
        plain(&text::calibration(&calibration(&log), &view(80))),
        "\
acme  calibration of 2026-Q3
8 of 14 key results reached the target (57 %). Not counted: 1 key result
deferred or dropped. Not counted: 14 statements made after the end.

       said        stated  reached  Brier  skill  cases
  all  certainty     84 %     57 %   0.39  -0.58     14  over-confident
       confidence    84 %     57 %   0.39  -0.58     14  over-confident
       projection                                    14  off by 12 % of the way

By certainty at the start
  tier      stated  reached  key results  statements
  likely      90 %     50 %           12          12
  possible    50 %    100 %            2           2
  moonshot                             0           0

By confidence of the week
  confidence     stated  reached  key results  statements
  0 % to 20 %                               0           0
  20 % to 40 %                              0           0
  40 % to 60 %     50 %    100 %            2           2
  60 % to 80 %                              0           0
  80 % to 100 %    90 %     50 %           12          12

Projections by weeks before the end
  weeks  off by  key results
      6    12 %           14

By owner
       said        stated  reached  Brier  cases
  ana  certainty     50 %    100 %   0.25      2  too few to tell (2 of 10)
       confidence    50 %    100 %   0.25      2  too few to tell (2 of 10)
       projection                              2  off by 12 % of the way
  ben  certainty     90 %     50 %   0.41     12  over-confident
       confidence    90 %     50 %   0.41     12  over-confident
       projection                             12  off by 12 % of the way

By team
         said        stated  reached  Brier  cases
  Sales  certainty     84 %     57 %   0.39     14  over-confident
         confidence    84 %     57 %   0.39     14  over-confident
         projection                             14  off by 12 % of the way
"
    );
}

#[test]
fn past_forecasts_at_80_columns() {
    let log = quarter();
    assert_eq!(
        plain(&text::forecasts_past(&past(&log, &[a_case()]), &view(80))),
        "\
acme  forecasts of 2026-Q3, made again each week of what was known then

  weeks left  forecasts  error  in range  it stays  projected
           7          1   0.05    1 of 1      0.48       0.04  of 1
         all          1   0.05    1 of 1      0.48       0.04  of 1

The median error of 1 forecast of 1 key result is 0.05 of the score; that of \"it
stays where it is\" 0.48. 1 of 1 outcomes lay in the range.
Where people had stated a projection (1 of 1), theirs were off by 0.04, the
forecasts by 0.05.
"
    );
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    let log = quarter();
    for width in [40, 60, 80, 120, 200] {
        for document in [
            text::forecast(&forecasts(&log), &view(width)),
            text::calibration(&calibration(&log), &view(width)),
            text::forecasts_past(&past(&log, &[a_case()]), &view(width)),
        ] {
            for line in plain(&document).lines() {
                // Hints are commands to be copied: they are never cut.
                let wide = line.chars().count();
                assert!(
                    wide <= width || line.starts_with("hint: "),
                    "{width}: {line}"
                );
            }
        }
    }
}
