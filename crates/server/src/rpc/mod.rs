//! The services, one file a call. Each checks who calls, translates, asks the workspace or the
//! core, and translates back; none decides anything about OKRs.

mod admin;
mod command;
mod ids;
mod query;
mod shown;
mod sync;
mod value;

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use tokio_stream::Stream;
use tonic::Status;

pub(crate) use admin::Admin;
pub(crate) use command::Command;
pub(crate) use query::Query;
pub(crate) use sync::{Making, Sync};

use crate::auth::Grant;
use crate::error::ServerError;
use crate::status;
use crate::world::World;

/// A stream of answers.
pub(crate) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// How many answers may wait for a slow client before whoever makes them has to wait too. They are not counted
/// as held (see `connection::Waiting`), so there is no more than one.
const IN_FLIGHT: usize = 1;

/// Runs `produce` in a task of its own, and answers what it sends for as long as the caller would
/// be let in. When the client hangs up or is put out, sending fails, and that is all there is to it.
fn stream<T, F>(
    grant: Grant,
    produce: impl FnOnce(mpsc::Sender<Result<T, Status>>) -> F,
) -> Answers<T>
where
    T: Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(IN_FLIGHT);
    tokio::spawn(produce(sender));
    Box::pin(WhileWelcome {
        answers: Some(receiver),
        ended: Box::pin(grant.ended()),
    })
}

/// Answers, until their caller would be let in no longer. What was made and not sent by then stays.
struct WhileWelcome<T> {
    answers: Option<mpsc::Receiver<Result<T, Status>>>,
    ended: Pin<Box<dyn Future<Output = Status> + Send>>,
}

impl<T> Stream for WhileWelcome<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.answers.is_some()
            && let Poll::Ready(status) = self.ended.as_mut().poll(context)
        {
            self.answers = None;
            return Poll::Ready(Some(Err(status)));
        }
        match &mut self.answers {
            Some(answers) => answers.poll_recv(context),
            None => Poll::Ready(None),
        }
    }
}

/// Runs a question that may be refused where it holds nobody up.
async fn asking<T: Send + 'static>(
    world: World,
    question: impl FnOnce() -> Result<T, Status> + Send + 'static,
) -> Result<T, Status> {
    blocking(world, move || Ok(question())).await?
}

/// Runs what reads the disk, or takes long, where it holds nobody up.
async fn blocking<T: Send + 'static>(
    world: World,
    work: impl FnOnce() -> Result<T, ServerError> + Send + 'static,
) -> Result<T, Status> {
    match world.aside(work).await {
        Ok(done) => done.map_err(|error| status::failed(&error, false)),
        Err(error) => {
            tracing::error!(%error, "a call ended in a panic");
            Err(Status::internal(
                "The server made a mistake; its log has the details.",
            ))
        }
    }
}
