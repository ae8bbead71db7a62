//! Sentences whose parts say what they name, so that whoever shows them can link a name.

use crate::act::Act;
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::id::{MemberId, ObjectiveId};
use crate::value::Subject;

/// What a sentence tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// How the whole cycle went.
    Score,
    /// How the cycle went that it is compared with.
    Compared,
    /// What went furthest, or fell back, since mid-quarter.
    Course,
    /// What was deferred or dropped.
    SetAside,
    /// A goal that was moved.
    Moved,
    /// What joined after the beginning.
    Added,
    /// What reached its target.
    Reached,
    /// What ended in the red.
    Short,
    /// What did not move for weeks.
    Stall,
    /// What was gained at the very end.
    Surge,
    /// A grade that is not the computed one.
    Grade,
    /// What came late or was corrected.
    Late,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Compared => "compared",
            Self::Course => "course",
            Self::SetAside => "set aside",
            Self::Moved => "moved",
            Self::Added => "added",
            Self::Reached => "reached",
            Self::Short => "short",
            Self::Stall => "stall",
            Self::Surge => "surge",
            Self::Grade => "grade",
            Self::Late => "late",
        }
    }
}

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words of ours.
    Text(String),
    /// Words of somebody's: a reason, an author's name.
    Said(String),
    /// A member.
    Person(MemberId),
    /// A cycle, an objective or a key result, by its title.
    Goal(Subject),
    /// A number with its unit.
    Number(Decimal, Option<String>),
    /// A score, grade or confidence, 0 to 1.
    Share(Decimal),
    /// A day.
    Date(Date),
}

/// A sentence of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What it tells.
    pub kind: Kind,
    /// How much it matters against the others; see [`super`].
    pub weight: i64,
    /// The objective of which it tells; none for the whole cycle.
    pub objective: Option<ObjectiveId>,
    /// Its parts, to be put behind one another as they are.
    pub parts: Vec<Part>,
    /// Positions of the entries behind it, in order, each once.
    pub entries: Vec<u64>,
}

/// A sentence under construction.
#[derive(Debug, Default)]
pub(in crate::retro) struct Words(Vec<Part>);

impl Words {
    pub(in crate::retro) fn text(self, text: impl Into<String>) -> Self {
        self.with(Part::Text(text.into()))
    }

    /// A goal's title between marks.
    pub(in crate::retro) fn goal(self, goal: Subject) -> Self {
        self.text("‘").with(Part::Goal(goal)).text("’")
    }

    pub(in crate::retro) fn cycle(self, cycle: crate::id::CycleId) -> Self {
        self.with(Part::Goal(Subject::Cycle(cycle)))
    }

    pub(in crate::retro) fn share(self, share: Decimal) -> Self {
        self.with(Part::Share(share))
    }

    pub(in crate::retro) fn number(self, number: Decimal, unit: Option<&str>) -> Self {
        self.with(Part::Number(number, unit.map(str::to_owned)))
    }

    pub(in crate::retro) fn date(self, day: Date) -> Self {
        self.with(Part::Date(day))
    }

    pub(in crate::retro) fn person(self, member: MemberId) -> Self {
        self.with(Part::Person(member))
    }

    /// Whoever did something; where it was imported, whoever wrote it there.
    pub(in crate::retro) fn by(self, act: &Act) -> Self {
        match &act.source {
            Some(source) => self.with(Part::Said(source.author.clone())),
            None => self.person(act.member),
        }
    }

    /// What somebody said, between marks and cut to one line, behind a colon.
    pub(in crate::retro) fn because(self, said: Option<&str>) -> Self {
        match said.map(first_line).filter(|line| !line.is_empty()) {
            Some(line) => self.text(": “").with(Part::Said(line)).text("”."),
            None => self.text("."),
        }
    }

    fn with(mut self, part: Part) -> Self {
        match (self.0.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(more)) => before.push_str(&more),
            (_, part) => self.0.push(part),
        }
        self
    }

    pub(in crate::retro) fn parts(self) -> Vec<Part> {
        self.0
    }

    pub(super) fn sentence(
        self,
        (kind, weight): (Kind, i64),
        objective: Option<ObjectiveId>,
        mut entries: Vec<u64>,
    ) -> Sentence {
        entries.retain(|seq| *seq > 0);
        entries.sort_unstable();
        entries.dedup();
        Sentence {
            kind,
            weight,
            objective,
            parts: self.0,
            entries,
        }
    }
}

/// Of what somebody said so many characters at most go into a sentence.
const LONGEST: usize = 120;

fn first_line(said: &str) -> String {
    let line = said.lines().map(str::trim).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let cut: String = line.chars().take(LONGEST).collect();
    if cut.len() < line.len() {
        return format!("{}…", cut.trim_end());
    }
    // The sentence ends with a full stop of its own.
    line.trim_end_matches('.').to_owned()
}

/// A number up to twelve as a word.
pub(in crate::retro) fn spelled(many: u64) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    let word = usize::try_from(many).ok().and_then(|at| WORDS.get(at));
    word.map_or_else(|| many.to_string(), |word| (*word).to_owned())
}

/// A number of things: `one week`, `five weeks`.
pub(in crate::retro) fn counted(many: u64, noun: &str) -> String {
    let plural = if many == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", spelled(many))
}

/// The same at the beginning of a sentence.
pub(in crate::retro) fn counted_first(many: u64, noun: &str) -> String {
    let counted = counted(many, noun);
    let mut letters = counted.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
