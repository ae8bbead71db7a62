//! An outline against a workspace: given what is there, when a document says so, then these steps.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::{self, Author, Command};
use quarterdeck_core::event::{Body, Source, WorkspaceCreated};
use quarterdeck_core::id::{DeviceId, IdSource, MemberId, Uuid, WorkspaceId, uuid_v7};
use quarterdeck_core::score;
use quarterdeck_core::state::{KeyResult, Objective, State};
use quarterdeck_core::token::{KeyResultState, ObjectiveState, Role};
use quarterdeck_exchange::outline::Outline;
use quarterdeck_exchange::plan::{Act, Options, Plan, plan};
use quarterdeck_exchange::{Options as Reading, csv, markdown};

struct Ids(u64);

impl IdSource for Ids {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        let mut random = [0u8; 10];
        random
            .iter_mut()
            .zip(self.0.to_be_bytes())
            .for_each(|(to, from)| *to = from);
        uuid_v7(1_780_000_000_000, random)
    }
}

/// A workspace with one member, Ana, in July 2026, into which documents are imported.
struct World {
    state: State,
    ids: Ids,
    now: Timestamp,
    source: Source,
}

fn author<'a>(state: &State, now: Timestamp, source: Option<&'a Source>) -> Author<'a> {
    Author {
        workspace: WorkspaceId::from_bytes([1; 16]),
        member: MemberId::from_bytes([2; 16]),
        device: DeviceId::from_bytes([3; 16]),
        number: 0,
        tip: None,
        authored: Hlc::at(now.ms()),
        seen: state.head,
        source,
    }
}

impl World {
    fn new() -> Self {
        let now: Timestamp = "2026-08-20T12:00:00Z".parse().unwrap();
        let mut world = Self {
            state: State::default(),
            ids: Ids(0),
            now,
            source: Source {
                author: "Ana".to_owned(),
                at: now,
                origin: "file:okrs.md".to_owned(),
            },
        };
        world.take(Command::Record(Body::WorkspaceCreated(WorkspaceCreated {
            name: "acme".to_owned(),
            time_zone: "UTC".to_owned(),
            fiscal_year_start: 1,
            key: [0; 32],
            device_name: "laptop".to_owned(),
            server: false,
        })));
        world.take(Command::Record(Body::MemberAdded {
            member: MemberId::from_bytes([2; 16]),
            name: "Ana Ramos".to_owned(),
            email: None,
            role: Role::Owner,
        }));
        world
    }

    fn take(&mut self, command: Command) {
        let author = author(&self.state, self.now, Some(&self.source));
        let why = Some("test");
        let entries = decide::author(
            &self.state,
            vec![command],
            why,
            &author,
            &mut self.ids,
            &mut |event| {
                let mut hash = [0; 32];
                hash.iter_mut()
                    .zip(event.id.as_bytes())
                    .for_each(|(to, from)| *to = *from);
                hash
            },
        )
        .unwrap();
        for entry in &entries {
            self.state.apply(entry);
        }
    }

    fn plan(&mut self, outline: &Outline, base: Option<&Outline>, drop_missing: bool) -> Plan {
        let from_here = |source: &Source| source.origin == "file:okrs.md";
        let options = Options {
            author: author(&self.state, self.now, Some(&self.source)),
            on: "2026-08-20".parse().unwrap(),
            cycle: None,
            cycle_name: Some("2026-Q3".to_owned()),
            owner: None,
            team: None,
            all_new: false,
            base,
            from_here: Some(&from_here),
            drop_missing,
        };
        plan(outline, &self.state, &options, &mut self.ids)
    }

    fn import(&mut self, outline: &Outline) -> Plan {
        let planned = self.plan(outline, None, false);
        for command in planned.commands() {
            self.take(command);
        }
        planned
    }

    fn key_result(&self, title: &str) -> &KeyResult {
        self.state
            .key_results
            .values()
            .find(|one| one.title == title)
            .unwrap()
    }

    fn objective(&self, title: &str) -> &Objective {
        self.state
            .objectives
            .values()
            .find(|one| one.title == title)
            .unwrap()
    }

    fn score(&self, title: &str) -> String {
        let found = self.key_result(title);
        let cycle = self.state.objectives.get(&found.objective).unwrap().cycle;
        let cycle = self.state.cycles.get(&cycle).unwrap();
        let on = "2026-08-20".parse().unwrap();
        score::progress(&self.state, found, cycle, on)
            .score
            .unwrap()
            .to_string()
    }
}

fn md(text: &str) -> Outline {
    markdown::read(text, &Reading::default())
}

fn acts(planned: &Plan) -> Vec<(Act, String)> {
    planned
        .steps
        .iter()
        .map(|step| (step.act, step.title.clone()))
        .collect()
}

const FIRST: &str = "\
# OKRs 2026-Q3

## Be the first choice

- Qualified leads from 500 to 550 leads (20%)
- [x] Partner programme agreed
- Rollout
  - [x] Pilot
  - [ ] Live

### Be found easily

- Visits 100 → 300
";

#[test]
fn a_document_becomes_objectives_key_results_and_where_they_stand() {
    let mut world = World::new();
    let planned = world.import(&md(FIRST));
    assert_eq!(planned.left, []);
    assert_eq!(world.score("Qualified leads from 500 to 550 leads"), "0.2");
    assert_eq!(world.score("Partner programme agreed"), "1");
    assert_eq!(world.score("Rollout"), "0.5");
    assert!(world.objective("Be found easily").supports.is_some());
    assert_eq!(world.state.sources.len(), world.state.head as usize);
}

#[test]
fn twice_is_once() {
    let mut world = World::new();
    world.import(&md(FIRST));
    assert_eq!(acts(&world.plan(&md(FIRST), None, true)), []);
}

#[test]
fn the_next_version_makes_edits_and_explains_rewordings() {
    let mut world = World::new();
    world.import(&md(FIRST));
    let next = FIRST
        .replace("550 leads (20%)", "600 leads (40%)")
        .replace(
            "- [x] Partner programme agreed\n",
            "- [ ] ~~Partner programme agreed~~\n",
        )
        .replace("Be found easily", "Be found easily by everyone")
        .replace("- [ ] Live", "- [x] Live");
    let planned = world.import(&md(&next));
    assert_eq!(planned.missing.len(), 0);
    let leads = world.key_result("Qualified leads from 500 to 600 leads");
    assert_eq!(leads.metric.target, Some(600u32.into()));
    assert_eq!(world.score("Qualified leads from 500 to 600 leads"), "0.4");
    assert_eq!(
        world.key_result("Partner programme agreed").state,
        KeyResultState::Dropped
    );
    assert_eq!(world.score("Rollout"), "1");
    assert_eq!(world.state.objectives.len(), 2);
    let why: Vec<String> = planned
        .steps
        .iter()
        .filter_map(|step| step.why.map(|why| why.to_string()))
        .collect();
    assert_eq!(
        why,
        [
            "reworded, 90 % alike",
            "reworded, 72 % alike, one key result in common"
        ]
    );
}

#[test]
fn what_left_the_document_is_told_and_dropped_only_on_request() {
    let mut world = World::new();
    world.import(&md(FIRST));
    let next = FIRST.replace("- [x] Partner programme agreed\n", "");
    let planned = world.plan(&md(&next), None, false);
    assert_eq!(acts(&planned), []);
    assert_eq!(planned.missing.len(), 1);
    let planned = world.plan(&md(&next), None, true);
    assert_eq!(
        acts(&planned),
        [(Act::Drop, "Partner programme agreed".to_owned())]
    );
    let other = FIRST.replace("2026-Q3", "2026-Q4");
    assert_eq!(world.plan(&md(&other), None, false).missing.len(), 0);
}

#[test]
fn beside_the_version_before_only_what_changed_in_the_document_is_changed() {
    let mut world = World::new();
    world.import(&md(FIRST));
    // Somebody else changed the leads meanwhile.
    world.import(&md(
        &FIRST.replace("to 550 leads (20%)", "to 700 leads (20%)")
    ));
    let next = FIRST
        .replace("- [x] Partner programme agreed\n", "")
        .replace("→ 300", "→ 400");
    let planned = world.plan(&md(&next), Some(&md(FIRST)), false);
    let found = acts(&planned);
    assert_eq!(
        found,
        [
            (Act::Drop, "Partner programme agreed".to_owned()),
            (Act::Edit, "Visits 100 → 400".to_owned()),
        ]
    );
}

#[test]
fn a_struck_objective_is_dropped_and_a_dropped_item_comes_back() {
    let mut world = World::new();
    world.import(&md(FIRST));
    let struck = FIRST.replace("### Be found easily", "### ~~Be found easily~~");
    world.import(&md(&struck));
    assert_eq!(
        world.objective("Be found easily").state,
        ObjectiveState::Dropped
    );
    let planned = world.plan(&md(FIRST), Some(&md(&struck)), false);
    assert_eq!(acts(&planned), [(Act::Edit, "Be found easily".to_owned())]);
}

#[test]
fn a_series_of_check_ins_is_taken_in_once_and_corrected() {
    let mut world = World::new();
    world.import(&md(FIRST));
    let series = |value: &str| {
        let text = format!(
            "cycle,objective,key_result,value,date,confidence,comment\n\
             2026-Q3,Be found easily,Visits 100 → 300,120,2026-07-10,0.6,slow\n\
             2026-Q3,,Visits 100 → 300,{value},2026-07-17,,\n\
             2026-Q3,,Nobody knows this,1,2026-07-17,,\n\
             2026-Q3,,Visits 100 → 300,9,2027-01-17,,\n"
        );
        csv::read(text.as_bytes(), &Reading::default()).unwrap()
    };
    let planned = world.import(&series("150"));
    assert_eq!(planned.steps.len(), 2);
    assert_eq!(world.score("Visits 100 → 300"), "0.25");
    let lines: Vec<usize> = planned.left.iter().map(|one| one.line).collect();
    assert_eq!(lines, [5, 4], "{:?}", planned.left);
    assert_eq!(acts(&world.plan(&series("150"), None, false)), []);
    let planned = world.import(&series("160"));
    assert_eq!(planned.steps.len(), 1);
    assert_eq!(world.score("Visits 100 → 300"), "0.3");
    assert_eq!(
        world
            .key_result("Visits 100 → 300")
            .check_ins
            .standing()
            .count(),
        2
    );
}

#[test]
fn scores_become_check_ins_and_grades() {
    let mut world = World::new();
    let table = "## Answers people trust\n\n\
        | Key result | Owner | Mid-quarter score | Final score |\n|---|---|---|---|\n\
        | Reports without complaint | Ana | 0.3 | 0.7 |\n| Old ones gone | Zoe | | |\n";
    let planned = world.import(&md(table));
    let reports = world.key_result("Reports without complaint");
    assert_eq!(reports.owner, Some(MemberId::from_bytes([2; 16])));
    assert_eq!(
        reports.grade.as_ref().unwrap().grade,
        "0.7".parse().unwrap()
    );
    assert_eq!(world.score("Reports without complaint"), "0.3");
    let left: Vec<&str> = planned.left.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(left, ["Zoe"]);
    assert_eq!(acts(&world.plan(&md(table), None, false)), []);
}

#[test]
fn what_the_rules_refuse_is_told_with_their_words() {
    let mut world = World::new();
    let planned = world.import(&md("## Grow {key: \"no key\"}\n\n- Leads {key: ok}\n"));
    assert_eq!(planned.steps.len(), 4);
    let told: Vec<&str> = planned.left.iter().map(|one| one.why.as_str()).collect();
    assert_eq!(told, ["'no key' cannot be a key."]);
}

fn document() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "leads", "visits", "partners", "answers", "trust", "north",
    ]);
    let title = prop::collection::vec(word, 1..4).prop_map(|words| words.join(" "));
    let item = (title.clone(), 0usize..6).prop_map(|(title, sort)| match sort {
        0 => format!("- {title}\n"),
        1 => format!("- [x] {title}\n"),
        2 => format!("- {title} from 5 to 9 (40%)\n"),
        3 => format!("- ~~{title}~~\n"),
        4 => format!("- {title}\n  - [x] one\n  - [ ] two\n"),
        _ => format!("- {title} {{decrease 9..5, weekly}}\n"),
    });
    let objective = (title, prop::bool::ANY, prop::collection::vec(item, 0..5)).prop_map(
        |(title, deep, items)| {
            let level = if deep { "###" } else { "##" };
            format!("{level} {title}\n\n{}\n", items.concat())
        },
    );
    prop::collection::vec(objective, 0..5).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn twice_is_once_for_any_document(text in document(), next in document()) {
        let mut world = World::new();
        for text in [&text, &next] {
            world.import(&md(text));
            let again = world.plan(&md(text), None, false);
            prop_assert!(again.steps.is_empty(), "{:?}\n{text}", again.steps);
        }
    }
}
