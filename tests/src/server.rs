//! A server of one workspace: `okrd` as an operator runs it, on loopback, on a port that the system chose.
//!
//! A server that is stopped or killed starts again at its old address, so that machines find it. On Linux
//! each has a loopback address of its own, so no other process can have taken its port meanwhile.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::env::TestEnv;
use crate::machine::Running;
use crate::run::Run;

/// A server that says nothing for this long will not come up.
const HANGS: Duration = Duration::from_secs(60);

/// A server, its data and the process that serves it, if one does.
#[derive(Debug)]
pub struct Server<'env> {
    env: &'env TestEnv,
    workspace: String,
    folder: PathBuf,
    first_invitation: String,
    address: SocketAddr,
    shows_pages: bool,
    pages: Option<String>,
    is_watched: bool,
    figures: Option<SocketAddr>,
    environment: Vec<(String, String)>,
    data: PathBuf,
    process: Option<Child>,
}

impl<'env> Server<'env> {
    #[track_caller]
    pub(crate) fn start(env: &'env TestEnv, workspace: &str, owner: &str) -> Self {
        let mut server = Self {
            env,
            workspace: workspace.to_owned(),
            folder: env.folder(&format!("okrd-{workspace}")),
            first_invitation: String::new(),
            address: SocketAddr::from((own_loopback_address(), 0)),
            shows_pages: false,
            pages: None,
            is_watched: false,
            figures: None,
            environment: Vec::new(),
            data: env.folder(&format!("okrd-{workspace}")).join("data"),
            process: None,
        };
        let url = server.address.to_string();
        let run = server.okrd(&[
            "init",
            "--workspace",
            workspace,
            "--owner",
            owner,
            "--url",
            &url,
            "--json",
        ]);
        server.first_invitation = invitation(&run.ok());
        server.restart();
        server
    }

    /// Prepares it for a workspace that began without a server, which is then the one that [`Self::invite`]
    /// is about, and returns the URL that `okr remote set` takes.
    #[track_caller]
    #[must_use]
    pub fn host(&mut self, workspace: &str) -> String {
        workspace.clone_into(&mut self.workspace);
        let run = self.okrd(&["workspace", "host", "--json"]);
        self.at(&invitation(&run.ok()), self.address)
    }

    /// The invitation that `okrd init` printed, before the server had its port.
    #[must_use]
    pub fn first_invitation(&self) -> String {
        self.at(&self.first_invitation, self.address)
    }

    /// Invites a member, and returns the URL that `okr join` takes.
    #[track_caller]
    #[must_use]
    pub fn invite(&self, member: &str, role: &str) -> String {
        let run = self.okrd(&[
            "invite",
            "--workspace",
            &self.workspace,
            "--member",
            member,
            "--role",
            role,
            "--json",
        ]);
        self.at(&invitation(&run.ok()), self.address)
    }

    /// The same invitation, to be redeemed at another address: that of a [`crate::Proxy`].
    #[must_use]
    pub fn at(&self, invitation: &str, address: SocketAddr) -> String {
        let (_, rest) = invitation
            .strip_prefix("okr://")
            .and_then(|rest| rest.split_once('/'))
            .unwrap_or_else(|| panic!("not an invitation: {invitation}"));
        format!("okr://{address}/{rest}")
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves anew, and shows pages to members' browsers from now on.
    #[track_caller]
    pub fn show_pages(&mut self) {
        self.stop();
        self.shows_pages = true;
        self.restart();
    }

    /// Where it shows pages: scheme, host and port.
    #[track_caller]
    #[must_use]
    pub fn pages(&self) -> &str {
        self.pages.as_deref().expect("it shows pages")
    }

    /// Serves anew, with figures on a listener of their own and a log of JSON lines from now on. The log of
    /// before is gone.
    #[track_caller]
    pub fn watch(&mut self) {
        self.stop();
        fs::remove_file(self.log_file()).expect("the log of a server that ran");
        self.is_watched = true;
        self.restart();
    }

    /// Where it serves its figures.
    #[track_caller]
    #[must_use]
    pub fn figures(&self) -> SocketAddr {
        self.figures.expect("it is watched")
    }

    /// Where its data is.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// Serves other data at the same address from now on.
    #[track_caller]
    pub fn serve_from(&mut self, data: &Path) {
        self.kill();
        data.clone_into(&mut self.data);
        self.restart();
    }

    /// What it has logged so far, over all its runs.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("serve.log")
    }

    /// Runs an administrative command of `okrd` on its data, whether it is serving or not.
    #[must_use]
    pub fn okrd(&self, arguments: &[&str]) -> Run {
        let mut command = self.env.command("okrd", &self.folder);
        command.args(arguments).arg("--data").arg(self.data());
        Running::start(format!("okrd {}", arguments.join(" ")), command).wait()
    }

    /// Runs a command of `okrd` that is about no data folder.
    #[must_use]
    pub fn okrd_bare(&self, arguments: &[&str]) -> Run {
        self.start_okrd(arguments).wait()
    }

    /// Starts one, and comes back at once.
    #[must_use]
    pub fn start_okrd(&self, arguments: &[&str]) -> Running {
        let mut command = self.env.command("okrd", &self.folder);
        command.args(arguments);
        Running::start(format!("okrd {}", arguments.join(" ")), command)
    }

    /// Serves, at the address it had before, and comes back when it listens.
    #[track_caller]
    pub fn restart(&mut self) {
        let data = self.data().display().to_string();
        let address = self.address.to_string();
        let mut arguments = ["serve", "--data", &data, "--listen", &address]
            .map(str::to_owned)
            .to_vec();
        arguments.extend(self.page_options());
        arguments.extend(self.watch_options());
        self.serve_by(&arguments);
        assert_eq!(self.pages.is_some(), self.shows_pages);
        assert_eq!(self.figures.is_some(), self.is_watched);
    }

    /// Sets a variable in the environment of the server from its next start on.
    pub fn set_environment(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Serves by a command line of the test's own, and comes back when it listens.
    #[track_caller]
    pub fn serve_by(&mut self, arguments: &[String]) {
        assert!(self.process.is_none(), "it is serving already");
        let log = self.log_file();
        let mut command = self.env.command("okrd", &self.folder);
        let mut child = command
            .args(arguments)
            .arg("--json")
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(
                File::options()
                    .create(true)
                    .append(true)
                    .open(&log)
                    .expect("a file for the server's log"),
            )
            .spawn()
            .expect("okrd starts");
        let output = child.stdout.take().expect("a pipe from the server");
        self.process = Some(child);
        let (report, ready) = mpsc::channel();
        std::thread::spawn(move || {
            // The pipe is read to its end, so that the server never blocks on it.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = report.send(line);
            }
        });
        let line = ready.recv_timeout(HANGS).unwrap_or_else(|_| {
            panic!(
                "okrd does not say that it listens; its log:\n{}",
                fs::read_to_string(&log).unwrap_or_default()
            )
        });
        let said: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("okrd's first line is no JSON: {line}"));
        self.address = said["listening"]
            .as_str()
            .and_then(|address| address.parse().ok())
            .unwrap_or_else(|| panic!("okrd does not say where it listens: {line}"));
        self.pages = said["page"].as_str().map(str::to_owned);
        self.figures = (said["metrics"].as_str()).and_then(|address| address.parse().ok());
    }

    fn watch_options(&self) -> Vec<String> {
        if !self.is_watched {
            return Vec::new();
        }
        let at = SocketAddr::new(self.address.ip(), 0);
        ["--log", "json", "--metrics", &at.to_string()]
            .map(str::to_owned)
            .to_vec()
    }

    fn page_options(&self) -> Vec<String> {
        if !self.shows_pages {
            return Vec::new();
        }
        let at = SocketAddr::new(self.address.ip(), 0);
        vec!["--page-listen".to_owned(), at.to_string()]
    }

    /// Ends it with SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.process.take() {
            // An error means that it has ended by itself.
            let _ = child.kill();
            child.wait().expect("a child that can be waited for");
        }
    }

    /// Asks it to stop with SIGTERM, and asserts that it finishes and ends well.
    #[track_caller]
    pub fn stop(&mut self) {
        let mut child = self.process.take().expect("it is serving");
        kill_process(Pid::from_child(&child), Signal::TERM).expect("it has not ended before");
        let (report, end) = mpsc::channel();
        let pid = Pid::from_child(&child);
        std::thread::spawn(move || report.send(child.wait()));
        match end.recv_timeout(HANGS) {
            Ok(status) => {
                let status = status.expect("a child that can be waited for");
                assert!(status.success(), "okrd stopped with {status}");
            }
            Err(_) => {
                let _ = kill_process(pid, Signal::KILL);
                panic!("okrd does not stop at SIGTERM: killed after {HANGS:?}");
            }
        }
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        self.kill();
    }
}

#[track_caller]
fn invitation(run: &Run) -> String {
    let answer = run.json();
    answer["invite"]
        .as_str()
        .unwrap_or_else(|| panic!("no invitation in {answer}"))
        .to_owned()
}

/// An address within 127.0.0.0/8 that this process uses once; 127.0.0.1 where only that one exists.
fn own_loopback_address() -> Ipv4Addr {
    static SERVERS: AtomicU8 = AtomicU8::new(1);
    if !cfg!(target_os = "linux") {
        return Ipv4Addr::LOCALHOST;
    }
    let [_, _, high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(
        127,
        high | 0x80,
        low,
        SERVERS.fetch_add(1, Ordering::SeqCst),
    )
}
