//! Arbitrary events of the practice around objectives.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::erase::{ErasedText, TextErased};
use quarterdeck_core::event::{
    Body, FunnelDefined, IncentiveAdded, InitiativeAdded, KeyResultGraded, KpiDefined, KpiRecorded,
    Source, Stage, TemplateSaved, TodoAdded, WeeklyWritten,
};
use quarterdeck_core::id::{
    EventId, FunnelId, IncentiveId, InitiativeId, KpiId, TemplateId, TodoId,
};
use quarterdeck_core::token::{Direction, Period};

use super::arbitrary::{cycle, date, decimal, key_result, member, objective, subject, team, text};

fn kpi() -> impl Strategy<Value = KpiId> {
    any::<[u8; 16]>().prop_map(KpiId::from_bytes)
}

fn todo() -> impl Strategy<Value = TodoId> {
    any::<[u8; 16]>().prop_map(TodoId::from_bytes)
}

fn initiative() -> impl Strategy<Value = InitiativeId> {
    any::<[u8; 16]>().prop_map(InitiativeId::from_bytes)
}

pub(crate) fn source() -> impl Strategy<Value = Source> {
    (text(), any::<u32>(), text()).prop_map(|(author, ms, origin)| Source {
        author,
        at: Timestamp::from_ms(ms.into()),
        origin,
    })
}

fn end_body() -> BoxedStrategy<Body> {
    let share = || option::of(decimal());
    let says = || option::of(text());
    prop_oneof![
        (cycle(), any::<u64>(), any::<[u8; 32]>()).prop_map(|(cycle, position, root)| {
            Body::CycleClosed {
                cycle,
                position,
                root,
            }
        }),
        cycle().prop_map(|cycle| Body::CycleReopened { cycle }),
        (key_result(), share(), share(), share()).prop_map(|(key_result, computed, from, to)| {
            Body::KeyResultGraded(KeyResultGraded {
                key_result,
                computed,
                from,
                to,
            })
        }),
        objective().prop_map(|objective| Body::ObjectiveUnsigned { objective }),
        (objective(), text()).prop_map(|(objective, code)| Body::LintSilenced { objective, code }),
        (objective(), text()).prop_map(|(objective, code)| Body::LintHeeded { objective, code }),
        (date(), option::of(team()), says(), says(), says()).prop_map(
            |(week, team, plans, progress, problems)| {
                Body::WeeklyWritten(WeeklyWritten {
                    week,
                    team,
                    plans,
                    progress,
                    problems,
                })
            }
        ),
    ]
    .boxed()
}

fn kpi_body() -> BoxedStrategy<Body> {
    let words = (
        text(),
        option::of(text()),
        option::of(text()),
        option::of(text()),
    );
    let whose = (option::of(member()), option::of(team()));
    let measure = (select(Direction::ALL), option::of(decimal()));
    prop_oneof![
        (kpi(), words, whose, measure).prop_map(
            |(kpi, (title, description, unit, key), (owner, team), (direction, target))| {
                Body::KpiDefined(KpiDefined {
                    kpi,
                    title,
                    description,
                    owner,
                    team,
                    direction,
                    target,
                    unit,
                    key,
                })
            }
        ),
        (kpi(), decimal(), date(), option::of(text())).prop_map(|(kpi, value, effective, note)| {
            Body::KpiRecorded(KpiRecorded {
                kpi,
                value,
                effective,
                note,
            })
        }),
        (kpi(), key_result()).prop_map(|(kpi, key_result)| Body::KpiLinked { kpi, key_result }),
        (kpi(), key_result()).prop_map(|(kpi, key_result)| Body::KpiUnlinked { kpi, key_result }),
    ]
    .boxed()
}

fn work_body() -> BoxedStrategy<Body> {
    let names = (text(), option::of(text()), option::of(member()));
    let added = (
        initiative(),
        names,
        option::of(date()),
        option::of(subject()),
    )
        .prop_map(|(initiative, (title, description, owner), due, supports)| {
            Body::InitiativeAdded(InitiativeAdded {
                initiative,
                title,
                description,
                owner,
                due,
                supports,
            })
        });
    let names = (text(), option::of(text()), option::of(member()));
    let amounts = (decimal(), option::of(decimal()), option::of(decimal()));
    let when = (select(Period::ALL), date(), date());
    let of = (option::of(initiative()), option::of(key_result()));
    let todo_added = (todo(), names, amounts, when, of).prop_map(
        |(
            todo,
            (title, unit, owner),
            (quantity, total, rate),
            (per, starts, ends),
            (initiative, key_result),
        )| {
            Body::TodoAdded(TodoAdded {
                todo,
                initiative,
                title,
                owner,
                quantity,
                per,
                total,
                unit,
                starts,
                ends,
                key_result,
                rate,
            })
        },
    );
    prop_oneof![
        added,
        todo_added,
        (todo(), decimal(), date()).prop_map(|(todo, quantity, effective)| Body::TodoCounted {
            todo,
            quantity,
            effective
        }),
    ]
    .boxed()
}

fn aid_body() -> BoxedStrategy<Body> {
    let stage = (text(), option::of(subject()), option::of(decimal()))
        .prop_map(|(name, source, rate)| Stage { name, source, rate });
    prop_oneof![
        (any::<[u8; 16]>(), text(), text()).prop_map(|(id, name, document)| {
            Body::TemplateSaved(TemplateSaved {
                template: TemplateId::from_bytes(id),
                name,
                document,
            })
        }),
        (
            any::<[u8; 16]>(),
            text(),
            vec(stage, 0..4),
            option::of(key_result())
        )
            .prop_map(|(id, name, stages, key_result)| {
                Body::FunnelDefined(FunnelDefined {
                    funnel: FunnelId::from_bytes(id),
                    name,
                    stages,
                    key_result,
                })
            }),
        (
            any::<[u8; 16]>(),
            text(),
            option::of(key_result()),
            option::of(member())
        )
            .prop_map(|(id, title, key_result, member)| {
                Body::IncentiveAdded(IncentiveAdded {
                    incentive: IncentiveId::from_bytes(id),
                    title,
                    key_result,
                    member,
                })
            }),
    ]
    .boxed()
}

/// Any of these.
fn erased_body() -> BoxedStrategy<Body> {
    let text = (text(), text()).prop_map(|(place, tag)| ErasedText { place, tag });
    let named = (any::<[u8; 16]>(), any::<u64>(), any::<[u8; 32]>());
    (named, vec(text, 0..4))
        .prop_map(|((event, position, remains), texts)| {
            Body::TextErased(TextErased {
                event: EventId::from_bytes(event),
                position,
                remains,
                texts,
            })
        })
        .boxed()
}

pub(crate) fn body() -> BoxedStrategy<Body> {
    prop_oneof![
        end_body(),
        kpi_body(),
        work_body(),
        aid_body(),
        erased_body()
    ]
    .boxed()
}
