//! `okr init`: begin a workspace without a server.

use clap::Args;
use quarterdeck_core::calendar::CycleName;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::DeviceId;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_sync::{NewWorkspace, Replica};

use crate::context::{Context, private_folder, system_time_zone, user_name, workspaces};
use crate::error::{Exit, Failure};
use crate::session::Session;

/// Begin a workspace on this machine. It needs no server; one can be given to it later.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr init acme
  okr init acme --as ana --time-zone Europe/Lisbon --fiscal-year-start 4

To work on a workspace that others have begun: okr join URL")]
pub(crate) struct Init {
    /// Its name: letters, digits, '-', '_' and '.'.
    name: String,
    /// Your name in it [default: `okr config member`, else who you are logged in as].
    #[arg(long = "as", value_name = "MEMBER")]
    member: Option<String>,
    /// Your e-mail address.
    #[arg(long)]
    email: Option<String>,
    /// The time zone in which its dates are meant [default: this machine's].
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// The first month of its fiscal year, 1 to 12.
    #[arg(long, value_name = "MONTH", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=12))]
    fiscal_year_start: u8,
    /// What this machine is called in it [default: its host name].
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
}

impl Init {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if workspaces(&context.home)
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&self.name))
        {
            return Err(Failure::new(
                Exit::Refused,
                format!(
                    "There is a workspace '{}' on this machine already.",
                    self.name
                ),
            )
            .hint("choose another name, or go on with `okr status`"));
        }
        let member_name = self
            .member
            .or_else(|| context.config.member.clone())
            .or_else(user_name)
            .ok_or_else(|| {
                Failure::usage("It is not known what you are called.")
                    .hint("say it: `okr init NAME --as MEMBER`")
            })?;
        let new = NewWorkspace {
            name: self.name.clone(),
            time_zone: self.time_zone.unwrap_or_else(system_time_zone),
            fiscal_year_start: self.fiscal_year_start,
            member_name: member_name.clone(),
            member_email: self.email,
            device_name: self.device.unwrap_or_else(|| context.device_name()),
        };
        super::folder_name(&self.name)?;
        let folder = context.workspaces_folder().join(&self.name);
        private_folder(&context.workspaces_folder())?;
        let time_zone = new.time_zone.clone();
        let mut random = context.randomness(DeviceId::nil(), 0)?;
        let mut replica = Replica::create(
            &folder,
            new,
            Context::options(),
            context.now.ms(),
            &mut random,
        )?;
        let output = &context.output;
        if output.json {
            let entries: Vec<Entry> = replica
                .entries(1)
                .map(|logged| logged.map(|logged| logged.entry))
                .collect::<Result<_, _>>()?;
            let names = Names::new(replica.state());
            output.value(&json::written(&names, &entries, false))?;
            return Ok(Exit::Done);
        }
        output.line(&format!(
            "Began workspace {} in time zone {time_zone}, with {} as its owner.",
            self.name,
            quarterdeck_report::text::clean(&member_name)
        ))?;
        let session = Session::new(context, replica);
        let quarter = CycleName::quarter_of(session.today(), session.fiscal());
        output.hint("plan a cycle", &format!("okr cycle new {quarter}"))?;
        Ok(Exit::Done)
    }
}
