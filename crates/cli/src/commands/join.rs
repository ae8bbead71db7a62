//! `okr join`: become a device of a workspace that others have begun.

use std::io::{BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use quarterdeck_core::id::{DeviceId, WorkspaceId};
use quarterdeck_report::text;
use quarterdeck_sync::identity::Secret;
use quarterdeck_sync::join::{Join as Joining, join};
use quarterdeck_sync::{Invite, Replica};

use crate::context::{Context, private_folder, workspaces};
use crate::error::{Exit, Failure};
use crate::online;
use crate::progress::Bar;
use crate::session::Session;

/// No invitation is longer, in bytes.
const LONGEST: u64 = 4096;

/// Join a workspace by an invitation. It lets one device in, once.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr join \"okr://okr.example.com:7443/0198c5a2-7d1e-7c3b-9f00-5b1f0a7c2d4e#SECRET\"
  okr join \"$URL\" --device lisbon-laptop

Whoever runs the server makes invitations: okrd invite")]
pub(crate) struct Join {
    /// The invitation, or - to be asked for it or read it from standard input.
    url: String,
    /// What this machine is called in the workspace [default: its host name].
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Join although this machine is a device of the workspace already, such as a revoked one. Its
    /// folder is set aside, with what was not sent.
    #[arg(long)]
    again: bool,
    /// Speak without encryption to a server that is not on this machine.
    #[arg(long)]
    insecure_plaintext: bool,
}

impl Join {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let invite = read_invite(context, &self.url)?;
        let folder = Folder::for_join(context, &invite, self.again)?;
        let device_name = self.device.unwrap_or_else(|| context.device_name());
        // The same seed on two machines is no reason for the same key: the invitations differ.
        let apart = DeviceId::from_bytes(first_half(&invite.key().public().0));
        let mut random = context.randomness(apart, 0)?;
        let mut bar = Bar::new(&context.output);
        let joined = online::run(async {
            let mut remote = online::connect_to(&invite.remote(self.insecure_plaintext)).await?;
            let joining = Joining {
                dir: &folder.path,
                invite: &invite,
                device_name,
                plaintext: self.insecure_plaintext,
                options: Context::options(),
                now_ms: context.now.ms(),
            };
            join(joining, &mut remote, &mut random, &mut |progress| {
                online::show(&mut bar, progress);
            })
            .await
            .map_err(Failure::from)
        })?;
        drop(bar);
        let report = match joined {
            Ok((replica, report)) => {
                drop(replica);
                report
            }
            Err(failure) => {
                // Let in, but cut off before the log was here: the next sync goes on.
                let joined = folder.settle(context)?.is_some();
                if !joined && failure.exit != Exit::Unreachable {
                    folder.clear();
                }
                return Err(failure);
            }
        };
        let folder = folder.settle(context)?.unwrap_or(folder.path);
        let session = Session::new(context, Replica::open(&folder, Context::options())?);
        if !context.output.json {
            let member = session.state().member_name(session.me());
            let name = session.title(quarterdeck_core::value::Subject::Workspace);
            context.output.line(&format!(
                "Joined workspace {} as {}.",
                text::clean(&name),
                text::clean(member)
            ))?;
        }
        let exit = super::sync::tell(&session, &report)?;
        context.output.hint("see how it is going", "okr status")?;
        Ok(exit)
    }
}

/// Reads an invitation, where it is `-` from standard input; its secret is in no message.
pub(super) fn read_invite(context: &Context, url: &str) -> Result<Invite, Failure> {
    let asked = if url == "-" {
        Some(ask(context)?)
    } else {
        None
    };
    let url = asked.as_ref().map_or(url, |asked| asked.reveal());
    url.parse()
        .map_err(|error: quarterdeck_sync::invite::InviteError| {
            let shown = url.split('#').next().unwrap_or_default();
            Failure::usage(format!("'{shown}': {error}."))
        })
}

/// One line of standard input.
fn ask(context: &Context) -> Result<Secret<String>, Failure> {
    if context.output.asks() && std::io::stdin().is_terminal() {
        context.output.note("paste the invitation and press Enter");
    }
    let mut line = String::new();
    match std::io::stdin().lock().take(LONGEST).read_line(&mut line) {
        Ok(1..) => Ok(Secret::new(line)),
        Ok(0) => Err(Failure::usage("There is no invitation on standard input.")
            .hint("write it there, as in `okr join - < FILE`")),
        Err(error) => Err(Failure::usage(format!(
            "The invitation cannot be read from standard input: {error}."
        ))),
    }
}

fn first_half(key: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(key) {
        *to = *from;
    }
    half
}

/// Where a joining workspace is kept: out of sight until its name is known.
///
/// It stays there when the server goes away before it answers: the invitation may be used up by then,
/// and the next attempt has to show the same key.
struct Folder {
    path: PathBuf,
    /// The device of the same workspace that was here before, by its folder's name.
    before: Option<String>,
}

impl Folder {
    /// Where it goes at first.
    ///
    /// # Errors
    /// The invitation lets no device in, or this machine is in already.
    fn for_join(context: &Context, invite: &Invite, again: bool) -> Result<Self, Failure> {
        let all = context.workspaces_folder();
        private_folder(&all)?;
        let Some(id) = invite.workspace_id() else {
            return Err(Failure::usage(
                "This invitation gives a workspace to a server; it lets no device in.",
            )
            .hint("use it with `okr remote set URL` where the workspace is"));
        };
        let before = known(context, id);
        // A copy to read in was made of an exported log: it makes room for a device.
        if let Some(name) = before
            .as_ref()
            .filter(|name| !again && !is_copy(context, name))
        {
            return Err(Failure::new(
                Exit::Refused,
                format!("This machine is a device of workspace {name} already."),
            )
            .hint(
                "go on with `okr sync`; if the device was revoked, join with --again; \
                 another person's device needs an OKR_HOME of its own",
            ));
        }
        Ok(Self {
            path: all.join(format!(".joining-{id}")),
            before,
        })
    }

    /// Names the folder after its workspace, if this device was let in.
    fn settle(&self, context: &Context) -> Result<Option<PathBuf>, Failure> {
        let Ok(replica) = Replica::open(&self.path, Context::options()) else {
            return Ok(None);
        };
        let identity = replica.identity();
        let (joined, mut name) = (identity.member.is_some(), identity.workspace_name.clone());
        if super::folder_name(&name).is_err() {
            name = identity.workspace.to_string();
        }
        drop(replica);
        if !joined {
            return Ok(None);
        }
        if let Some(before) = &self.before {
            set_aside(context, before)?;
        }
        let target = free(&context.workspaces_folder(), &name);
        rename(&self.path, &target)?;
        Ok(Some(target))
    }

    /// Nobody was let in: the next attempt begins anew.
    fn clear(&self) {
        // What cannot be removed is in nobody's way.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// The workspace of this id on this machine, if there is one.
pub(super) fn known(context: &Context, id: WorkspaceId) -> Option<String> {
    workspaces(&context.home).into_iter().find(|name| {
        let folder = context.workspaces_folder().join(name);
        Replica::open(&folder, Context::options())
            .is_ok_and(|replica| replica.identity().workspace == id)
    })
}

/// Whether the workspace of this name here is one to read in alone.
fn is_copy(context: &Context, name: &str) -> bool {
    let folder = context.workspaces_folder().join(name);
    Replica::open(&folder, Context::options()).is_ok_and(|replica| replica.identity().is_copy())
}

/// Moves a device's folder out of the way, with what it had not sent.
fn set_aside(context: &Context, name: &str) -> Result<(), Failure> {
    let all = context.home.join("set-aside");
    private_folder(&all)?;
    let target = free(&all, name);
    rename(&context.workspaces_folder().join(name), &target)?;
    context.output.warning(&format!(
        "What was here of this workspace before is kept in {}.",
        target.display()
    ));
    Ok(())
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::rename(from, to).map_err(|error| Failure::file("rename", from, &error))
}

/// The first of `NAME`, `NAME-2`, `NAME-3` … that is not taken.
pub(super) fn free(all: &Path, name: &str) -> PathBuf {
    let first = all.join(name);
    if !first.exists() {
        return first;
    }
    (2u32..)
        .map(|count| all.join(format!("{name}-{count}")))
        .find(|path| !path.exists())
        .unwrap_or(first)
}
