//! The names in compiled descriptors, read from their bytes: only quarterdeck-proto knows protobuf, and
//! this takes a page.

/// One field of a message: its number, and what it holds where that has a length.
struct Field<'a> {
    number: u64,
    bytes: &'a [u8],
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (first, rest) = bytes.split_first().expect("a whole number");
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        shift += 7;
        if first & 0x80 == 0 {
            return value;
        }
    }
}

fn fields(mut bytes: &[u8]) -> Vec<Field<'_>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let length = match tag & 7 {
            0 => {
                let before = bytes;
                varint(&mut bytes);
                let taken = before.len() - bytes.len();
                found.push(Field {
                    number: tag >> 3,
                    bytes: &before[..taken],
                });
                continue;
            }
            1 => 8,
            2 => usize::try_from(varint(&mut bytes)).unwrap(),
            5 => 4,
            other => panic!("wire type {other} in a descriptor"),
        };
        let (held, rest) = bytes.split_at(length);
        found.push(Field {
            number: tag >> 3,
            bytes: held,
        });
        bytes = rest;
    }
    found
}

fn of(bytes: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    fields(bytes)
        .into_iter()
        .filter(move |field| field.number == number)
        .map(|field| field.bytes)
}

fn text(bytes: &[u8], number: u64) -> String {
    let found = of(bytes, number).next().unwrap_or_default();
    String::from_utf8(found.to_vec()).unwrap()
}

/// The full paths of all calls in a set of file descriptors.
pub fn methods(set: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for file in of(set, 1) {
        let package = text(file, 2);
        for service in of(file, 6) {
            let name = text(service, 1);
            let calls = of(service, 2).map(|method| text(method, 1));
            found.extend(calls.map(|call| format!("/{package}.{name}/{call}")));
        }
    }
    found
}

/// The payloads of an event: their names, by the oneof that they are in.
pub fn payloads(set: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for message in of(set, 1).flat_map(|file| of(file, 4).map(<[u8]>::to_vec).collect::<Vec<_>>()) {
        if text(&message, 1) != "Event" {
            continue;
        }
        for field in of(&message, 2) {
            let number = of(field, 3).next().map(|mut bytes| varint(&mut bytes));
            if number.is_some_and(|number| number >= 100) {
                found.push(text(field, 1));
            }
        }
    }
    found
}

#[test]
fn names_are_read_from_descriptors() {
    let calls = methods(quarterdeck_proto::FILE_DESCRIPTOR_SET);
    assert!(calls.contains(&"/quarterdeck.v1.SyncService/Push".to_owned()));
    let kinds = payloads(quarterdeck_proto::FILE_DESCRIPTOR_SET);
    assert_eq!(kinds.first().unwrap(), "workspace_created");
}
