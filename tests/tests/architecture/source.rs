//! Which paths and macros a Rust source mentions in its code.
//!
//! The source is read as tokens, so comments, documentation and strings mention nothing, a grouped import
//! mentions each of its paths, and what stands in a macro's arguments counts. Items under `cfg(test)` or
//! `#[test]` are left out. A path is as written: an alias is not followed, but the import that made it
//! is seen.

use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path or a macro, and its line.
#[derive(Debug)]
pub(crate) struct Mention {
    segments: Vec<String>,
    pub(crate) line: usize,
}

impl Mention {
    /// Whether the name, such as `std::fs` or `println!`, is this path or a part of it.
    pub(crate) fn is_of(&self, name: &str) -> bool {
        let wanted: Vec<&str> = name.split("::").collect();
        self.segments
            .windows(wanted.len())
            .any(|part| part == wanted)
    }
}

/// What a source mentions.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) mentions: Vec<Mention>,
    /// Modules in files of their own that are there for tests only.
    pub(crate) test_modules: Vec<String>,
}

/// Reads a source; an error is the line and column that can't be read, and why.
pub(crate) fn read(text: &str) -> Result<Source, String> {
    let tokens = TokenStream::from_str(text).map_err(|error| {
        let at = error.span().start();
        format!("{}:{}: {error}", at.line, at.column)
    })?;
    let mut source = Source::default();
    source.walk(tokens);
    Ok(source)
}

type Tokens = std::iter::Peekable<proc_macro2::token_stream::IntoIter>;

impl Source {
    fn walk(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(first) => {
                    let line = first.span().start().line;
                    self.path(vec![first.to_string()], line, &mut tokens);
                }
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    let is_inner = take_mark(&mut tokens, '!');
                    let Some(attribute) = take_brackets(&mut tokens) else {
                        continue;
                    };
                    if is_for_tests(attribute.stream()) {
                        if is_inner {
                            return;
                        }
                        self.skip_item(&mut tokens);
                    }
                }
                TokenTree::Group(group) => self.walk(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Goes on with a path whose beginning is given, through a group of imports as well.
    fn path(&mut self, mut segments: Vec<String>, line: usize, tokens: &mut Tokens) {
        loop {
            if !is_mark(tokens.peek(), ':') {
                break;
            }
            tokens.next();
            // A single colon gives a type: the path is over.
            if !take_mark(tokens, ':') {
                break;
            }
            match tokens.peek() {
                Some(TokenTree::Ident(next)) => {
                    segments.push(next.to_string());
                    tokens.next();
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    let group = group.stream();
                    tokens.next();
                    self.imports(&segments, line, group);
                    return;
                }
                // `::<` of generics, or `::*`.
                _ => break,
            }
        }
        // A macro, unless the mark belongs to `!=`.
        let mut ahead = tokens.clone();
        if take_mark(&mut ahead, '!')
            && !is_mark(ahead.peek(), '=')
            && let Some(last) = segments.last_mut()
        {
            last.push('!');
        }
        self.mentions.push(Mention { segments, line });
    }

    fn imports(&mut self, beginning: &[String], line: usize, group: TokenStream) {
        // For `self` and `*`, which name no more than this.
        self.mentions.push(Mention {
            segments: beginning.to_vec(),
            line,
        });
        let mut tokens = group.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(next) if next != "self" => {
                    let mut segments = beginning.to_vec();
                    segments.push(next.to_string());
                    self.path(segments, next.span().start().line, &mut tokens);
                }
                _ => {}
            }
        }
    }

    /// Leaves out what an attribute stands before: up to its body, or to its semicolon.
    fn skip_item(&mut self, tokens: &mut Tokens) {
        let mut before = String::new();
        for token in tokens.by_ref() {
            match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
                TokenTree::Punct(mark) if mark.as_char() == ';' => return,
                TokenTree::Ident(name) => {
                    if before == "mod" {
                        self.test_modules.push(name.to_string());
                    }
                    before = name.to_string();
                }
                _ => {}
            }
        }
    }
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

fn take_mark(tokens: &mut Tokens, mark: char) -> bool {
    let found = is_mark(tokens.peek(), mark);
    if found {
        tokens.next();
    }
    found
}

fn take_brackets(tokens: &mut Tokens) -> Option<Group> {
    match tokens.peek() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
            let group = group.clone();
            tokens.next();
            Some(group)
        }
        _ => None,
    }
}

/// Whether an attribute is `test`, or `cfg(…)` with `test` somewhere in it and no `not`.
fn is_for_tests(attribute: TokenStream) -> bool {
    let mut tokens = attribute.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(name)), None) => name == "test",
        (Some(TokenTree::Ident(name)), Some(TokenTree::Group(condition))) => {
            name == "cfg"
                && contains(condition.stream(), "test")
                && !contains(condition.stream(), "not")
        }
        _ => false,
    }
}

fn contains(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(found) => found == name,
        TokenTree::Group(group) => contains(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines on which a source mentions a name.
    fn lines(name: &str, text: &str) -> Vec<usize> {
        let source = read(text).unwrap();
        let found = source.mentions.iter();
        found
            .filter(|it| it.is_of(name))
            .map(|it| it.line)
            .collect()
    }

    #[test]
    fn paths_are_found_however_they_are_written() {
        assert_eq!(lines("std::fs", "use std::fs;"), [1]);
        assert_eq!(lines("std::fs", "use std::fs::{*};"), [1]);
        assert_eq!(lines("std::fs", "fn f() {\n  ::std::fs::read(x);\n}"), [2]);
        assert_eq!(
            lines("std::fs", "use std::{\n io,\n fs::{self, File},\n};"),
            [3, 3]
        );
        assert_eq!(
            lines(
                "std::time::SystemTime",
                "use std::{time::{Duration, SystemTime}};"
            ),
            [1]
        );
        assert_eq!(
            lines("SystemTime::now", "let t = time::SystemTime::now();"),
            [1]
        );
        assert_eq!(lines("std::env", "call!(a, { std::env::var(\"A\") })"), [1]);
        assert_eq!(
            lines(
                "std::io::stdout",
                "use std::io as it; let s = std::io::stdout();"
            ),
            [1]
        );
        assert_eq!(lines("async", "pub async fn f() {}"), [1]);
    }

    #[test]
    fn macros_are_found_and_told_from_operators() {
        assert_eq!(lines("println!", "fn f() { std::println!(\"x\"); }"), [1]);
        assert_eq!(
            lines("println!", "fn println() -> bool { println != other }"),
            [0; 0]
        );
        assert_eq!(lines("print!", "println!();"), [0; 0]);
    }

    #[test]
    fn comments_strings_and_likenesses_mention_nothing() {
        let text = r##"
            //! std::fs and println!("x")
            /* std::fs /* std::fs */ */
            /// Uses [`std::fs`].
            fn f() -> &'static str { let c = '"'; r#"std::fs "quoted" println!()"# }
            fn std_fs() { fs::read(); my::std_fs::x(); let std: fs = 1; }
        "##;
        assert_eq!(lines("std::fs", text), [0; 0]);
        assert_eq!(lines("println!", text), [0; 0]);
    }

    #[test]
    fn tests_are_left_out_and_nothing_else() {
        let text = "
            #[cfg(test)] use std::fs::File;
            #[cfg(all(test, unix))] #[allow(x)] mod inline { use std::fs; }
            #[cfg(test)] mod apart;
            #[test] fn t() { std::fs::read(x); }
            #[cfg(not(test))] use std::fs;
            fn after() { std::fs::read(x); }
        ";
        assert_eq!(lines("std::fs", text), [6, 7]);
        assert_eq!(read(text).unwrap().test_modules, ["inline", "apart"]);
        assert_eq!(lines("std::fs", "#![cfg(test)]\nuse std::fs;"), [0; 0]);
    }

    #[test]
    fn what_is_no_rust_is_an_error_with_its_place() {
        assert!(read("fn f() {\n  (").unwrap_err().starts_with('2'));
    }
}
