//! Walks the top level of a protobuf message without copying: each field's number and content.
//!
//! The header of every event is read through this rather than through the generated type. That
//! type would put each id on the heap, and drop the number of a payload that it does not know.

use crate::error::Problem;

/// The fields of one message, in the order in which they stand.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

/// The content of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// Wire type 0: numbers and truth values.
    Varint(u64),
    /// Wire type 2: bytes, text, messages.
    Bytes(&'a [u8]),
    /// Wire types 1 and 5, which nothing here uses: passed over.
    Fixed,
}

impl<'a> Content<'a> {
    pub(crate) const fn bytes(self) -> Result<&'a [u8], Problem> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Problem::WireType),
        }
    }

    pub(crate) const fn number(self) -> Result<u64, Problem> {
        match self {
            Self::Varint(number) => Ok(number),
            _ => Err(Problem::WireType),
        }
    }
}

impl<'a> Fields<'a> {
    pub(crate) const fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn varint(&mut self) -> Result<u64, Problem> {
        let mut value = 0_u64;
        for (index, byte) in self.rest.iter().enumerate().take(10) {
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit only.
            if index == 9 && bits > 1 {
                return Err(Problem::Garbled);
            }
            value |= bits << (7 * index);
            if byte & 0x80 == 0 {
                self.rest = self.rest.get(index + 1..).unwrap_or_default();
                return Ok(value);
            }
        }
        Err(Problem::Garbled)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Problem> {
        let (taken, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length))
            .ok_or(Problem::Garbled)?;
        self.rest = rest;
        Ok(taken)
    }

    fn field(&mut self) -> Result<(u32, Content<'a>), Problem> {
        let tag = u32::try_from(self.varint()?).map_err(|_| Problem::Garbled)?;
        let content = match tag & 7 {
            0 => Content::Varint(self.varint()?),
            1 => self.take(8).map(|_| Content::Fixed)?,
            2 => {
                let length = self.varint()?;
                Content::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Content::Fixed)?,
            // Groups (3 and 4) were given up before proto3; 6 and 7 never were.
            _ => return Err(Problem::WireType),
        };
        match tag >> 3 {
            0 => Err(Problem::Garbled),
            number => Ok((number, content)),
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Content<'a>), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            // Where one field is garbled, no other can be found after it.
            self.rest = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(message: &[u8]) -> Result<Vec<(u32, Content<'_>)>, Problem> {
        Fields::of(message).collect()
    }

    #[test]
    fn reads_each_wire_type() {
        let message = [
            0x08, 0x96, 0x01, // 1: 150
            0x12, 0x02, b'h', b'i', // 2: "hi"
            0x1d, 1, 2, 3, 4, // 3: four bytes
            0x21, 1, 2, 3, 4, 5, 6, 7, 8, // 4: eight bytes
        ];
        assert_eq!(
            read(&message).unwrap(),
            [
                (1, Content::Varint(150)),
                (2, Content::Bytes(b"hi")),
                (3, Content::Fixed),
                (4, Content::Fixed),
            ]
        );
    }

    #[test]
    fn refuses_what_is_cut_short() {
        for message in [&[0x08][..], &[0x12, 5, b'h'], &[0x1d, 1], &[0x80]] {
            assert_eq!(read(message), Err(Problem::Garbled), "{message:?}");
        }
    }

    #[test]
    fn refuses_numbers_beyond_64_bits_groups_and_field_zero() {
        let eleven = [
            0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02,
        ];
        assert_eq!(read(&eleven), Err(Problem::Garbled));
        assert_eq!(read(&[0x0b]), Err(Problem::WireType));
        assert_eq!(read(&[0x00, 0x00]), Err(Problem::Garbled));
    }

    proptest! {
        #[test]
        fn reads_every_number_that_prost_writes(number: u64) {
            let mut message = vec![0x08];
            prost::encode_length_delimiter(usize::try_from(number).unwrap(), &mut message).unwrap();
            prop_assert_eq!(read(&message).unwrap(), [(1, Content::Varint(number))]);
        }

        #[test]
        fn any_bytes_end_in_an_answer(message: Vec<u8>) {
            let _ = read(&message);
        }
    }
}
