//! The encoding of events is frozen: what was signed once must read the same for ever.
//!
//! Each file in `tests/golden/` is one encoded event in hexadecimal. A kind that is new gets its
//! file from `cargo test -p quarterdeck-proto --test golden -- --ignored`, which writes what is
//! missing and never touches what is there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests assert by panicking, as tests do"
)]

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;

use prost::Message as _;
use prost_types::FileDescriptorSet;
use quarterdeck_proto::{FILE_DESCRIPTOR_SET, decode_event, encode_event, v1};
use support::{from_hex, samples, to_hex};

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("{name}.hex"))
}

fn read(name: &str) -> Vec<u8> {
    let path = golden(name);
    let text = std::fs::read_to_string(&path);
    from_hex(&text.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

#[test]
fn old_bytes_read_as_they_were_meant() {
    for (name, event) in samples::all() {
        assert_eq!(decode_event(&read(&name)).unwrap(), event, "{name}");
    }
}

#[test]
fn the_same_event_gives_the_same_bytes() {
    for (name, event) in samples::all() {
        assert_eq!(
            to_hex(&encode_event(&event)),
            to_hex(&read(&name)),
            "{name}"
        );
    }
}

#[test]
fn the_generated_type_reads_the_same_bytes() {
    for (name, event) in samples::all() {
        let generated = v1::Event::decode(&*read(&name)).unwrap();
        assert_eq!(generated.id, event.id.as_bytes(), "{name}");
        assert_eq!(generated.authored_ms, event.authored.wall, "{name}");
        assert_eq!(generated.reason, event.reason, "{name}");
        assert!(generated.payload.is_some(), "{name}");
    }
}

#[test]
fn every_payload_of_the_proto_files_is_frozen() {
    let files = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let mut messages = files.file.iter().flat_map(|file| &file.message_type);
    let event = messages.find(|message| message.name() == "Event").unwrap();
    let declared: BTreeSet<i32> = event
        .field
        .iter()
        .map(|field| field.number())
        .filter(|number| *number >= 100)
        .collect();

    let frozen = samples::all()
        .into_iter()
        .map(|(name, _)| payload_number(&read(&name)));
    assert_eq!(frozen.collect::<BTreeSet<i32>>(), declared);
}

/// The number of the only field from 100 on, which our own encoding puts last.
fn payload_number(event: &[u8]) -> i32 {
    (0..event.len())
        .find_map(|at| {
            let mut rest = &event[at..];
            let tag = prost::decode_length_delimiter(&mut rest).ok()?;
            let length = prost::decode_length_delimiter(&mut rest).ok()?;
            let number = i32::try_from(tag >> 3).ok()?;
            (tag & 7 == 2 && (100..1_000).contains(&number) && length == rest.len())
                .then_some(number)
        })
        .unwrap()
}

#[test]
#[ignore = "writes the files of kinds that have none yet"]
fn write_missing_files() {
    for (name, event) in samples::all() {
        if !golden(&name).exists() {
            std::fs::write(golden(&name), to_hex(&encode_event(&event)) + "\n").unwrap();
        }
    }
}
