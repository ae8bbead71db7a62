//! How fast check-ins, most of what any log holds, are read and written: on one core.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use quarterdeck_core::calendar::Date;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::{Body, CheckedIn, Event};
use quarterdeck_core::id::{DeviceId, EventId, KeyResultId, MemberId, WorkspaceId};
use quarterdeck_core::value::Measure;
use quarterdeck_proto::{decode_event, encode_event};

fn check_in(number: u64) -> Event {
    Event {
        id: EventId::from_bytes([1; 16]),
        workspace: WorkspaceId::from_bytes([2; 16]),
        member: MemberId::from_bytes([3; 16]),
        device: DeviceId::from_bytes([4; 16]),
        number,
        previous: Some([5; 32]),
        authored: Hlc::at(1_790_000_000_000 + number),
        seen: number,
        remaining: 0,
        reason: None,
        undoes: None,
        body: Body::CheckedIn(CheckedIn {
            key_result: KeyResultId::from_bytes([6; 16]),
            measure: Measure::Absolute(531.into()),
            effective: Date::from_days_since_epoch(20_686),
            confidence: "0.7".parse().ok(),
            projection: None,
            note: Some("two partners signed".to_owned()),
        }),
        source: None,
    }
}

fn codec(criterion: &mut Criterion) {
    let events: Vec<Event> = (1..=1_000).map(check_in).collect();
    let bodies: Vec<Vec<u8>> = events.iter().map(encode_event).collect();

    let mut group = criterion.benchmark_group("check-ins");
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("decode", |bencher| {
        bencher.iter(|| {
            for body in &bodies {
                let _ = black_box(decode_event(black_box(body)));
            }
        });
    });
    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            for event in &events {
                black_box(encode_event(black_box(event)));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, codec);
criterion_main!(benches);
