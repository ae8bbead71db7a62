//! A person's machine: one `OKR_HOME`, and `okr` run in it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::env::TestEnv;
use crate::run::{Run, titled};
use crate::terminal::Terminal;

/// No command of a test takes this long; one that does hangs.
const HANGS: Duration = Duration::from_secs(120);

/// A machine with a home of its own. Two of them share nothing but what a server tells both.
#[derive(Debug, Clone)]
pub struct Machine<'env> {
    env: &'env TestEnv,
    name: String,
    user_home: PathBuf,
    okr_home: PathBuf,
}

impl<'env> Machine<'env> {
    pub(crate) fn new(env: &'env TestEnv, name: &str) -> Self {
        Self {
            env,
            name: name.to_owned(),
            user_home: env.folder(&format!("{name}/home")),
            okr_home: env.path().join(name).join("okr"),
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What `OKR_HOME` is on this machine.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.okr_home
    }

    /// The same machine with a folder that something else has filled as its `OKR_HOME`.
    #[must_use]
    pub fn at_home(mut self, okr_home: &Path) -> Self {
        okr_home.clone_into(&mut self.okr_home);
        self
    }

    /// Runs `okr` with these arguments and waits for its end.
    #[must_use]
    pub fn okr(&self, arguments: &[&str]) -> Run {
        self.start(arguments).wait()
    }

    /// The same with further variables in its environment.
    #[must_use]
    pub fn okr_in(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        self.start_in(variables, arguments).wait()
    }

    /// Runs `okr` with this on its standard input.
    #[must_use]
    pub fn okr_given(&self, input: &str, arguments: &[&str]) -> Run {
        let (typed, mut command) = self.command(arguments);
        let file = self.user_home.join("input");
        std::fs::write(&file, input).expect("a file for the input");
        command.stdin(std::fs::File::open(&file).expect("the input"));
        Running::start(typed, command).wait()
    }

    /// Starts `okr` and comes back at once, for tests of several processes.
    #[must_use]
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.start_in(&[], arguments)
    }

    fn start_in(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Running {
        let (typed, mut command) = self.command(arguments);
        command.envs(variables.iter().copied());
        Running::start(typed, command)
    }

    /// Starts `okr` at a terminal of so many columns and rows.
    #[must_use]
    pub fn at_terminal(&self, arguments: &[&str], size: (u16, u16)) -> Terminal {
        let (typed, command) = self.command(arguments);
        Terminal::start(typed, command, size)
    }

    fn command(&self, arguments: &[&str]) -> (String, Command) {
        let (seed, now) = self.env.next();
        let mut command = self.env.command("okr", &self.user_home);
        command
            .args(arguments)
            .env("OKR_HOME", &self.okr_home)
            .env("OKR_NOW", now)
            .env("OKR_SEED", seed.to_string());
        let typed = format!("okr {}   (on {})", arguments.join(" "), self.name);
        (typed, command)
    }

    /// The token that its device got when it joined, for tests that speak to a server by themselves.
    #[track_caller]
    #[must_use]
    pub fn token(&self) -> String {
        let files = crate::files_below(&self.okr_home);
        let device = files.iter().find(|(path, _)| path.ends_with("device.json"));
        let (path, _) = device.expect("the device's file");
        let text = std::fs::read_to_string(path).expect("it can be read");
        let device: Value = serde_json::from_str(&text).expect("it is JSON");
        let token = device["remote"]["token"].as_str();
        token.expect("a token").to_owned()
    }

    /// Joins the workspace of an invitation.
    #[track_caller]
    pub fn join(&self, invitation: &str) -> &Self {
        self.okr(&["join", invitation]).ok();
        self
    }

    /// Pushes and pulls, and returns the counts of `okr sync --json`.
    #[track_caller]
    pub fn sync(&self) -> Value {
        self.okr(&["sync", "--json"]).ok().json()
    }

    /// The key result of this title, as `okr status --json` shows it.
    #[track_caller]
    #[must_use]
    pub fn key_result(&self, title: &str) -> Value {
        self.key_result_in(title, &[])
    }

    /// The same under further arguments, such as `--as-of`.
    #[track_caller]
    #[must_use]
    pub fn key_result_in(&self, title: &str, arguments: &[&str]) -> Value {
        let mut typed = vec!["status", "--json"];
        typed.extend(arguments);
        let status = self.okr(&typed).ok().json();
        let objectives = status["objectives"].as_array();
        let all: Vec<Value> = objectives
            .into_iter()
            .flatten()
            .filter_map(|objective| objective["key_results"].as_array())
            .flatten()
            .cloned()
            .collect();
        titled(&Value::Array(all), title).clone()
    }

    /// The whole log, one value an event.
    #[track_caller]
    #[must_use]
    pub fn log(&self) -> Vec<Value> {
        self.okr(&["log", "--json"]).ok().json_lines()
    }

    /// The conflicts that nobody has settled.
    #[track_caller]
    #[must_use]
    pub fn conflicts(&self) -> Vec<Value> {
        let answer = self.okr(&["conflicts", "--json"]).ok().json();
        answer["conflicts"].as_array().cloned().unwrap_or_default()
    }

    /// How many events of this kind the log holds.
    #[track_caller]
    #[must_use]
    pub fn count(&self, kind: &str) -> usize {
        self.log()
            .iter()
            .filter(|event| event["kind"] == kind)
            .count()
    }

    /// A first quarter to work on: the cycles 2026 and 2026-Q1, the second active, an objective `growth`, and
    /// the key result “Qualified leads” (`leads`, from 500 to 550).
    #[track_caller]
    pub fn plan_a_quarter(&self) -> &Self {
        for arguments in [
            &["cycle", "new", "2026"][..],
            &["cycle", "new", "2026-Q1"],
            &["cycle", "activate", "2026-Q1"],
            &[
                "objective",
                "new",
                "Be the first choice in our market",
                "--cycle",
                "2026-Q1",
                "--key",
                "growth",
            ],
            &[
                "kr",
                "new",
                "Qualified leads",
                "--objective",
                "growth",
                "--increase",
                "500..550",
                "--unit",
                "leads",
                "--key",
                "leads",
            ],
        ] {
            self.okr(arguments).ok();
        }
        self
    }

    /// Another machine whose `OKR_HOME` is a copy of this one's, as a backup restored elsewhere would be.
    #[must_use]
    pub fn copied_to(&self, name: &str) -> Machine<'env> {
        let copy = Machine::new(self.env, name);
        copy_folder(&self.okr_home, &copy.okr_home);
        copy
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder for the copy");
    for entry in std::fs::read_dir(from).expect("the folder to copy") {
        let entry = entry.expect("an entry of the folder to copy");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("the type of an entry").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copied file");
        }
    }
}

/// A child that has not ended yet. Its output is read all the while, so that it never blocks on a full pipe.
#[derive(Debug)]
pub struct Running {
    typed: String,
    pid: Pid,
    end: mpsc::Receiver<Run>,
}

impl Running {
    pub(crate) fn start(typed: String, mut command: Command) -> Self {
        let child: Child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{typed}: {error}"));
        let pid = Pid::from_child(&child);
        let (report, end) = mpsc::channel();
        let name = typed.clone();
        std::thread::spawn(move || {
            let output = child
                .wait_with_output()
                .expect("a child that can be waited for");
            // Nobody listens when the test has failed meanwhile.
            let _ = report.send(Run::new(name, &output));
        });
        Self { typed, pid, end }
    }

    /// Ends it with SIGKILL, wherever it is.
    pub fn kill(&self) {
        // It may have ended by itself, which is as good.
        let _ = kill_process(self.pid, Signal::KILL);
    }

    /// Ends it with SIGKILL at this instant after its start, unless it has ended by itself before.
    #[track_caller]
    #[must_use]
    pub fn killed_after(self, instant: Duration) -> Run {
        match self.end.recv_timeout(instant) {
            Ok(run) => run,
            Err(_) => {
                self.kill();
                self.wait()
            }
        }
    }

    /// What it left behind if it ends within this time.
    #[must_use]
    pub fn ended_within(&self, time: Duration) -> Option<Run> {
        self.end.recv_timeout(time).ok()
    }

    /// Waits for its end.
    #[track_caller]
    #[must_use]
    pub fn wait(self) -> Run {
        match self.end.recv_timeout(HANGS) {
            Ok(run) => run,
            Err(_) => {
                self.kill();
                panic!("{} hangs: killed after {HANGS:?}", self.typed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Running {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Running::start(script.to_owned(), command)
    }

    #[test]
    fn a_child_is_reported_with_all_it_said() {
        let run = shell("echo answer; echo why >&2; exit 3").wait();
        assert_eq!((&*run.stdout, &*run.stderr), ("answer\n", "why\n"));
        assert_eq!(run.code, Some(3));
    }

    #[test]
    fn a_killed_child_has_no_exit_code() {
        let child = shell("exec cat /dev/zero > /dev/null");
        child.kill();
        assert_eq!(child.wait().code, None);
    }
}
