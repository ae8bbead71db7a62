//! The command line of `okrd`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use quarterdeck_server::{Limits, PageUrl};

/// The server of Quarterdeck: keeps the log of each workspace and serves it to `okr`.
#[derive(Debug, Parser)]
#[command(name = "okrd", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// Answer with one JSON object
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Form of the log on standard error; OKRD_LOG sets what is logged, such as `debug`
    #[arg(long, global = true, value_name = "FORM", default_value = "text")]
    pub(crate) log: LogForm,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Set a server up and print the first invitation
    #[command(
        after_help = "Example:\n  okrd init --data /var/lib/okrd --workspace acme --owner ana --url okr.example.com:7443"
    )]
    Init(Init),
    /// Serve until SIGTERM or SIGINT
    #[command(after_help = "Examples:
  okrd serve --data /var/lib/okrd --listen 0.0.0.0:7443
  okrd serve --data /var/lib/okrd --listen 0.0.0.0:7443 --page-listen 0.0.0.0:8443
  okrd serve --data /var/lib/okrd --listen 0.0.0.0:7443 \\
    --page-listen 127.0.0.1:8080 --page-url https://okr.example.com

Pages are shown to members alone: `okr open` asks for a link.")]
    Serve(Serve),
    /// Begin, list and take in workspaces
    #[command(subcommand)]
    Workspace(WorkspaceVerb),
    /// Invite a member, or one more device of a member
    #[command(
        after_help = "Example:\n  okrd invite --data /var/lib/okrd --workspace acme --member ben --role editor"
    )]
    Invite(Invite),
    /// Change what members may do
    #[command(subcommand)]
    Member(MemberVerb),
    /// List, make and revoke tokens
    #[command(subcommand)]
    Token(TokenVerb),
    /// List and revoke devices
    #[command(subcommand)]
    Device(DeviceVerb),
    /// Give the server another signing key in a workspace
    #[command(
        subcommand,
        after_help = "Example:\n  okrd key rotate --data /var/lib/okrd --workspace acme -m \"the backup went astray\""
    )]
    Key(KeyVerb),
    /// Renew the server's own certificate
    #[command(
        subcommand,
        after_help = "Example:\n  okrd cert renew --data /var/lib/okrd

A certificate that others issued is renewed by them: put the files in place, then send okrd a SIGHUP."
    )]
    Cert(CertVerb),
    /// Check every entry, chain, signature and root
    Verify(Verify),
    /// Show figures of the server's work, and what is not as it should be
    #[command(after_help = "Examples:
  okrd stats --data /var/lib/okrd
  okrd stats --data /var/lib/okrd --json

Latencies are of the last 1,024 appends; everything else counts from the start of okrd.")]
    Stats(Data),
    /// Look for what is wrong with a server, running or not, and say what to do
    #[command(after_help = "Examples:
  okrd doctor --data /var/lib/okrd
  okrd doctor --data /var/lib/okrd --listen 0.0.0.0:7443 --json

Exits with 0 where all is well, 6 where a history is damaged or lost, 7 where anything else is to be
done. Of a server that does not run, the end of every log is read; `okrd verify` reads all of it.")]
    Doctor(Doctor),
    /// Ask whether a server lives and is ready, as a container's health check does
    #[command(after_help = "Examples:
  okrd health --data /var/lib/okrd
  okrd health --address 127.0.0.1:7443 --live
  okrd health --address okr.example.com:7443 --ca /var/lib/okrd/tls/ca.pem

Exits with 0 where it is, 4 where no okrd answers, 7 where one answers that it is not.")]
    Health(Health),
    /// Bring a data folder of an older format to the present one; keeps it as it was
    #[command(after_help = "Examples:
  okrd upgrade --data /var/lib/okrd
  okrd upgrade --data /var/lib/okrd --backup /mnt/backup/okrd-before

Stop okrd first. The copy is a whole data folder, which the older okrd serves as it is.")]
    Upgrade(Upgrade),
    /// Write everything that a restore needs to one file, also while the server runs
    #[command(after_help = "Examples:
  okrd backup --data /var/lib/okrd -o /backup/okrd-monday.backup
  okrd backup --data /var/lib/okrd -o - | age -r KEY > okrd.backup.age
  okrd backup --check /backup/okrd-monday.backup

The file holds the server's keys; only its user can read it. Exits with 6 where a workspace is damaged: what can \
be read of it is in the file.")]
    Backup(Backup),
    /// Make a server's data folder of a backup, verified from its first line to its last
    #[command(after_help = "Examples:
  okrd restore /backup/okrd-monday.backup --data /var/lib/okrd-restored
  age -d okrd.backup.age | okrd restore - --data /var/lib/okrd-restored

Its workspaces are held: they record nothing new until `okrd workspace resume`, and take back what machines hold \
beyond the backup. Exits with 6 where anything does not hold; nothing is put in place then.")]
    Restore(Restore),
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The server's data folder
    #[arg(long, value_name = "DIR", required_unless_present = "check")]
    pub(crate) data: Option<PathBuf>,
    /// The workspace's name or id; all of them if it is left out
    #[arg(long, value_name = "NAME")]
    pub(crate) workspace: Option<String>,
    /// The file to write; - for standard output [default: okrd-TIME.backup]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Leave out keys, certificates and tokens; such a file can put a workspace back, but make no server
    #[arg(long)]
    pub(crate) public: bool,
    /// Verify a backup instead, as a restore would; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "workspace", "output", "force", "public"])]
    pub(crate) check: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) data: Data,
    /// Record new events at once: what machines hold beyond the backup is given up
    #[arg(long)]
    pub(crate) resume: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreWorkspace {
    #[command(flatten)]
    pub(crate) data: Data,
    /// The workspace's name or id
    pub(crate) name: String,
    /// The backup
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Record new events at once: what machines hold beyond the backup is given up
    #[arg(long)]
    pub(crate) resume: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Data {
    /// The server's data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct In {
    #[command(flatten)]
    pub(crate) data: Data,
    /// The workspace's name or id; may be left out where there is one alone
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) workspace: String,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) data: Data,
    /// HOST:PORT under which clients will reach the server; port 0 for the one it will listen on
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) url: String,
    /// Name of the first workspace
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "hosting",
        requires = "owner"
    )]
    pub(crate) workspace: Option<String>,
    /// Display name of the member who owns it
    #[arg(long, value_name = "MEMBER", requires = "workspace")]
    pub(crate) owner: Option<String>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Begin without a workspace, and invite someone to bring theirs with `okr remote set`
    #[arg(long, conflicts_with = "workspace")]
    pub(crate) hosting: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// The owner's e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// IANA time zone in which dates are meant
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) time_zone: String,
    /// First month of the fiscal year, 1 to 12
    #[arg(long, value_name = "MONTH", default_value_t = 1)]
    pub(crate) fiscal_year_start: u8,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) data: Data,
    /// Address to listen on; port 0 for any that is free
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: SocketAddr,
    /// Certificate chain in PEM, in place of the server's own
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of the certificate in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Address to serve Prometheus figures on, at /metrics
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics: Option<SocketAddr>,
    /// Address to show members' browsers pages on; port 0 for any that is free
    #[arg(long, value_name = "ADDR")]
    pub(crate) page_listen: Option<SocketAddr>,
    /// Where browsers reach the pages, if something in front of okrd passes them on
    #[arg(long, value_name = "URL", requires = "page_listen")]
    pub(crate) page_url: Option<PageUrl>,
    /// How many connections may be open at once; browsers have their own
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) connections: u32,
    /// How many of them one address may have: raise it where something in front of okrd passes all of them on
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections_per_address, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) connections_per_address: u32,
    /// How many MiB of messages may be held in memory for clients that are slow
    #[arg(long, value_name = "MIB", default_value_t = 128, value_parser = clap::value_parser!(u32).range(16..))]
    pub(crate) slow_clients_memory: u32,
    /// Speak plain text beyond loopback: only where something in front of okrd does TLS
    #[arg(long, conflicts_with = "tls_cert")]
    pub(crate) insecure_plaintext: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkspaceVerb {
    /// Begin a workspace and invite its owner
    New {
        #[command(flatten)]
        data: Data,
        /// Its name
        name: String,
        /// Display name of the member who owns it
        #[arg(long, value_name = "MEMBER")]
        owner: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// List the workspaces
    List(Data),
    /// Put the log of a damaged workspace back from a backup; the damaged one is kept aside
    Restore(RestoreWorkspace),
    /// Record nothing new, and take back what the log has lost: after data was put back by other means
    Hold {
        #[command(flatten)]
        data: Data,
        /// The workspace's name or id
        name: String,
    },
    /// Let a workspace that is held record again
    Resume {
        #[command(flatten)]
        data: Data,
        /// The workspace's name or id
        name: String,
    },
    /// Invite someone to bring a workspace that began without a server, with `okr remote set`
    Host {
        #[command(flatten)]
        data: Data,
        /// How many days the invitation holds
        #[arg(long, value_name = "DAYS", default_value_t = 7)]
        expires: u32,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Invite {
    #[command(flatten)]
    pub(crate) to: In,
    /// The member's name; a name that nobody has yet adds a member
    #[arg(long, value_name = "MEMBER")]
    pub(crate) member: String,
    /// Role of a new member: owner, editor, contributor or viewer [default: contributor]
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    /// A new member's e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// How many days the invitation holds
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    pub(crate) expires: u32,
    /// HOST:PORT for this invitation, in place of the server's usual one
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MemberVerb {
    /// Change what a member may do
    Role {
        #[command(flatten)]
        of: In,
        /// The member's name, e-mail address or reference
        member: String,
        /// owner, editor, contributor or viewer
        role: String,
        /// Why
        #[arg(short = 'm', long, value_name = "WHY")]
        reason: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// List the tokens of a workspace
    List(In),
    /// Make a token for a client without keys, such as a CRM; it is shown once
    New {
        #[command(flatten)]
        of: In,
        /// On behalf of whom it asks and commands
        #[arg(long, value_name = "MEMBER")]
        member: String,
        /// How many days it holds
        #[arg(long, value_name = "DAYS", default_value_t = 180)]
        expires: u32,
    },
    /// End a token at once
    Revoke {
        #[command(flatten)]
        of: In,
        /// The token's id
        token: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeviceVerb {
    /// List the devices of a workspace
    List(In),
    /// End a device: its tokens, and its right to author
    Revoke {
        #[command(flatten)]
        of: In,
        /// The device's name, reference or id
        device: String,
        /// Why
        #[arg(short = 'm', long, value_name = "WHY")]
        reason: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyVerb {
    /// Sign with another key from now on; machines follow by themselves
    Rotate {
        #[command(flatten)]
        of: In,
        /// Why
        #[arg(short = 'm', long, value_name = "WHY")]
        reason: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CertVerb {
    /// Make it anew for the key that it has; machines that know the old one go on
    Renew(Data),
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) data: Data,
    /// The workspace's name or id; all of them if it is left out
    #[arg(long, value_name = "NAME")]
    pub(crate) workspace: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) data: Data,
    /// An address that okrd is to listen on; whether it is free is looked at while okrd does not run
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Vec<SocketAddr>,
}

#[derive(Debug, Args)]
pub(crate) struct Health {
    /// The data folder of the server, asked through its socket
    #[arg(long, value_name = "DIR", required_unless_present = "address")]
    pub(crate) data: Option<PathBuf>,
    /// HOST:PORT that the server listens on, asked over the network
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "data")]
    pub(crate) address: Option<String>,
    /// Certificate of the authority behind the server's, in PEM; plain text without one
    #[arg(long, value_name = "FILE", requires = "address")]
    pub(crate) ca: Option<PathBuf>,
    /// Ask only whether it lives, not whether it is ready
    #[arg(long)]
    pub(crate) live: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Upgrade {
    #[command(flatten)]
    pub(crate) data: Data,
    /// Folder to keep the data folder in as it was, which is not there yet; within the data folder
    /// itself if it is left out
    #[arg(long, value_name = "DIR")]
    pub(crate) backup: Option<PathBuf>,
}
