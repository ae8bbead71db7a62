//! A server of one workspace: `okrd` as an operator runs it, on loopback, on a port that the system chose.
//!
//! A server that is stopped or killed starts again at its old address, so that machines find it. On Linux
//! each has a loopback address of its own, so no other process can have taken its port meanwhile.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::binaries::UNTIL;
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
    options: Vec<String>,
    shows_pages: bool,
    logs_everything: bool,
    pages: Option<String>,
    is_watched: bool,
    figures: Option<SocketAddr>,
    environment: Vec<(String, String)>,
    process: Option<Child>,
}

impl<'env> Server<'env> {
    #[track_caller]
    pub(crate) fn start(env: &'env TestEnv, workspace: &str, owner: &str) -> Self {
        Self::start_at(env, workspace, owner, None)
    }

    /// With a name that is not this machine's own, a server makes itself a certificate.
    #[track_caller]
    pub(crate) fn start_with_tls(env: &'env TestEnv, workspace: &str, owner: &str) -> Self {
        Self::start_at(env, workspace, owner, Some("okr.example.com:7443"))
    }

    #[track_caller]
    fn start_at(env: &'env TestEnv, workspace: &str, owner: &str, url: Option<&str>) -> Self {
        let mut server = Self {
            env,
            workspace: workspace.to_owned(),
            folder: env.folder(&format!("okrd-{workspace}")),
            first_invitation: String::new(),
            address: SocketAddr::from((own_loopback_address(), 0)),
            options: Vec::new(),
            shows_pages: false,
            logs_everything: false,
            pages: None,
            is_watched: false,
            figures: None,
            environment: Vec::new(),
            process: None,
        };
        let url = url.map_or_else(|| server.address.to_string(), str::to_owned);
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

    /// Serves anew with these further options of `okrd serve` from now on, and with figures.
    #[track_caller]
    pub fn serve_with(&mut self, options: &[&str]) {
        self.stop();
        self.options = options.iter().map(|&option| option.to_owned()).collect();
        let at = SocketAddr::new(self.address.ip(), 0).to_string();
        self.options.extend(["--metrics".to_owned(), at]);
        self.restart();
    }

    /// A figure of the server that was started by [`Self::serve_with`], such as
    /// `quarterdeck_turned_away_total{outcome="flood"}`; 0 where there is none of that name.
    #[track_caller]
    #[must_use]
    pub fn figure(&self, name: &str) -> f64 {
        let at = self.figures.expect("it serves figures");
        let request = format!("GET /metrics HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n");
        let answer = crate::raw::send(at, request.as_bytes());
        let answer = String::from_utf8_lossy(&answer);
        let line = answer.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0.0, |figure| figure.trim().parse().expect("a figure"))
    }

    /// The most memory that the process which serves had so far, in bytes (`VmHWM`).
    #[track_caller]
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        let pid = self.process.as_ref().expect("it is serving").id();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux says");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kib: u64 = kib.and_then(|kib| kib.parse().ok()).expect("a number");
        kib * 1024
    }

    /// Serves anew, and logs all that any part of it has to say from now on.
    #[track_caller]
    pub fn log_everything(&mut self) {
        self.stop();
        self.logs_everything = true;
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
        self.folder.join("data")
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
        let mut command = self.env.command("okrd", &self.folder);
        command.args(arguments);
        Running::start(format!("okrd {}", arguments.join(" ")), command).wait()
    }

    /// Serves, at the address it had before, and comes back when it listens.
    #[track_caller]
    pub fn restart(&mut self) {
        let mut command = self.env.command("okrd", &self.folder);
        if self.logs_everything {
            command.env("OKRD_LOG", "trace");
        }
        command
            .arg("serve")
            .arg("--data")
            .arg(self.data())
            .arg("--listen")
            .arg(self.address.to_string())
            .args(self.page_options())
            .args(self.watch_options())
            .args(&self.options)
            .arg("--json");
        self.serve(command);
        assert_eq!(self.pages.is_some(), self.shows_pages);
    }

    /// Sets a variable in the environment of the server from its next start on.
    pub fn set_environment(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Serves by a command line of the test's own, and comes back when it listens.
    #[track_caller]
    pub fn serve_by(&mut self, arguments: &[String]) {
        let mut command = self.env.command("okrd", &self.folder);
        command.args(arguments).arg("--json");
        self.serve(command);
    }

    /// Serves until a step between receipt and acknowledgement is reached for the `count`th time: there the
    /// process ends as if it had been killed.
    #[track_caller]
    pub fn restart_until(&mut self, step: &str, count: u32) {
        let mut command = self.env.command(UNTIL, &self.folder);
        command
            .arg(self.data())
            .args([&*self.address.to_string(), step, &*count.to_string()]);
        self.serve(command);
    }

    /// The steps that [`Self::restart_until`] knows, in their order.
    #[track_caller]
    #[must_use]
    pub fn steps(&self) -> Vec<String> {
        let mut command = self.env.command(UNTIL, &self.folder);
        command.arg("--steps");
        let run = Running::start("okrd_until --steps".to_owned(), command).wait();
        run.ok().stdout.lines().map(str::to_owned).collect()
    }

    /// Whether its process has ended by itself; it can be started again then.
    #[track_caller]
    pub fn has_ended(&mut self) -> bool {
        let child = self.process.as_mut().expect("it was serving");
        let ended = child.try_wait().expect("a child that can be asked");
        if ended.is_some() {
            self.process = None;
        }
        ended.is_some()
    }

    /// Runs a process that serves, at the address of before, and comes back when it listens.
    #[track_caller]
    fn serve(&mut self, mut command: Command) {
        assert!(self.process.is_none(), "it is serving already");
        let log = self.log_file();
        let mut child = command
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

    /// Tells it that its certificate's files were exchanged, and comes back when it says what came of that.
    #[track_caller]
    pub fn hang_up(&self) {
        let told = |log: &str| log.matches(" certificate ").count();
        let before = told(&self.log());
        let child = self.process.as_ref().expect("it is serving");
        kill_process(Pid::from_child(child), Signal::HUP).expect("it has not ended before");
        let until = std::time::Instant::now() + HANGS;
        while told(&self.log()) == before {
            assert!(std::time::Instant::now() < until, "it says nothing of it");
            std::thread::yield_now();
        }
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
