//! Leaves, however they are cut and wherever they lie, are a sorted list.

use std::sync::Mutex;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::calendar::Timestamp;
use crate::clock::Hlc;
use crate::decimal::Decimal;
use crate::id::{DeviceId, MemberId};
use crate::value::Measure;

/// A shelf in memory.
#[derive(Debug, Default)]
struct Heap(Mutex<Vec<u8>>);

impl Heap {
    fn put(&self, bytes: &[u8]) -> Place {
        let mut all = self.0.lock().unwrap();
        let at = all.len() as u64;
        all.extend(bytes);
        Place {
            at,
            length: bytes.len() as u32,
            checksum: 0,
        }
    }
}

impl Shelf for Heap {
    fn read(&self, place: Place) -> Vec<u8> {
        let at = place.at as usize;
        self.0.lock().unwrap()[at..at + place.length as usize].to_vec()
    }
}

fn day(n: u8) -> Date {
    Date::from_days_since_epoch(20_000 + i32::from(n))
}

fn check_in(seq: u64, on: u8, measure: Measure) -> CheckIn {
    CheckIn {
        id: EventId::new(Uuid::from_u128(seq.into())),
        seq,
        effective: day(on),
        measure,
        confidence: seq.is_multiple_of(3).then_some(Decimal::ONE),
        projection: None,
        note: None,
        retracted: false,
        member: MemberId::nil(),
        device: DeviceId::nil(),
        authored: Hlc::at(seq),
        recorded: Timestamp::from_ms(seq),
        corrected: std::collections::BTreeMap::new(),
    }
}

#[derive(Debug, Clone)]
enum Act {
    Say(u8, Measure),
    Retract(prop::sample::Index, bool),
    Move(prop::sample::Index, u8),
    /// Kept, as a snapshot does, and taken from the shelf again.
    Keep,
}

fn act() -> impl Strategy<Value = Act> {
    let measure = prop_oneof![
        2 => (0i32..9).prop_map(|n| Measure::Absolute(n.into())),
        6 => (-9i32..9).prop_map(|n| Measure::Delta(n.into())),
        1 => ("[ab]", any::<bool>()).prop_map(|(name, done)| Measure::Step { name, done }),
    ];
    prop_oneof![
        9 => (0u8..60, measure).prop_map(|(on, measure)| Act::Say(on, measure)),
        1 => (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(at, to)| Act::Retract(at, to)),
        1 => (any::<prop::sample::Index>(), 0u8..60).prop_map(|(at, on)| Act::Move(at, on)),
        1 => Just(Act::Keep),
    ]
}

/// The slow and obvious way.
fn read(list: &[CheckIn], on: Option<Date>) -> Reading {
    let mut reading = Reading::default();
    (list.iter())
        .filter(|one| on.is_none_or(|on| one.effective <= on) && !one.retracted)
        .for_each(|one| reading.take(one));
    reading
}

proptest! {
    #[test]
    fn leaves_are_a_sorted_list(acts in prop::collection::vec(act(), 0..400)) {
        let heap = Arc::new(Heap::default());
        let mut leaves = CheckIns::default();
        let mut list: Vec<CheckIn> = Vec::new();
        for (seq, act) in (1..).zip(acts) {
            match act {
                Act::Say(on, measure) => {
                    leaves.insert(check_in(seq, on, measure.clone()));
                    list.push(check_in(seq, on, measure));
                }
                Act::Retract(at, to) if !list.is_empty() => {
                    let at = at.index(list.len());
                    let one = &mut list[at];
                    one.retracted = to;
                    leaves.edit_with(one.id, |one| one.retracted = to);
                }
                Act::Move(at, on) if !list.is_empty() => {
                    let at = at.index(list.len());
                    let one = &mut list[at];
                    one.effective = day(on);
                    leaves.edit_with(one.id, |one| one.effective = day(on));
                }
                Act::Keep => {
                    let before = leaves.clone();
                    leaves.keep(|bytes| Ok::<_, ()>(heap.put(bytes))).unwrap();
                    let bytes = postcard::to_stdvec(&leaves).unwrap();
                    leaves = postcard::from_bytes(&bytes).unwrap();
                    leaves.attach(&(Arc::clone(&heap) as Arc<dyn Shelf>));
                    prop_assert_eq!(&leaves, &before);
                }
                _ => {}
            }
            list.sort_by_key(order);
        }
        prop_assert!(leaves.all().eq(&list));
        prop_assert_eq!(&leaves.reading, &read(&list, None));
        prop_assert_eq!(leaves.last_effective(), list.last().map(|one| one.effective));
        for on in (0..60).map(day) {
            prop_assert_eq!(leaves.reading(on), read(&list, Some(on)));
            prop_assert!(leaves.until(on).eq(list.iter().filter(|one| one.effective <= on && !one.retracted)));
            prop_assert!(leaves.since(on).eq(list.iter().filter(|one| one.effective >= on && !one.retracted)));
            let before: Vec<_> = list.iter().filter(|one| order(one) < (on, 99)).cloned().collect();
            prop_assert_eq!(leaves.reading_before((on, 99)), read(&before, None));
        }
        let inline: CheckIns = postcard::from_bytes(&postcard::to_stdvec(&CheckIns {
            leaves: OnceLock::from(leaves.leaves().iter().map(|leaf| Leaf::new(leaf.content().clone()).unwrap().into()).collect::<Vec<_>>()),
            table: None,
            ..leaves.clone()
        }).unwrap()).unwrap();
        prop_assert_eq!(&inline, &leaves);
        prop_assert!(leaves.leaves().iter().all(|leaf| leaf.list().len() <= FULL));
    }
}
