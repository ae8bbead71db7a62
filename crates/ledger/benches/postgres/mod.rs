//! PostgreSQL as a peer in the benchmark: a cluster of its own in a folder, with its own settings for
//! durability, reached over a Unix socket in its binary protocol. It needs no more than the server's
//! programs; where they are absent, or will not run, the benchmark says why and goes on without.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const VERSION_3: i32 = 196_608;
const OID_INT8: i32 = 20;
const OID_BYTEA: i32 = 17;

/// A running cluster with one table, `log (seq, event)`.
pub(crate) struct Cluster {
    programs: PathBuf,
    data: PathBuf,
    server: Child,
    stream: UnixStream,
}

impl Cluster {
    /// Makes a cluster in a folder and starts it; or why there is none.
    pub(crate) fn start(folder: &Path) -> Result<Self, String> {
        let programs = programs().ok_or("PostgreSQL is not installed")?;
        let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
        fs::create_dir(&folder).map_err(|error| error.to_string())?;
        if is_root() {
            // It refuses to run as the superuser: it gets the folder and a way to it.
            let above = folder.parent().unwrap_or(&folder);
            fs::set_permissions(above, PermissionsExt::from_mode(0o711))
                .map_err(|error| error.to_string())?;
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let data = folder.join("data");
        run(as_its_user(&programs.join("initdb"))
            .args(["--username=bench", "--auth=trust", "--no-sync", "-D"])
            .arg(&data))?;
        let mut server = as_its_user(&programs.join("postgres"))
            .args(["-c", "listen_addresses=", "-D"])
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        wait_until_ready(&mut server)?;
        let mut stream =
            UnixStream::connect(folder.join(".s.PGSQL.5432")).map_err(|error| error.to_string())?;
        let mut greeting = VERSION_3.to_be_bytes().to_vec();
        greeting.extend(b"user\0bench\0database\0postgres\0\0");
        let length = i32::try_from(greeting.len() + 4).unwrap();
        stream.write_all(&length.to_be_bytes()).unwrap();
        stream.write_all(&greeting).unwrap();
        let mut cluster = Self {
            programs,
            data,
            server,
            stream,
        };
        cluster.read_until_ready();
        let table = b"CREATE TABLE log (seq bigint PRIMARY KEY, event bytea NOT NULL)\0";
        let mut insert = b"insert\0INSERT INTO log VALUES ($1, $2)\0".to_vec();
        insert.extend(2_i16.to_be_bytes());
        insert.extend(OID_INT8.to_be_bytes());
        insert.extend(OID_BYTEA.to_be_bytes());
        cluster.ask(&message(b'Q', table));
        cluster.ask(&[message(b'P', &insert), message(b'S', &[])].concat());
        Ok(cluster)
    }

    /// Inserts rows in one transaction, and comes back when it is committed.
    pub(crate) fn append(&mut self, rows: impl Iterator<Item = (i64, Vec<u8>)>) {
        let mut request = Vec::new();
        for (seq, event) in rows {
            // Portal and statement, all parameters in binary, two of them, results as they come.
            let mut bind = b"\0insert\0".to_vec();
            bind.extend([1_i16, 1, 2].into_iter().flat_map(i16::to_be_bytes));
            bind.extend(8_i32.to_be_bytes());
            bind.extend(seq.to_be_bytes());
            bind.extend(i32::try_from(event.len()).unwrap().to_be_bytes());
            bind.extend(event);
            bind.extend(0_i16.to_be_bytes());
            request.extend(message(b'B', &bind));
            request.extend(message(b'E', &[0, 0, 0, 0, 0]));
        }
        // Up to here it is one transaction.
        request.extend(message(b'S', &[]));
        self.ask(&request);
    }

    fn ask(&mut self, request: &[u8]) {
        self.stream.write_all(request).unwrap();
        self.read_until_ready();
    }

    fn read_until_ready(&mut self) {
        loop {
            let mut head = [0; 5];
            self.stream.read_exact(&mut head).unwrap();
            let [kind, length @ ..] = head;
            let length = usize::try_from(i32::from_be_bytes(length)).unwrap();
            let mut body = vec![0; length - 4];
            self.stream.read_exact(&mut body).unwrap();
            match kind {
                b'Z' => return,
                b'E' => panic!("PostgreSQL: {}", String::from_utf8_lossy(&body)),
                _ => {}
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = as_its_user(&self.programs.join("pg_ctl"))
            .args(["stop", "-s", "-m", "immediate", "-D"])
            .arg(&self.data)
            .status();
        if !stop.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = i32::try_from(body.len() + 4).unwrap();
    [&[kind][..], &length.to_be_bytes(), body].concat()
}

/// Where its programs are: Debian keeps them off the path.
fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    for version in fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
    {
        folders.push(version.path().join("bin"));
    }
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn as_its_user(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command
            .args([
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                "--",
            ])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Reads its log until it takes connections, and the rest of it on a thread of its own.
fn wait_until_ready(server: &mut Child) -> Result<(), String> {
    let log = server.stderr.take().ok_or("its log cannot be read")?;
    let mut lines = BufReader::new(log).lines();
    let mut said = String::new();
    for line in lines.by_ref().map_while(Result::ok) {
        if line.contains("ready to accept connections") {
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(());
        }
        said.push_str(&line);
    }
    Err(said)
}
