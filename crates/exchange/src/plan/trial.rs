//! Trying a command against the rule book, and seeing the workspace as it would be after it.

use quarterdeck_core::decide::{self, Author, Command};
use quarterdeck_core::id::IdSource;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;

/// A workspace as it would be.
#[derive(Clone)]
pub(super) struct Trial<'a> {
    pub(super) state: State,
    author: Author<'a>,
}

impl<'a> Trial<'a> {
    pub(super) fn new(state: &State, author: Author<'a>) -> Self {
        Self {
            state: state.clone(),
            author,
        }
    }

    /// Carries a command out, here alone.
    pub(super) fn take(
        &mut self,
        command: &Command,
        ids: &mut dyn IdSource,
    ) -> Result<(), Refusal> {
        let author = Author {
            seen: self.state.head,
            ..self.author
        };
        // What an import does, it does for a reason: the document.
        let reason = Some("import");
        let entries = decide::author(
            &self.state,
            vec![command.clone()],
            reason,
            &author,
            ids,
            &mut |_| [0; 32],
        )?;
        for entry in &entries {
            self.state.apply(entry);
        }
        Ok(())
    }
}
