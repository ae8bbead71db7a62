//! `okr device`: the machines that may author events.

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_sync::fork::new_device;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::online;
use crate::progress::Bar;
use crate::view::Known;

/// List devices, revoke one, give this one another key, or make a copied folder a device of its own.
#[derive(Debug, Args)]
pub(crate) struct Device {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List devices.
    #[command(after_help = "EXAMPLES:
  okr device list\n  okr device list --as-of 2026-08-21")]
    List(Known),
    /// Make this folder, which is a copy of another one, a device of its own. Unsent work is kept.
    New(New),
    /// Sign with another key from now on, as after a backup of this folder went astray. Unsent work is kept.
    Rotate(Rotate),
    /// Let a device author nothing more. What it wrote stays.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr device new
  okr device new lisbon-desktop")]
struct New {
    /// What it shall be called [default: this machine's host name].
    name: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr device rotate -m \"the backup disk was lost\"
  okr device rotate && okr sync

Copies of this folder that were made before can author nothing more once this is sent; the next sync \
also fetches another token. Of a device that is in other hands, revoke it.")]
struct Rotate {
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr device revoke lisbon-laptop -m \"lost on a train\"")]
struct Revoke {
    /// The device.
    #[arg(value_name = "DEVICE")]
    device: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Device {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::List(known) => {
                context.open()?.view(known)?.device_list()?;
                Ok(Exit::Done)
            }
            Verb::New(new) => new.run(context),
            Verb::Rotate(rotate) => rotate.run(context),
            Verb::Revoke(revoke) => revoke.run(context),
        }
    }
}

impl New {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let present = session.replica.identity().device.name.clone();
        let name = self.name.unwrap_or_else(|| {
            let name = context.device_name();
            if name == present {
                format!("{name} (copy)")
            } else {
                name
            }
        });
        session.random()?;
        session.replica.release();
        let mut bar = Bar::new(&context.output);
        let report = {
            let (replica, random) = session.parts()?;
            online::run(async {
                let mut remote = online::connect(replica).await?;
                new_device(
                    replica,
                    &mut remote,
                    &name,
                    context.now.ms(),
                    random,
                    &mut |progress| online::show(&mut bar, progress),
                )
                .await
                .map_err(Failure::from)
            })??
        };
        drop(bar);
        session.replica.release();
        if !context.output.json {
            let name = quarterdeck_report::text::clean(&name).into_owned();
            context
                .output
                .line(&format!("This folder is device {name} from now on."))?;
        }
        super::sync::tell(&session, &report)
    }
}

impl Rotate {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let done = session.rotate_key(self.reason.as_deref())?;
        if session.replica.pending_events() > 0 {
            return session.answer(&done, "send it", "okr sync");
        }
        session.answer(&done, "see the devices", "okr device list")
    }
}

impl Revoke {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let device = session.resolver().device(&self.device)?;
        let body = Body::DeviceRevoked { device };
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        session.answer(&done, "see the devices", "okr device list")
    }
}
