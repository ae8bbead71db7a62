//! An answer on its way out.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as _, Frame, SizeHint};

use super::line::OpenCall;
use super::origin::Origin;
use super::waiting::Held;
use crate::shares::Share;

/// Answers leave in pieces of so many bytes: what HTTP/2 is given before the client has room for it.
const PIECE: usize = 32 * 1024;

/// What counts as open for as long as any of an answer is kept.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) held: Held,
    pub(super) _call: OpenCall,
    pub(super) _stranger: Option<Share<Origin>>,
}

/// An answer on its way out.
pub(super) struct Leaving {
    inner: Body,
    rest: Bytes,
    answer: Arc<Answer>,
}

/// A message of an answer, counted until nobody has any of it any more.
struct Counted {
    message: Bytes,
    answer: Arc<Answer>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.message
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.answer.held.less(self.message.len());
    }
}

impl Leaving {
    pub(super) fn new(inner: Body, answer: Answer) -> Self {
        Self {
            inner,
            rest: Bytes::new(),
            answer: Arc::new(answer),
        }
    }

    fn next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        while self.rest.is_empty() {
            match std::task::ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(message) => {
                        self.answer.held.more(message.len());
                        let answer = Arc::clone(&self.answer);
                        self.rest = Bytes::from_owner(Counted { message, answer });
                    }
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                other => return Poll::Ready(other),
            }
        }
        let most = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(most)))))
    }
}

impl hyper::body::Body for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // Whoever asks for more has taken a piece. From now on the next one is waited for, and so is what of
        // the last ones HTTP/2 still holds.
        self.answer.held.moves();
        let polled = self.next(context);
        self.answer.held.waits();
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.rest.is_empty() {
            self.inner.size_hint()
        } else {
            SizeHint::default()
        }
    }
}
