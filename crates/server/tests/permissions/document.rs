//! `docs/permissions.md`, made of the tables that the other tests hold the server to.

use std::fmt::Write as _;
use std::path::Path;

use quarterdeck_core::token::Role;

use crate::calls::{May, ROWS, expected};
use crate::kinds::{KINDS, Least};
use crate::scene::Who;

const HEAD: &str = "# Who may do what

Made by a test from the tables that it holds the server to: every call by everybody who might make it, every kind
of event by every role. What has no row is refused. To make it anew:
`UPDATE_DOCS=1 cargo test -p quarterdeck-server --test permissions document`.

";

const CALLS: &str = "## Calls

| call | owner | editor | contributor | viewer | client without a device | operator, by the socket | anybody |
|---|---|---|---|---|---|---|---|
";

const TURNED_AWAY: &str = "
The first four columns are devices of members; a client without a device may what its member may, where it says so.
*by the event* means that the call is open, and what is sent through it is judged event by event (below). Everybody else is
turned away from every call that is not anybody's, before it is looked at:

| who | told |
|---|---|
| without a token, or with a header that is none | `UNAUTHENTICATED`, `NO_TOKEN` |
| with a token that nobody was given | `UNAUTHENTICATED`, `UNKNOWN_CREDENTIALS` |
| with a token that has lapsed | `UNAUTHENTICATED`, `TOKEN_EXPIRED` |
| with a token that was revoked | `UNAUTHENTICATED`, `TOKEN_REVOKED` |
| a device that was revoked, or anybody of a member who was removed | `PERMISSION_DENIED`, `DEVICE_REVOKED` |
| a member of another workspace | what never existed gets the same answer: `NOT_FOUND` or `WRONG_WORKSPACE` |
| anybody, who asks for a call that has no row | `UNIMPLEMENTED`, `NO_SUCH_CALL` |

A stream that is open ends with the same word as soon as a call would be turned away. A role that changes holds from the
next event on.

";

const EVENTS: &str = "## Events

What a device may push, and what a command of `CommandService` may record on a member's behalf. A server's own acts (members,
invitations, devices and their keys) are an operator's or an owner's, by `AdminService`. What was imported, and says so, takes an editor
in any case.

| event | about | owner | editor | contributor | viewer |
|---|---|---|---|---|---|
";

fn mark(may: bool) -> &'static str {
    if may { "yes" } else { "no" }
}

fn document() -> String {
    let mut text = format!("{HEAD}{CALLS}");
    for row in ROWS {
        let name = row.call.trim_start_matches('/');
        let _ = write!(text, "| `{name}` ");
        let clients = Role::ALL.iter().map(|role| Who::Client(*role));
        let some_client = clients.into_iter().any(|who| expected(row, who).is_ok());
        let pushes = name.ends_with("/Push");
        for role in Role::ALL.iter().copied() {
            let may = expected(row, Who::Device(role)).is_ok();
            let shown = if pushes { "by the event" } else { mark(may) };
            let _ = write!(text, "| {shown} ");
        }
        let client = match row.may {
            May::TokenOf(_) | May::Owner => "as its member",
            _ => mark(some_client),
        };
        let _ = write!(text, "| {client} ");
        let operator = mark(expected(row, Who::Operator).is_ok());
        let anybody = mark(expected(row, Who::NoToken).is_ok());
        let _ = writeln!(text, "| {operator} | {anybody} |");
    }
    text.push_str(TURNED_AWAY);
    text.push_str(EVENTS);
    for kind in KINDS {
        let about = if kind.about.is_empty() {
            ""
        } else {
            kind.about
        };
        let _ = write!(text, "| `{}` | {about} ", kind.payload);
        for role in Role::ALL.iter().copied() {
            let may = match kind.least {
                Least::Of(least) => role.covers(least),
                Least::Nobody => false,
            };
            let _ = write!(text, "| {} ", mark(may));
        }
        text.push_str("|\n");
    }
    text
}

#[test]
fn the_document_says_what_the_tests_hold_the_server_to() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions.md");
    let text = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "docs/permissions.md is not up to date; run this test with UPDATE_DOCS=1"
    );
}
