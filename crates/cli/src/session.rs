//! One command's work in one workspace: open it, resolve what is meant, record, answer.
//!
//! The folder's lock is held from opening to the last read or write, and let go of before anything is
//! printed: a pager that stands open keeps nobody out.

use quarterdeck_core::asked;
use quarterdeck_core::calendar::{CycleName, Date, FiscalStart, TimeZone, Timestamp};
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::{self, Author, Command};
use quarterdeck_core::event::{Entry, Metric, Source};
use quarterdeck_core::id::{CycleId, EventId, IdSource, KeyResultId, MemberId, Uuid};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::token::Status;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_core::when::{Moment, When};
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::number::{count, number, percent, with_unit};
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text;
use quarterdeck_sync::{AsOf, PendingCommand, Replica};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::parse::day;
use crate::random::Randomness;
use crate::resolve::Resolver;
use crate::view::{Time, View};

/// So many events of one command are told one by one.
const TOLD: usize = 10;

/// A workspace that a command works in.
#[derive(Debug)]
pub(crate) struct Session<'c> {
    /// What the command runs in.
    pub(crate) context: &'c Context,
    /// The device's copy of the workspace.
    pub(crate) replica: Replica,
    random: Option<Randomness>,
}

/// What a command recorded.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    entries: Vec<Entry>,
    /// Whether it waits to be sent.
    pending: bool,
}

impl Recorded {
    /// The same with what a later command recorded, to be answered as one.
    pub(crate) fn then(mut self, later: Self) -> Self {
        self.entries.extend(later.entries);
        self.pending = later.pending;
        self
    }

    /// It, told with the names of a state that has it.
    pub(crate) fn told(&self, names: &Names<'_>) -> json::Written {
        json::written(names, &self.entries, self.pending)
    }
}

impl<'c> Session<'c> {
    /// A session in an open workspace.
    pub(crate) fn new(context: &'c Context, replica: Replica) -> Self {
        context.output.rely_on(replica.health());
        Self {
            context,
            replica,
            random: None,
        }
    }

    /// The workspace as a person sees it, their own pending work included.
    pub(crate) fn state(&self) -> &State {
        self.replica.state()
    }

    /// Whose device this is.
    pub(crate) fn me(&self) -> MemberId {
        self.replica.identity().member.unwrap_or(MemberId::nil())
    }

    /// Finds what a person names.
    pub(crate) fn resolver(&self) -> Resolver<'_> {
        Resolver::new(self.state())
    }

    /// Today, where the workspace is.
    pub(crate) fn today(&self) -> Date {
        self.zone().date_of(self.context.now)
    }

    /// The workspace's time zone.
    pub(crate) fn zone(&self) -> TimeZone {
        self.state()
            .workspace
            .as_ref()
            .map_or_else(TimeZone::utc, |workspace| workspace.zone())
    }

    /// The first month of the workspace's fiscal year.
    pub(crate) fn fiscal(&self) -> FiscalStart {
        self.state()
            .workspace
            .as_ref()
            .and_then(|workspace| FiscalStart::new(workspace.fiscal_year_start).ok())
            .unwrap_or_default()
    }

    /// The source of this command's ids and salts.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub(crate) fn random(&mut self) -> Result<&mut Randomness, Failure> {
        self.parts().map(|(_, random)| random)
    }

    fn new_random(&self) -> Result<Randomness, Failure> {
        let device = self.replica.identity().device.id;
        let number = self
            .state()
            .devices
            .get(&device)
            .map_or(0, |device| device.number);
        self.context.randomness(device, number)
    }

    /// The cycle named, or the one that is meant where none is.
    ///
    /// # Errors
    /// It does not exist, or there is none at all.
    pub(crate) fn cycle_or_current(&self, cycle: Option<&str>) -> Result<CycleId, Failure> {
        match cycle {
            Some(cycle) => self.resolver().cycle(cycle),
            None => json::default_cycle(self.state(), self.today()).ok_or_else(|| self.no_cycle()),
        }
    }

    /// That there is no cycle to be meant, and how to begin one.
    pub(crate) fn no_cycle(&self) -> Failure {
        Failure::not_found("There is no cycle yet.").hint(format!(
            "plan one with `okr cycle new {}`",
            CycleName::quarter_of(self.today(), self.fiscal())
        ))
    }

    /// How a key result is measured.
    ///
    /// # Errors
    /// It does not exist.
    pub(crate) fn metric(&self, key_result: KeyResultId) -> Result<&Metric, Failure> {
        self.state()
            .key_results
            .get(&key_result)
            .map(|found| &found.metric)
            .ok_or_else(|| Refusal::not_found("key result", key_result).into())
    }

    /// The short reference of a thing.
    pub(crate) fn name(&self, subject: Subject) -> String {
        Names::new(self.state())
            .subject(subject)
            .map_or_else(|| subject.noun().to_owned(), |name| name.text)
    }

    /// The title or name of a thing.
    pub(crate) fn title(&self, subject: Subject) -> String {
        Names::new(self.state())
            .title(subject)
            .unwrap_or_else(|| subject.noun().to_owned())
    }

    /// How a key result stands now: `now 531 of 550 leads, 62 % done, on track`.
    pub(crate) fn standing(&self, key_result: KeyResultId) -> Option<String> {
        let names = Names::new(self.state());
        let shown = json::key_result_show(
            &names,
            &Pending::default(),
            key_result,
            self.today(),
            None,
            &|_| None,
        )?
        .key_result;
        let mut told = Vec::new();
        if let (Some(current), Some(target)) = (shown.current, shown.target) {
            let target = with_unit(target, shown.unit.as_deref());
            told.push(format!("now {} of {target}", number(current)));
        }
        told.extend(
            shown
                .progress
                .map(|share| format!("{} done", percent(share))),
        );
        // "100 % done" says it already.
        let status = shown.status.filter(|status| *status != Status::Done);
        told.extend(status.map(|status| status.word().to_owned()));
        Some(told.join(", "))
    }

    /// Which moment of the log is meant.
    ///
    /// # Errors
    /// The text names a moment that cannot be.
    pub(crate) fn moment(&self, when: &When, start: bool) -> Result<Moment, Failure> {
        asked::moment(self.state(), when, start, self.context.now)
            .map_err(|error| Failure::usage(format!("{error}.")))
    }

    /// What there is to see: now or as it was known then, with the figures of a day.
    ///
    /// # Errors
    /// The moment or day cannot be meant, or the log cannot be read.
    pub(crate) fn view(self, time: impl Into<Time>) -> Result<View<'c>, Failure> {
        let mut view = self.view_to_ask(time)?;
        view.release();
        Ok(view)
    }

    /// The same, where the log is going to be asked: the folder is held until it has answered, so that
    /// it is opened once.
    ///
    /// # Errors
    /// As for [`Self::view`].
    pub(crate) fn view_to_ask(mut self, time: impl Into<Time>) -> Result<View<'c>, Failure> {
        let Time { as_of, on } = time.into();
        let (as_of, on) = (as_of.as_ref(), on.as_deref());
        let today = self.today();
        let on = on.map(|on| day(on, today)).transpose()?;
        let moment = as_of.map(|when| self.moment(when, false)).transpose()?;
        if let Some(moment) = moment {
            self.is_in_the_past(moment)?;
        }
        let now = self.context.now;
        let mut past = self.replica.past(moment.map(up_to))?;
        let known_on = asked::day(&mut past, moment, now)?;
        let state = past.into_state();
        if state
            .as_ref()
            .is_some_and(|state| state.workspace.is_none())
        {
            return Err(
                Failure::not_found("There was no workspace yet at that moment.")
                    .hint("see when it began: `okr log`"),
            );
        }
        let day = (on.unwrap_or(known_on), on.is_some());
        Ok(View::new(self, state, moment.map(json::AsOf::from), day))
    }

    /// Sees to it that what is answered about a moment stays the answer: a position that the log does
    /// not reach is none; and it is said where a moment is yet to come.
    ///
    /// # Errors
    /// The log does not reach so far.
    pub(crate) fn is_in_the_past(&self, moment: Moment) -> Result<(), Failure> {
        let head = self.replica.confirmed().head;
        match moment {
            Moment::Position(position) if position > head => Err(Failure::not_found(format!(
                "The log on this machine ends at #{head}: there is no #{position} in it yet."
            ))
            .hint("fetch what is new with `okr sync`, or see the latest with `okr log`")),
            Moment::At(moment) if self.zone().date_of(moment) > self.today() => {
                self.context
                    .output
                    .note("that moment is yet to come: this is what is known by now");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The confirmed state as it was known at a moment of the log.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn state_at(&mut self, moment: Moment) -> Result<State, Failure> {
        Ok(self.replica.state_as_of(up_to(moment))?)
    }

    /// Carries out commands as one; on return they are on the disk.
    ///
    /// # Errors
    /// A rule says no, and nothing changed; or the folder failed.
    pub(crate) fn record(
        &mut self,
        commands: Vec<Command>,
        reason: Option<&str>,
    ) -> Result<Recorded, Failure> {
        let now_ms = self.context.now.ms();
        let (replica, random) = self.parts()?;
        let entries = replica.commit(commands, reason, now_ms, random)?;
        let pending = replica.pending_events() > 0;
        replica.release();
        Ok(Recorded { entries, pending })
    }

    /// Changes the key of this device.
    ///
    /// # Errors
    /// A rule says no, or the folder failed.
    pub(crate) fn rotate_key(&mut self, reason: Option<&str>) -> Result<Recorded, Failure> {
        let now_ms = self.context.now.ms();
        let (replica, random) = self.parts()?;
        let entries = replica.rotate_key(reason, now_ms, random)?;
        let pending = replica.pending_events() > 0;
        replica.release();
        Ok(Recorded { entries, pending })
    }

    /// The same for what was imported: each event says where it came from.
    ///
    /// # Errors
    /// As for [`Self::record`].
    pub(crate) fn record_imported(
        &mut self,
        commands: Vec<Command>,
        source: &Source,
        reason: &str,
    ) -> Result<Recorded, Failure> {
        let now_ms = self.context.now.ms();
        let (replica, random) = self.parts()?;
        let entries = replica.commit_imported(commands, source, Some(reason), now_ms, random)?;
        let pending = replica.pending_events() > 0;
        Ok(Recorded { entries, pending })
    }

    /// Gives a refused command again, with some of its fields put otherwise.
    ///
    /// # Errors
    /// It is refused once more, or the folder failed.
    pub(crate) fn retry(
        &mut self,
        id: EventId,
        set: &[(Field, Value)],
    ) -> Result<Recorded, Failure> {
        let now_ms = self.context.now.ms();
        let (replica, random) = self.parts()?;
        let entries = replica.shelf_retry(id, set, now_ms, random)?;
        let pending = replica.pending_events() > 0;
        replica.release();
        Ok(Recorded { entries, pending })
    }

    /// The replica, and the source of this command's ids and salts.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub(crate) fn parts(&mut self) -> Result<(&mut Replica, &mut Randomness), Failure> {
        let random = match self.random.take() {
            Some(random) => random,
            None => self.new_random()?,
        };
        Ok((&mut self.replica, self.random.insert(random)))
    }

    /// Whether a command would be accepted now. Nothing is recorded.
    ///
    /// # Errors
    /// The rule that says no.
    pub(crate) fn would_accept(&self, command: Command) -> Result<(), Refusal> {
        let state = self.state();
        let author = self.trial_author();
        decide::author(state, vec![command], None, &author, &mut NoIds, &mut |_| {
            [0; 32]
        })
        .map(|_| ())
    }

    /// Whoever sits here, for trying commands: what is authored so is not for the log.
    pub(crate) fn trial_author(&self) -> Author<'static> {
        Author {
            workspace: self.replica.identity().workspace,
            member: self.me(),
            device: self.replica.identity().device.id,
            number: 0,
            tip: None,
            authored: Hlc::at(self.context.now.ms()),
            seen: self.state().head,
            source: None,
        }
    }

    /// Says what was recorded, whether it waits to be sent, and which command is useful next.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn answer(
        &self,
        done: &Recorded,
        why: &str,
        command: &str,
    ) -> Result<Exit, Failure> {
        self.answer_with(done, None, why, command)
    }

    /// The same, and how a key result stands now.
    ///
    /// # Errors
    /// As for [`Self::answer`].
    pub(crate) fn answer_standing(
        &self,
        key_result: KeyResultId,
        done: &Recorded,
        why: &str,
        command: &str,
    ) -> Result<Exit, Failure> {
        self.answer_with(done, self.standing(key_result), why, command)
    }

    /// The same, and how what was changed stands now.
    ///
    /// # Errors
    /// As for [`Self::answer`].
    pub(crate) fn answer_with(
        &self,
        done: &Recorded,
        standing: Option<String>,
        why: &str,
        command: &str,
    ) -> Result<Exit, Failure> {
        let output = &self.context.output;
        let names = Names::new(self.state());
        let mut written = json::written(&names, &done.entries, done.pending);
        // A year planned along with its quarter is not what was asked for: the last event is.
        if let [.., _, last] = done.entries.as_slice() {
            let about = json::written(&names, std::slice::from_ref(last), done.pending);
            (written.reference, written.id, written.title) =
                (about.reference, about.id, about.title);
        }
        if output.json {
            output.value(&written)?;
            return Ok(Exit::Done);
        }
        let view = self.shown_for();
        let mut document = text::Document::new();
        for entry in done.entries.iter().take(TOLD) {
            let one = json::written(&names, std::slice::from_ref(entry), done.pending);
            document.append(text::written(&one, &view));
        }
        let untold = done.entries.len().saturating_sub(TOLD);
        if untold > 0 {
            let more = format!("and {} more", count(untold as u64, "event"));
            document.push(text::Line::new().muted(more));
        }
        if let Some(standing) = standing {
            document.paragraph(text::Style::Plain, &standing, 0, view.width);
        }
        document.hint(why, command);
        if done.pending {
            let waiting = count(self.replica.pending_events() as u64, "event");
            document.hint(&format!("{waiting} not sent yet"), "okr sync");
        }
        output.document(&document)?;
        Ok(Exit::Done)
    }

    /// For whom text is drawn.
    pub(crate) fn shown_for(&self) -> text::View {
        text::View {
            width: self.context.output.width(),
            zone: self.zone(),
            today: self.today(),
            reader: Some(Names::new(self.state()).person(self.me())),
        }
    }

    /// What is not recorded yet.
    pub(crate) fn pending(&self) -> Pending {
        Pending::of(&self.replica.pending_entries())
    }

    /// The events of a command that was refused, at no position of the log.
    pub(crate) fn unrecorded(command: &PendingCommand) -> Vec<Entry> {
        command
            .events()
            .map(|authored| Entry {
                seq: 0,
                recorded: Timestamp::from_ms(authored.event.authored.wall),
                hash: authored.hash,
                event: authored.event.clone(),
            })
            .collect()
    }
}

/// A moment, as a replica is asked about it.
const fn up_to(moment: Moment) -> AsOf {
    match moment {
        Moment::Position(position) => AsOf::Position(position),
        Moment::At(moment) => AsOf::Moment(moment),
    }
}

/// Commands to be tried make no ids: those of their bodies are there already.
struct NoIds;

impl IdSource for NoIds {
    fn next(&mut self) -> Uuid {
        Uuid::nil()
    }
}
