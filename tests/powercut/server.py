"""A whole server as what is cut: `okrd` on the disk that loses its power, several `okr` on one that doesn't.

Each machine checks in and synchronises for ever. What counts as acknowledged is what an `okr sync` had said
before the cut: by then every check-in that its machine had made is recorded. On each image `okrd` is
started anew, and a machine that joined before all this reads the log, checks every signature and root
of it, and records something more.
"""

import json
import os
import shutil
import subprocess
import threading
import time

MACHINES = ("lisbon", "lagos", "manila")
QUARTER = (
    ("cycle", "new", "2026"),
    ("cycle", "new", "2026-Q1"),
    ("cycle", "activate", "2026-Q1"),
    ("objective", "new", "Be the first choice", "--cycle", "2026-Q1", "--key", "growth"),
    ("kr", "new", "Leads", "--objective", "growth", "--increase", "500..550", "--unit", "leads", "--key", "leads"),
)


class Refused(Exception):
    """A program that should have done its work did not."""


class Server:
    name = "the server"

    def __init__(self, programs):
        self.okr, self.okrd = (os.path.join(programs, name) for name in ("okr", "okrd"))
        there = os.path.exists(self.okr) and os.path.exists(self.okrd)
        self.missing = None if there else f"{self.okr} or {self.okrd} is missing: cargo build --release -p quarterdeck-cli -p quarterdeck-server --bins"

    def write(self, point, work):
        return Machines(self, os.path.join(point, "okrd"), os.path.join(work, "machines"))

    def check(self, point, acked, work):
        """What is wrong with the server on a disk, or None."""
        reader = os.path.join(work, "reader")
        shutil.rmtree(reader, ignore_errors=True)
        shutil.copytree(os.path.join(work, "machines", "reader"), reader)
        data = os.path.join(point, "okrd")
        try:
            run(self.okrd, "verify", "--data", data)
            with Serving(self, data) as serving:
                point_at(reader, serving.address)
                machine = Machine(self, reader)
                machine.okr("sync")
                machine.okr("verify", "--server")
                complaint = missing(acked, machine.notes())
                machine.okr("checkin", "leads", "+1", "--message", "after the cut")
                machine.okr("sync")
                return complaint
        except Refused as refused:
            return str(refused)


def run(*command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[0:3]
        raise Refused(f"{os.path.basename(command[0])} {command[1]} ended with {done.returncode}: {said}")
    return done.stdout


def missing(acked, notes):
    """What is lost or doubled of what each machine had been told is recorded, or None."""
    for machine, told in acked.items():
        of_machine = [note for note in notes if note.startswith(f"{machine} ")]
        if of_machine[: len(told)] != told:
            return f"{machine} was told that {len(told)} are recorded, and there are {of_machine[-3:]} of {len(of_machine)}"
        if len(set(of_machine)) != len(of_machine):
            return f"{machine} finds something recorded twice"
    return None


def point_at(home, address):
    """Lets a machine look for its server at another address."""
    path = os.path.join(home, "workspaces", "acme", "device.json")
    with open(path) as file:
        device = json.load(file)
    host, port = address.rsplit(":", 1)
    device["remote"].update(host=host, port=int(port))
    with open(path, "w") as file:
        json.dump(device, file)


class Serving:
    """`okrd serve`, until the end of the block."""

    def __init__(self, programs, data):
        command = [programs.okrd, "serve", "--data", data, "--listen", "127.0.0.1:0", "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise Refused(f"okrd does not serve: {self.process.stderr.read().splitlines()[-2:]}")
        self.address = json.loads(line)["listening"]
        # Read to its end, so that it never blocks on its log.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Machine:
    def __init__(self, programs, home):
        self.programs = programs
        self.home = home

    def okr(self, *arguments):
        return run(self.programs.okr, *arguments, OKR_HOME=self.home, OKR_NOW="2026-01-06T10:00:00Z")

    def notes(self):
        """The notes of all check-ins, in the order of the log."""
        events = [json.loads(line) for line in self.okr("log", "--json").splitlines()]
        return [event["text"] for event in events if event["kind"] == "CheckedIn"]


class Machines:
    """A server, and machines that work with it from threads of their own."""

    def __init__(self, programs, data, homes):
        shutil.rmtree(homes, ignore_errors=True)
        url = json.loads(
            run(programs.okrd, "init", "--data", data, "--workspace", "acme", "--owner", "ana", "--url", "127.0.0.1:0", "--json")
        )["invite"]
        self.serving = Serving(programs, data)
        self.stopping = threading.Event()
        self.failed = None
        self.heard = {}
        machines = {name: Machine(programs, os.path.join(homes, name)) for name in (*MACHINES, "reader")}
        for name, machine in machines.items():
            if name != MACHINES[0]:
                command = (programs.okrd, "invite", "--data", data, "--workspace", "acme", "--member", name, "--role", "contributor", "--json")
                url = json.loads(run(*command))["invite"]
            machine.okr("join", f"okr://{self.serving.address}/{url.split('/', 3)[3]}")
            if name == MACHINES[0]:
                for command in QUARTER:
                    machine.okr(*command)
                machine.okr("sync")
        self.threads = [threading.Thread(target=self.work, args=(name, machines[name]), daemon=True) for name in MACHINES]
        for name in MACHINES:
            self.heard[name] = [(time.monotonic(), [])]
        for thread in self.threads:
            thread.start()

    def work(self, name, machine):
        made = []
        # A long one fills a frame of the ledger, and moves others there.
        lengths = (5, 40, 300, 7000)
        try:
            while not self.stopping.is_set():
                note = f"{name} {len(made)} ".ljust(lengths[len(made) % 4], "x").strip()
                machine.okr("checkin", "leads", "+1", "--message", note)
                made.append(note)
                machine.okr("sync")
                self.heard[name].append((time.monotonic(), list(made)))
        except Refused as refused:
            if not self.stopping.is_set():
                self.failed = str(refused)

    def acked_by(self, instant):
        """What had certainly been acknowledged to each machine by then."""
        return {name: [told for heard, told in list(all_heard) if heard < instant][-1] for name, all_heard in self.heard.items()}

    def count(self, acked):
        return sum(len(told) for told in acked.values())

    def ended(self):
        if self.failed is None:
            return None
        return "" if "free space" in self.failed or "disk is full" in self.failed else f"a machine stopped: {self.failed}"

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        self.serving.__exit__()
