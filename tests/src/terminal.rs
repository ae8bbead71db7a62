//! `okr` at a terminal: a pseudo-terminal of its own, keys typed into it, what it draws read back.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

/// What is not drawn in this time is not drawn any more.
const HANGS: Duration = Duration::from_secs(60);
/// What a program writes to get the terminal's main screen back.
const LEFT: &str = "\u{1b}[?1049l";

/// A program at a terminal of its own.
pub struct Terminal {
    typed: String,
    child: Child,
    keys: File,
    drawn: mpsc::Receiver<Vec<u8>>,
    /// What the terminal shows.
    screen: vt100::Parser,
    /// Everything that was written to it.
    all: String,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n{}", self.typed, self.text())
    }
}

/// How a program at a terminal ended.
#[derive(Debug)]
pub struct Left {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Whether the terminal was put back: its main screen, and lines that are read as they are typed.
    pub restored: bool,
}

impl Terminal {
    pub(crate) fn start(typed: String, mut command: Command, (columns, rows): (u16, u16)) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
        grantpt(&master).expect("a terminal that is ours");
        unlockpt(&master).expect("a terminal that can be opened");
        let name = ptsname(&master, Vec::new()).expect("the name of a terminal");
        let slave: OwnedFd = File::options()
            .read(true)
            .write(true)
            .custom_flags(i32::try_from(OFlags::NOCTTY.bits()).expect("a flag of the system"))
            .open(Path::new(std::ffi::OsStr::from_bytes(name.to_bytes())))
            .expect("the other end of a terminal")
            .into();
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&slave, size).expect("a terminal with a size");
        let end = || Stdio::from(slave.try_clone().expect("another end"));
        let child = command
            .env("TERM", "xterm-256color")
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap_or_else(|error| panic!("{typed}: {error}"));
        // The last ends of ours: when the child's go, reading ends.
        drop(command);
        drop(slave);
        let keys = File::from(master);
        let mut read = keys.try_clone().expect("a terminal to read from");
        let (report, drawn) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(size @ 1..) = read.read(&mut buffer) {
                if report.send(buffer[..size].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            typed,
            child,
            keys,
            drawn,
            screen: vt100::Parser::new(rows, columns, 0),
            all: String::new(),
        }
    }

    /// What it shows now.
    #[must_use]
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// The same with its colours.
    #[must_use]
    pub fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// Everything that was written to it so far.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.all
    }

    /// Waits until this is shown.
    #[track_caller]
    pub fn until(&mut self, text: &str) -> &mut Self {
        let began = Instant::now();
        while !self.text().contains(text) {
            let left = HANGS.saturating_sub(began.elapsed());
            match self.drawn.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(error) => panic!("it never showed “{text}” ({error}): {self:?}"),
            }
        }
        self
    }

    fn take(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.all.push_str(&String::from_utf8_lossy(bytes));
    }

    /// Types.
    #[track_caller]
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        self.keys
            .write_all(keys.as_bytes())
            .expect("a terminal that takes keys");
        self
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) -> &Self {
        let _ = kill_process(Pid::from_child(&self.child), signal);
        self
    }

    /// Waits for its end.
    #[track_caller]
    pub fn ended(&mut self) -> Left {
        let began = Instant::now();
        loop {
            match self
                .drawn
                .recv_timeout(HANGS.saturating_sub(began.elapsed()))
            {
                Ok(bytes) => self.take(&bytes),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    panic!("it does not end: {self:?}");
                }
            }
        }
        let status = self.child.wait().expect("a child that can be waited for");
        let modes = tcgetattr(&self.keys).map(|modes| modes.local_modes);
        let reads_lines = modes.is_ok_and(|modes| modes.contains(LocalModes::ICANON));
        Left {
            code: status.code(),
            signal: status.signal(),
            restored: reads_lines && self.all.contains(LEFT),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended, or the test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
