//! What is packed comes out as it was, and any bytes come out as something.

use proptest::prelude::*;

use super::*;
use uuid::Uuid;

fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0u32..20)
        .prop_map(|(mantissa, scale)| Decimal::from_parts(mantissa.into(), scale).unwrap())
}

fn measure() -> impl Strategy<Value = Measure> {
    prop_oneof![
        decimal().prop_map(Measure::Absolute),
        decimal().prop_map(Measure::Delta),
        (".{0,9}", any::<bool>()).prop_map(|(name, done)| Measure::Step { name, done }),
        any::<bool>().prop_map(Measure::Done),
    ]
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (
        any::<u64>(),
        any::<u128>(),
        0..=Timestamp::MAX.ms(),
        any::<u32>(),
    )
        .prop_map(|(seq, id, ms, counter)| Stamp {
            seq,
            event: EventId::new(Uuid::from_u128(id)),
            member: MemberId::new(Uuid::from_u128(id % 3)),
            device: DeviceId::new(Uuid::from_u128(id % 5)),
            authored: Hlc {
                wall: ms / 2,
                counter,
            },
            recorded: Timestamp::from_ms(ms),
        })
}

fn check_in() -> impl Strategy<Value = CheckIn> {
    (
        stamp(),
        measure(),
        (0i32..200_000).prop_map(Date::from_days_since_epoch),
        proptest::option::of(decimal()),
        proptest::option::of(decimal()),
        proptest::option::of(".{0,20}"),
        any::<bool>(),
        proptest::collection::btree_map(
            prop_oneof![Just(Field::Value), Just(Field::Text)],
            stamp(),
            0..3,
        ),
    )
        .prop_map(
            |(stamp, measure, effective, confidence, projection, note, retracted, corrected)| {
                CheckIn {
                    id: stamp.event,
                    seq: stamp.seq,
                    effective,
                    measure,
                    confidence,
                    projection,
                    note,
                    retracted,
                    member: stamp.member,
                    device: stamp.device,
                    authored: stamp.authored,
                    recorded: stamp.recorded,
                    corrected,
                }
            },
        )
}

/// A leaf whose first check-ins are the ones before it.
fn content(mut list: Vec<CheckIn>) -> Content {
    let mut before = Reading::default();
    let rest = list.split_off(list.len() / 2);
    list.iter().for_each(|one| before.take(one));
    Content { before, list: rest }
}

proptest! {
    #[test]
    fn what_is_packed_unpacks_to_the_same(check_ins in proptest::collection::vec(check_in(), 0..20)) {
        let content = content(check_ins);
        prop_assert_eq!(unpack(&pack(&content)), content);
    }

    #[test]
    fn any_bytes_unpack_without_a_panic(bytes: Vec<u8>) {
        unpack(&bytes);
    }

    #[test]
    fn cut_or_flipped_bytes_unpack_without_a_panic(
        check_ins in proptest::collection::vec(check_in(), 1..5), at: usize, flip: u8,
    ) {
        let mut packed = pack(&content(check_ins));
        let at = at % packed.len();
        packed[at] ^= flip;
        unpack(&packed);
        packed.truncate(at);
        unpack(&packed);
    }
}
