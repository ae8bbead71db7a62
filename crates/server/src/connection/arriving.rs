//! A request on its way in.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::{Buf, Bytes};
use hyper::body::{Frame, SizeHint};
use tonic::{Code, Status};

use super::fields::Fields;
use super::waiting::Held;
use crate::incidents::Incidents;
use crate::status::status;

/// What stands in front of each message of gRPC: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// How much of a request is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowed {
    /// Bytes in all, where there is a limit.
    pub(super) bytes: Option<usize>,
    /// Fields of one message.
    pub(super) fields: usize,
}

/// A request on its way in.
pub(super) struct Arriving {
    inner: Body,
    held: Held,
    incidents: Arc<Incidents>,
    allowed: Allowed,
    message: Message,
}

/// Where in a message the bytes are that come next.
#[derive(Debug, Default)]
struct Message {
    prefix: Vec<u8>,
    left: usize,
    /// Bytes of a message that is not whole yet.
    held: usize,
    fields: Fields,
    /// The most fields that a message had.
    most_fields: usize,
}

impl Message {
    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.left == 0 {
                let (taken, rest) = bytes.split_at(bytes.len().min(PREFIX - self.prefix.len()));
                self.prefix.extend(taken);
                self.held += taken.len();
                bytes = rest;
                let mut prefix: &[u8] = &self.prefix;
                if prefix.len() < PREFIX {
                    break;
                }
                prefix.advance(1);
                self.left = usize::try_from(prefix.get_u32()).unwrap_or(usize::MAX);
                self.prefix.clear();
                self.fields = Fields::default();
            }
            let (taken, rest) = bytes.split_at(bytes.len().min(self.left));
            self.fields.read(taken);
            self.most_fields = self.most_fields.max(self.fields.count());
            self.left -= taken.len();
            self.held += taken.len();
            bytes = rest;
            if self.left == 0 {
                self.held = 0;
            }
        }
    }
}

impl Arriving {
    pub(super) fn new(
        inner: Body,
        held: Held,
        incidents: Arc<Incidents>,
        allowed: Allowed,
    ) -> Self {
        Self {
            inner,
            held,
            incidents,
            allowed,
            message: Message::default(),
        }
    }

    fn came(&mut self, bytes: &[u8]) -> Result<(), axum::Error> {
        if let Some(allowed) = &mut self.allowed.bytes {
            let Some(left) = allowed.checked_sub(bytes.len()) else {
                let what = "A call without a token takes no request as long as this.";
                return Err(self.too_large(what.to_owned()));
            };
            *allowed = left;
        }
        let before = self.message.held;
        self.message.take(bytes);
        let most = self.allowed.fields;
        if self.message.most_fields > most {
            return Err(self.too_large(format!(
                "A message has more than {most} fields: no request needs so many."
            )));
        }
        let held = self.message.held;
        if held > before {
            self.held.more(held - before);
        } else {
            self.held.less(before - held);
            // Of another message than before, or of none.
            self.held.moves();
        }
        Ok(())
    }

    fn too_large(&self, what: String) -> axum::Error {
        (self.incidents).turn_away("too_large", Some(self.held.origin()));
        let refused: Status = status(Code::InvalidArgument, "TOO_LARGE", what, "");
        axum::Error::new(refused)
    }
}

impl hyper::body::Body for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(bytes) = frame.data_ref() {
                    self.came(bytes)?;
                }
            }
            // Only now is it the client who is waited for, and no longer who reads.
            Poll::Pending if self.message.held > 0 => self.held.waits(),
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: u32) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(length.to_be_bytes());
        bytes.extend(vec![8; usize::try_from(length).unwrap()]);
        bytes
    }

    fn held(message: &mut Message, bytes: &[u8]) -> usize {
        message.take(bytes);
        message.held
    }

    #[test]
    fn a_message_is_held_until_it_is_whole_however_its_bytes_come() {
        let two = [message(10), message(0), message(3)].concat();
        assert_eq!(held(&mut Message::default(), &two), 0);
        let mut apart = Message::default();
        let all: Vec<usize> = two.iter().map(|byte| held(&mut apart, &[*byte])).collect();
        let (first, rest) = all.split_at(15);
        assert_eq!(first, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0]);
        assert_eq!(rest, [1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7, 0]);
    }

    #[test]
    fn the_beginning_of_the_next_message_is_held() {
        let mut coming = Message::default();
        assert_eq!(held(&mut coming, &[message(4), vec![0, 0]].concat()), 2);
        assert_eq!(held(&mut coming, &[0, 0, 9, 1]), 6);
    }

    #[test]
    fn fields_are_counted_by_message() {
        let mut coming = Message::default();
        coming.take(&[message(10), message(6)].concat());
        // Tag and value take turns.
        assert_eq!(coming.most_fields, 5);
    }
}
