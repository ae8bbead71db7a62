//! Protobuf's wire format, taken apart without knowing the message, and put together with other values.
//!
//! The values come from a fuzzer's bytes: ids out of a pool so small that events speak of each other, numbers at
//! the ends of what there is, texts of a hostile teammate. Where the bytes end everything stays as it was.

use arbitrary::Unstructured;

use crate::neutral::HOSTILE;

enum Value<'a> {
    Number(u64),
    Eight([u8; 8]),
    Four([u8; 4]),
    Bytes(&'a [u8]),
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn fields(mut rest: &[u8]) -> Option<Vec<(u64, Value<'_>)>> {
    let mut all = Vec::new();
    while !rest.is_empty() {
        let tag = take_number(&mut rest)?;
        if tag >> 3 == 0 {
            return None;
        }
        let value = match tag & 7 {
            0 => Value::Number(take_number(&mut rest)?),
            1 => {
                let (eight, after) = rest.split_first_chunk()?;
                rest = after;
                Value::Eight(*eight)
            }
            2 => {
                let length = usize::try_from(take_number(&mut rest)?).ok()?;
                let (bytes, after) = rest.split_at_checked(length)?;
                rest = after;
                Value::Bytes(bytes)
            }
            5 => {
                let (four, after) = rest.split_first_chunk()?;
                rest = after;
                Value::Four(*four)
            }
            _ => return None,
        };
        all.push((tag, value));
    }
    Some(all)
}

/// A message with other values in it; `seq` is the position at which it will stand.
pub(super) fn reshaped(message: &[u8], seq: u64, choices: &mut Unstructured<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len());
    for (tag, value) in fields(message).unwrap_or_default() {
        // Seldom a field is left out, or given twice.
        let times = match byte(choices) {
            251..=253 => 0,
            254..=255 => 2,
            _ => 1,
        };
        for _ in 0..times {
            put_number(&mut out, tag);
            match &value {
                Value::Number(number) => put_number(&mut out, other_number(*number, choices)),
                Value::Eight(bytes) => out.extend(bytes),
                Value::Four(bytes) => out.extend(bytes),
                Value::Bytes(bytes) => {
                    let bytes = other_bytes(bytes, seq, choices);
                    put_number(&mut out, bytes.len() as u64);
                    out.extend(bytes);
                }
            }
        }
    }
    out
}

fn byte(choices: &mut Unstructured<'_>) -> u8 {
    choices.arbitrary().unwrap_or(0)
}

fn other_number(number: u64, choices: &mut Unstructured<'_>) -> u64 {
    match byte(choices) {
        0..=179 => number,
        choice @ 180..=229 => u64::from(choice % 8),
        // Days near those of the sample: zigzag.
        choice @ 230..=239 => (20_600 + u64::from(choice - 230) * 13) * 2,
        _ => choices.arbitrary().unwrap_or(u64::MAX),
    }
}

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "100",
    "0.5",
    "550",
    "1000000",
    "0.0000000000000000000000000001",
    "9999999999999999999999999999",
    "-9999999999999999999999999999",
];

fn other_bytes(bytes: &[u8], seq: u64, choices: &mut Unstructured<'_>) -> Vec<u8> {
    if is_id(bytes) {
        return id(seq, choices).to_vec();
    }
    if is_key(bytes) {
        return bytes.to_vec();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if is_text(bytes) => other_text(text, choices),
        _ if fields(bytes).is_some() => reshaped(bytes, seq, choices),
        _ => bytes.to_vec(),
    }
}

/// Ids, keys, hashes and signatures of the samples are of one byte each.
fn is_id(bytes: &[u8]) -> bool {
    bytes.len() == 16 && bytes.windows(2).all(|pair| pair[0] == pair[1])
}

fn is_key(bytes: &[u8]) -> bool {
    matches!(bytes.len(), 32 | 64) && bytes.windows(2).all(|pair| pair[0] == pair[1])
}

/// One of few, so that it is often one that there is.
fn id(seq: u64, choices: &mut Unstructured<'_>) -> [u8; 16] {
    match byte(choices) {
        0..=149 => [1; 16],
        150..=199 => [2; 16],
        200..=219 => [3; 16],
        // An event's: those of a story are numbered.
        choice => [(u64::from(choice) % (seq + 1)) as u8; 16],
    }
}

fn other_text(text: &str, choices: &mut Unstructured<'_>) -> Vec<u8> {
    let choice = byte(choices);
    let is_number = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    if is_number && !text.is_empty() {
        return match choice {
            0..=99 => text.to_owned(),
            100..=199 => NUMBERS[usize::from(choice) % NUMBERS.len()].to_owned(),
            _ => {
                let (digits, scale): (i64, u8) = choices.arbitrary().unwrap_or((1, 0));
                format!(
                    "{}.{:0width$}",
                    digits / 1000,
                    digits.unsigned_abs() % 1000,
                    width = usize::from(scale % 9)
                )
            }
        }
        .into_bytes();
    }
    match choice {
        0..=169 => text.as_bytes().to_vec(),
        170..=219 => HOSTILE[usize::from(choice) % HOSTILE.len()]
            .as_bytes()
            .to_vec(),
        220..=229 => Vec::new(),
        230..=234 => "word ".repeat(80).into_bytes(),
        _ => {
            let length = choices.int_in_range(0..=40).unwrap_or(0);
            let bytes = choices.bytes(length).unwrap_or_default();
            String::from_utf8_lossy(bytes).into_owned().into_bytes()
        }
    }
}

/// The event with this text in the place of every text in it that is not a word of the domain's or a figure: that
/// the event is still of its kind tells.
pub(super) fn defaced(event: &[u8], text: &str) -> Vec<u8> {
    let read = |bytes: &[u8]| quarterdeck_proto::decode_event(bytes).ok();
    let kind = read(event).map(|event| event.body.kind());
    let mut best = event.to_vec();
    let mut at = 0;
    while let Some(changed) = with_text(&best, &mut at.clone(), text) {
        if read(&changed).map(|event| event.body.kind()) == kind {
            best = changed;
            // What took its place is counted among the texts only where it looks like one.
            at += usize::from(is_text(text.as_bytes()));
        } else {
            at += 1;
        }
    }
    best
}

/// The message with its text number `at` replaced; none where it has no so many.
fn with_text(message: &[u8], at: &mut usize, text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut done = false;
    for (tag, value) in fields(message)? {
        put_number(&mut out, tag);
        match value {
            Value::Number(number) => put_number(&mut out, number),
            Value::Eight(bytes) => out.extend(bytes),
            Value::Four(bytes) => out.extend(bytes),
            Value::Bytes(bytes) => {
                let changed = if done || is_id(bytes) || is_key(bytes) {
                    None
                } else if is_text(bytes) {
                    if is_field(bytes) {
                        None
                    } else if *at == 0 {
                        done = true;
                        Some(text.as_bytes().to_vec())
                    } else {
                        *at -= 1;
                        None
                    }
                } else {
                    let changed = with_text(bytes, at, text);
                    done |= changed.is_some();
                    changed
                };
                let bytes = changed.as_deref().unwrap_or(bytes);
                put_number(&mut out, bytes.len() as u64);
                out.extend(bytes);
            }
        }
    }
    done.then_some(out)
}

fn is_text(bytes: &[u8]) -> bool {
    // What begins with the tag of a message's first field is no text that begins with a line feed.
    bytes.first().is_some_and(|first| *first != b'\n')
        && std::str::from_utf8(bytes)
            .is_ok_and(|text| !text.chars().any(|c| c.is_control() && c != '\n'))
}

/// Whether it names a field that is edited: with another name nothing would be.
fn is_field(bytes: &[u8]) -> bool {
    use quarterdeck_core::value::Field;
    let field = std::str::from_utf8(bytes).map(Field::from_word);
    field.is_ok_and(|field| !matches!(field, Field::Other(_)))
}
