//! How many fields a protobuf message has, counted while its bytes come.
//!
//! Two bytes are a field, and a field may be a message that takes a hundred bytes of memory: so four
//! megabytes could ask for hundreds. Whoever reads the message would only know when it is too late.

/// Counts the fields of one message, not those of messages within.
#[derive(Debug, Default)]
pub(super) struct Fields {
    at: At,
    number: u64,
    shift: u32,
    /// Bytes of a value to pass over.
    skip: usize,
    count: usize,
}

#[derive(Debug, Default, Clone, Copy)]
enum At {
    #[default]
    Tag,
    Value,
    Length,
}

impl Fields {
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        loop {
            let (_, rest) = bytes.split_at(bytes.len().min(self.skip));
            self.skip -= bytes.len() - rest.len();
            let Some((byte, rest)) = rest.split_first() else {
                return;
            };
            bytes = rest;
            self.byte(*byte);
        }
    }

    /// The next byte of a number of variable length.
    fn byte(&mut self, byte: u8) {
        let bits = u64::from(byte & 0x7f);
        self.number |= bits.checked_shl(self.shift).unwrap_or(0);
        self.shift += 7;
        if byte & 0x80 != 0 && self.shift < 64 {
            return;
        }
        let number = std::mem::take(&mut self.number);
        self.shift = 0;
        self.at = match self.at {
            At::Value => At::Tag,
            At::Length => {
                self.skip = usize::try_from(number).unwrap_or(usize::MAX);
                At::Tag
            }
            At::Tag => {
                self.count += 1;
                match number & 7 {
                    0 => At::Value,
                    2 => At::Length,
                    1 => self.passing(8),
                    5 => self.passing(4),
                    // Groups, and what is no protobuf: each counts.
                    _ => At::Tag,
                }
            }
        };
    }

    fn passing(&mut self, bytes: usize) -> At {
        self.skip = bytes;
        At::Tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_field_is_one_however_its_bytes_come() {
        let mut bytes = vec![0x08, 0xff, 0xff, 0x03];
        bytes.extend([0x12, 3, 0x08, 0x08, 0x08]);
        bytes.extend([0x19, 1, 2, 3, 4, 5, 6, 7, 8]);
        bytes.extend([0x25, 1, 2, 3, 4]);
        bytes.extend([0xa2, 0x06, 0x82, 0x01]);
        bytes.extend([0x08; 130]);
        bytes.extend([0x0a, 0, 0x0a, 0]);
        let mut at_once = Fields::default();
        at_once.read(&bytes);
        assert_eq!(at_once.count(), 7);
        let mut apart = Fields::default();
        for byte in &bytes {
            apart.read(&[*byte]);
        }
        assert_eq!(apart.count(), 7);
    }

    #[test]
    fn rubbish_ends_and_counts() {
        let mut fields = Fields::default();
        fields.read(&[0xff; 1000]);
        assert!(fields.count() > 50);
    }
}
