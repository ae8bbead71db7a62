//! `okr open`: the page of a cycle, in a browser.
//!
//! Where the workspace has a server, it shows the page and keeps it up to date; the server is asked for a link.
//! Elsewhere the page is written to a file by the same renderer, from this machine's copy.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use clap::{Args, value_parser};
use quarterdeck_core::asked;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::retro;
use quarterdeck_report::json::{self, Opened};
use quarterdeck_report::page;
use quarterdeck_sync::grpc::Grpc;
use quarterdeck_sync::grpc::query::CreateLinkRequest;
use quarterdeck_sync::{RemoteError, ServerUrl, SyncError};

use super::query::server;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::sink::Sink;
use crate::view::Time;
use crate::{browser, online};

/// Look at the page of a cycle in a browser.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr open
  okr open 2026-Q2
  okr open --print               the link, for another browser or a display
  okr open --print --minutes 60
  okr open --file                this machine's copy, as a file
  okr open --server okr://okr.example.com:7443/acme --print

The server shows the page, and it follows what others record. The link is good
once, for ten minutes unless --minutes says otherwise. Whoever opens it sees
the page as you do, and can change nothing. The browser keeps it for as long as
it is looked at and twelve hours more, or until the server is started anew.

Without a server the page is a file, as things are now.")]
pub(crate) struct Open {
    /// Which one [default: the one that is active].
    #[arg(add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Print the link, and open nothing.
    #[arg(long)]
    print: bool,
    /// For how many minutes the link can be opened, up to a day [default: 10].
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1440))]
    minutes: Option<u16>,
    /// From this machine's copy, as a file.
    #[arg(long, conflicts_with_all = ["minutes", "server"])]
    file: bool,
    /// Ask this server, with the token in OKR_TOKEN: okr://HOST:PORT/WORKSPACE[#FINGERPRINT].
    // Read later, so that whoever gives an invitation here does not find its secret in a message.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Speak without encryption to a server that is not on this machine.
    #[arg(long, requires = "server")]
    insecure_plaintext: bool,
}

/// How long a link is good unless it is said.
const MINUTES: u16 = 10;

impl Open {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let named = (self.server.as_deref())
            .map(str::parse::<ServerUrl>)
            .transpose();
        let named = named.map_err(|error| Failure::usage(format!("--server: {error}.")))?;
        if named.is_none() {
            let session = context.open()?;
            if self.file || session.replica.identity().remote.is_none() {
                return self.written(session);
            }
            if let Some(refusal) = session.replica.identity().copy_refusal() {
                return Err(refusal.into());
            }
            let waiting = session.replica.pending_events();
            if waiting > 0 {
                context.output.note(&format!(
                    "{} not sent yet; the page has it after `okr sync`",
                    match waiting {
                        1 => "1 event is".to_owned(),
                        many => format!("{many} events are"),
                    }
                ));
            }
        }
        self.served(context, named)
    }

    /// By a link of the server.
    fn served(self, context: &Context, named: Option<ServerUrl>) -> Result<Exit, Failure> {
        let of_token = named.is_some();
        let server = server::find(context, named, self.insecure_plaintext)?;
        let minutes = self.minutes.unwrap_or(MINUTES);
        let asked = CreateLinkRequest {
            workspace: server.workspace,
            cycle: self.cycle.unwrap_or_default(),
            valid_seconds: u64::from(minutes) * 60,
        };
        let made = online::run(async {
            let remote = Grpc::connect(&server.address).await?;
            remote.link(asked).await
        })?
        .map_err(|error| failure(error, of_token))?;
        let opened = Opened {
            schema: json::Schema,
            url: made.url,
            expires: Some(Timestamp::from_ms(made.expires_ms)),
            file: None,
            cycle: (!made.cycle.is_empty()).then_some(made.cycle),
            browser: false,
        };
        let note = match minutes {
            1 => "within a minute".to_owned(),
            minutes => format!("within {minutes} minutes"),
        };
        let note = format!("the link is good once, {note}; whoever opens it sees the page as you");
        show(context, opened, self.print, Some(&note))
    }

    /// By a file.
    fn written(self, session: Session<'_>) -> Result<Exit, Failure> {
        if self.minutes.is_some() {
            return Err(Failure::usage("A file needs no link.").hint("leave out --minutes"));
        }
        let context = session.context;
        let mut view = session.view(Time::default())?;
        let cycle = match &self.cycle {
            Some(cycle) => view.resolver().cycle(cycle)?,
            None => asked::default_cycle(view.state(), view.on()).ok_or_else(|| view.no_cycle())?,
        };
        let state = view.state();
        let name = (state.cycles.get(&cycle)).map_or_else(String::new, |it| it.name.clone());
        let workspace = (state.workspace.as_ref()).map_or("workspace", |it| it.name.as_str());
        let folder = context.home.join("pages").join(file_name(workspace));
        let file = folder.join(format!("{}.html", file_name(&name)));
        let on = view.on();
        let retro = retro::Asked {
            cycle,
            compare: None,
            on,
            day_was_named: false,
            as_of: None,
        };
        let asked = page::Asked { retro, live: None };
        let made = view.ask(|past| page::page(past, &asked))?;
        let made = made.ok_or_else(|| view.no_cycle())?;
        private_folder(&folder).map_err(|error| Failure::file("make", &folder, &error))?;
        let mut sink = Sink::open(&context.output, Some(&file))?;
        if let Err(error) = sink.write_all(made.html.as_bytes()) {
            sink.failed(error)?;
        }
        sink.finish()?;
        let file = std::path::absolute(&file).unwrap_or(file);
        let opened = Opened {
            schema: json::Schema,
            url: file_url(&file),
            expires: None,
            file: Some(file.display().to_string()),
            cycle: Some(name),
            browser: false,
        };
        show(context, opened, self.print, None)
    }
}

/// Gives it to a browser, or to whoever asked.
fn show(
    context: &Context,
    mut opened: Opened,
    print: bool,
    note: Option<&str>,
) -> Result<Exit, Failure> {
    let output = &context.output;
    let wanted = !print && !output.json && !output.is_captured();
    opened.browser = wanted && browser::open(&opened.url)?;
    if output.json {
        output.value(&opened)?;
        return Ok(Exit::Done);
    }
    if opened.browser {
        let of = (opened.cycle.as_ref()).map_or_else(String::new, |cycle| format!(" of {cycle}"));
        let of = quarterdeck_report::text::clean(&of).into_owned();
        output.line(&format!("The page{of} opens in your browser."))?;
        return Ok(Exit::Done);
    }
    if wanted {
        output.note("there is no browser to open here");
    }
    output.line(
        opened
            .file
            .as_ref()
            .filter(|_| !print)
            .unwrap_or(&opened.url),
    )?;
    if let Some(note) = note {
        output.note(note);
    }
    Ok(Exit::Done)
}

/// What a question that got no link ends with.
fn failure(error: RemoteError, of_token: bool) -> Failure {
    match error {
        RemoteError::Unreachable(_) if !of_token => Failure {
            hint: Some("what this machine has, as a file: `okr open --file`".to_owned()),
            ..Failure::from(SyncError::from(error))
        },
        RemoteError::Refused(refusal) if refusal.code == Code::NotFound => refusal.into(),
        other => server::failure(other, of_token),
    }
}

/// The most characters of a name that becomes a file's.
const MAX_FILE_NAME: usize = 100;

/// A name that somebody wrote, as that of a file or folder: no separator, no beginning with a dot, and no longer
/// than a file system takes.
fn file_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = (name.chars())
        .take(MAX_FILE_NAME)
        .map(|c| if plain(c) { c } else { '-' })
        .collect();
    match name.trim_start_matches('.') {
        "" => "page".to_owned(),
        name => name.to_owned(),
    }
}

/// A folder that only its owner looks into.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A file as a browser takes it.
fn file_url(file: &Path) -> String {
    let path = file.display().to_string().replace('\\', "/");
    let mut url = String::from(if path.starts_with('/') {
        "file://"
    } else {
        "file:///"
    });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/:".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_a_file_and_a_file_an_address() {
        assert_eq!(file_name("2026-Q3"), "2026-Q3");
        assert_eq!(file_name("../Q3 / north"), "-Q3---north");
        assert_eq!(file_name(".."), "page");
        assert_eq!(file_name("/etc/cron.d"), "-etc-cron.d");
        assert_eq!(file_name("a\0b\n"), "a-b-");
        assert_eq!(file_name(&"x".repeat(300)).len(), MAX_FILE_NAME);
        let file = Path::new("/home/ana b/pages/acme/ü.html");
        assert_eq!(
            file_url(file),
            "file:///home/ana%20b/pages/acme/%C3%BC.html"
        );
    }
}
