//! What a question sees: a workspace as of a moment, on a day, with names.
//!
//! The counterpart of a command's view on a device. What is meant by a moment, a day, a cycle or a
//! name, and how a closed cycle reads, is core's to say; the same words are asked of it here.

use std::sync::Arc;

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::id::{CycleId, MemberId};
use quarterdeck_core::past::Past as _;
use quarterdeck_core::reference::{Things, Unclear};
use quarterdeck_core::refusal::{Code as Why, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::{self, Moment, When};
use quarterdeck_core::{asked, closing, outcome};
use quarterdeck_proto::v1::{self, as_of};
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use tonic::Status;

use crate::lookup;
use crate::status::{invalid, refused};
use crate::workspace::{Workspace, WorkspacePast};

/// Who asks, when, and of which time.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) as_of: Option<v1::AsOf>,
    pub(super) on: String,
    pub(super) now: Timestamp,
    pub(super) me: MemberId,
}

/// A workspace as it is, or as it was known. Making one and asking it blocks.
#[derive(Debug)]
pub(super) struct View {
    workspace: Arc<Workspace>,
    /// The log up to what is seen; of a closed cycle, up to its closing.
    pub(super) past: WorkspacePast,
    /// What is seen where that is not the fold of just that log.
    instead: Option<State>,
    moment: Option<Moment>,
    now: Timestamp,
    me: MemberId,
    on: Date,
    day_was_named: bool,
    is_closed: bool,
}

impl View {
    pub(super) fn open(workspace: &Arc<Workspace>, asked: Asked) -> Result<Self, Status> {
        let Asked { as_of, on, now, me } = asked;
        let moment = moment(&workspace.state(), as_of, now)?;
        let head = workspace.state().head;
        if let Some(Moment::Position(position)) = moment
            && position > head
        {
            return Err(invalid(
                "as_of",
                format!("the log ends at #{head}: there is no #{position} in it yet"),
            ));
        }
        let mut past = workspace.past(moment)?;
        let today = asked::zone(&workspace.state()).date_of(now);
        let named = match on.as_str() {
            "" => None,
            on => {
                Some(when::parse_day(on, today).map_err(|error| invalid("on", error.to_string()))?)
            }
        };
        Ok(Self {
            workspace: Arc::clone(workspace),
            on: match named {
                Some(day) => day,
                None => asked::day(&mut past, moment, now)?,
            },
            past,
            instead: None,
            moment,
            now,
            me,
            day_was_named: named.is_some(),
            is_closed: false,
        })
    }

    /// It, if there was a workspace already.
    pub(super) fn begun(self) -> Result<Self, Status> {
        if self.state().workspace.is_none() {
            let message = "There was no workspace yet at that moment.";
            return Err(refused(&Refusal::new(Why::NotFound, message)));
        }
        Ok(self)
    }

    /// What is seen.
    pub(super) fn state(&self) -> &State {
        (self.instead.as_ref()).unwrap_or_else(|| self.past.state())
    }

    /// The names of what is seen.
    pub(super) fn names(&self) -> Names<'_> {
        Names::new(self.state())
    }

    /// The day that figures are of.
    pub(super) const fn on(&self) -> Date {
        self.on
    }

    /// That day, where one was asked for.
    pub(super) fn named_day(&self) -> Option<Date> {
        self.day_was_named.then_some(self.on)
    }

    /// The day from which one looks back on what is over: the one that was asked for, else today.
    pub(super) fn looked_at_from(&self) -> Date {
        (self.named_day()).unwrap_or_else(|| outcome::looked_at_from(self.state(), self.on))
    }

    /// As of which moment it is seen; none for the present.
    pub(super) const fn moment(&self) -> Option<Moment> {
        self.moment
    }

    /// The same, as it is told.
    pub(super) fn as_of(&self) -> Option<json::AsOf> {
        self.moment.map(json::AsOf::from)
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    /// Sees something in a closed cycle, or that cycle, as at its closing, unless a day was asked for.
    pub(super) fn or_closed(&mut self, subject: Subject) -> Result<(), Status> {
        if self.day_was_named {
            return Ok(());
        }
        if let Some(seen) = closing::seen(&mut self.past, subject)? {
            let position = Moment::Position(seen.state.head);
            self.past = self.workspace.past(Some(position))?;
            self.on = seen.on.unwrap_or(self.on);
            self.instead = Some(seen.state);
            self.is_closed = true;
        }
        Ok(())
    }

    /// The cycle that was named, or the one that is meant, seen as at its closing where it is closed.
    pub(super) fn of_cycle(&mut self, named: Option<CycleId>) -> Result<Option<CycleId>, Status> {
        let cycle = named.or_else(|| asked::default_cycle(self.state(), self.on));
        if let Some(cycle) = cycle {
            self.or_closed(Subject::Cycle(cycle))?;
        }
        Ok(cycle)
    }

    /// Puts closed cycles back to how they were closed, unless a day was asked for.
    pub(super) fn settle(&mut self) -> Result<(), Status> {
        if self.day_was_named || self.is_closed {
            return Ok(());
        }
        if let Some(settled) = closing::settled(&mut self.past)? {
            self.instead = Some(settled);
        }
        Ok(())
    }

    /// A moment in words; none where the field is empty.
    pub(super) fn moment_of(
        &self,
        field: &str,
        words: &str,
        start: bool,
    ) -> Result<Option<Moment>, Status> {
        if words.is_empty() {
            return Ok(None);
        }
        in_words(&self.workspace.state(), (field, words), start, self.now).map(Some)
    }

    /// What a field names; none where it is empty.
    pub(super) fn named<'a, T>(
        &'a self,
        query: &str,
        find: impl FnOnce(Things<'a>, &str) -> Result<T, Unclear<'a>>,
    ) -> Result<Option<T>, Status> {
        if query.is_empty() {
            return Ok(None);
        }
        find(Things::new(self.state()), query)
            .map(Some)
            .map_err(|found| refused(&lookup::unclear(query, &found)))
    }

    /// The cycle that a field names.
    pub(super) fn cycle(&self, query: &str) -> Result<Option<CycleId>, Status> {
        self.named(query, |things, query| things.cycle(query))
    }

    /// The member that a field names; `me` is whoever asks.
    pub(super) fn member(&self, query: &str) -> Result<Option<MemberId>, Status> {
        self.named(query, |things, query| things.member(query, self.me))
    }
}

/// The moment as of which a question is asked; none for the present.
pub(super) fn moment(
    present: &State,
    as_of: Option<v1::AsOf>,
    now: Timestamp,
) -> Result<Option<Moment>, Status> {
    let moment = match as_of.and_then(|as_of| as_of.moment) {
        None => return Ok(None),
        Some(as_of::Moment::Position(position)) => Moment::Position(position),
        Some(as_of::Moment::TimeMs(time)) => Moment::At(Timestamp::from_ms(time)),
        Some(as_of::Moment::Words(words)) => {
            in_words(present, ("as_of.words", &words), false, now)?
        }
    };
    match moment {
        Moment::Position(position) if position == 0 || position > present.head => {
            let what = format!("is {position}; the log goes from 1 to {}", present.head);
            Err(invalid("as_of.position", what))
        }
        moment => Ok(Some(moment)),
    }
}

fn in_words(
    present: &State,
    (field, words): (&str, &str),
    start: bool,
    now: Timestamp,
) -> Result<Moment, Status> {
    let wrong = |error: when::WhenError| invalid(field, error.to_string());
    let when: When = words.parse().map_err(wrong)?;
    asked::moment(present, &when, start, now).map_err(wrong)
}
