"""Cuts the power under a ledger, or a whole server, that is being written to, and judges what is left.

It lives on an ext4 on a loop device on a disk with a volatile cache (volatile_disk.py). At random
instants the disk is frozen in four states that a power cut could have left. From each,

- the ledger must open, hold at least every entry acknowledged before the cut, each of them right, every
  append whole or absent, and take further entries;
- the server (server.py) must come up, hold everything that the machines had been told is recorded,
  once and in order, verify, and record further.

usage: powercut.py [--server] [--cuts N] [--seed N] [--dir DIR] [--programs DIR]

Needs Linux, root, /dev/fuse, a free loop device, fuse3 (or fuse), e2fsprogs and fusepy from PyPI; where
one is missing it says which and ends with status 77. Status 1: something was lost, and the images are
kept.
"""

import argparse
import errno
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

# No compiled files beside the sources.
sys.dont_write_bytecode = True
import server  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAMS = os.path.join(ROOT, "target", "release")
IMAGES = ("all", "flushed", "half", "most")
DISK_SIZE = "192M"


def why_not():
    """What this machine lacks for the test, or None."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    if os.geteuid() != 0:
        return "it mounts file systems, and that needs root"
    if not os.path.exists("/dev/fuse"):
        return "there is no /dev/fuse"
    for program in ("losetup", "mkfs.ext4", "mount", "umount"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    if subprocess.run(["losetup", "-f"], capture_output=True).returncode != 0:
        return "there is no free loop device"
    try:
        import fuse  # noqa: F401
    except (ImportError, OSError) as error:
        return f"fusepy or the FUSE library is not installed ({error}); try: apt-get install fuse3 libfuse2, pip install fusepy"
    return None


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Mount:
    """An image file, mounted as ext4 through a loop device."""

    def __init__(self, image, point):
        self.point = point
        os.makedirs(point, exist_ok=True)
        self.loop = run("losetup", "-f", "--show", image)
        try:
            run("mount", "-t", "ext4", self.loop, point)
        except subprocess.CalledProcessError:
            run("losetup", "-d", self.loop)
            raise

    def __enter__(self):
        return self.point

    def __exit__(self, *_):
        for attempt in range(100):
            if subprocess.run(["umount", self.point], capture_output=True).returncode == 0:
                break
            time.sleep(0.02 * (attempt + 1))
        run("losetup", "-d", self.loop)


class Disk:
    """A freshly formatted disk with a volatile cache."""

    def __init__(self, work, seed):
        self.work = work
        self.base = os.path.join(work, "base.img")
        self.mount_point = os.path.join(work, "fuse")
        os.makedirs(self.mount_point, exist_ok=True)
        run("truncate", "-s", "0", self.base)
        run("truncate", "-s", DISK_SIZE, self.base)
        run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.base)
        daemon = os.path.join(HERE, "volatile_disk.py")
        self.daemon = subprocess.Popen([sys.executable, daemon, self.base, self.mount_point, str(seed)])
        self.image = os.path.join(self.mount_point, "disk.img")
        while not os.path.exists(self.image):
            if self.daemon.poll() is not None:
                raise RuntimeError("the disk did not come up")
            time.sleep(0.01)

    def cut(self, writes):
        """Freezes the four images after some more writes; returns the pages unflushed and the instant."""
        os.setxattr(self.image, "user.cut", str(writes).encode())
        until = time.monotonic() + 5
        while True:
            try:
                pages, instant = os.getxattr(self.image, "user.cut").split()
                return int(pages), float(instant)
            except OSError as error:
                if error.errno != errno.ENODATA:
                    raise
            if time.monotonic() > until:
                # Nobody writes any more: the cut comes now.
                os.setxattr(self.image, "user.cut", b"0")
            time.sleep(0.002)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.mount_point], check=False, capture_output=True)
        self.daemon.wait()


class Ledger:
    """A ledger as what is cut: appended to by a process of its own, and checked by another."""

    name = "the ledger"

    def __init__(self, programs):
        self.store = os.path.join(programs, "examples", "ledger_store")
        self.missing = None if os.path.exists(self.store) else f"{self.store} is missing: cargo build --release -p quarterdeck-ledger --example ledger_store"

    def write(self, point, _work):
        return Writer(self.store, os.path.join(point, "ledger"))

    def check(self, point, acked, _work):
        """What is wrong with the ledger on a disk, or None."""
        check = [self.store, "check", os.path.join(point, "ledger"), str(acked)]
        done = subprocess.run(check, capture_output=True, text=True)
        if done.returncode == 0:
            return None
        return str((done.stderr.strip() or "?").splitlines()[0:2])


class Writer:
    """The process that appends, and what it has been told is recorded."""

    def __init__(self, store, folder):
        self.process = subprocess.Popen([store, "append", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.heard = [(time.monotonic(), 0)]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.heard.append((time.monotonic(), int(line.split()[1])))

    def acked_by(self, instant):
        """What had certainly been acknowledged by then."""
        return max(size for heard, size in list(self.heard) if heard < instant)

    def count(self, acked):
        return acked

    def ended(self):
        """Why it ended by itself, None while it works. A full disk ends a run; everything else is a fault."""
        if self.process.poll() is None:
            return None
        said = self.process.stderr.read()
        return "" if "free space" in said else f"the writer stopped: {said}"

    def stop(self):
        self.process.kill()
        self.process.wait()


def judge(subject, work, acked, label):
    """Looks at what is on each image; returns the complaints."""
    complaints = []
    for image in IMAGES:
        path = os.path.join(work, f"{image}.img")
        try:
            with Mount(path, os.path.join(work, "judged")) as point:
                complaint = subject.check(point, acked, work)
                if complaint is not None:
                    complaints.append(f"{label}, image {image}: {complaint}")
        except subprocess.CalledProcessError as error:
            complaints.append(f"{label}, image {image}: cannot be mounted: {error.stderr}")
        if complaints:
            shutil.copy(path, os.path.join(work, f"failed-{len(os.listdir(work))}-{image}.img"))
    return complaints


def one_disk(subject, work, chance, cuts, wait, totals):
    """Writes to a new disk and cuts it some times; returns the complaints."""
    with Disk(work, chance.randrange(2**32)) as disk, Mount(disk.image, os.path.join(work, "mnt")) as point:
        writer = subject.write(point, work)
        try:
            for _ in range(cuts):
                time.sleep(chance.uniform(*wait))
                # In turns at any instant, and in the middle of writing.
                pages, instant = disk.cut(chance.randrange(60) if totals["cuts"] % 2 else 0)
                acked = writer.acked_by(instant)
                totals["cuts"] += 1
                totals["acked"] += writer.count(acked)
                totals["pages"] += pages
                label = f"cut {totals['cuts']} ({writer.count(acked)} acknowledged, {pages} pages unflushed)"
                complaints = judge(subject, work, acked, label)
                print(f"{label}: {'; '.join(complaints) if complaints else 'sound'}", flush=True)
                if complaints:
                    return complaints
                why = writer.ended()
                if why is not None:
                    return [why] if why else []
        finally:
            writer.stop()
    return []


def main():
    arguments = argparse.ArgumentParser(description="Cuts the power under a ledger.")
    arguments.add_argument("--cuts", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--dir", default=None, help="where to work; some 2 GB free")
    arguments.add_argument("--programs", default=PROGRAMS, help="the folder of cargo's with the programs")
    arguments.add_argument("--server", action="store_true", help="cut under okrd, with several okr at work")
    given = arguments.parse_args()
    reason = why_not()
    if reason is not None:
        print(f"The power-cut test was not run: {reason}.")
        return 77
    subject = server.Server(given.programs) if given.server else Ledger(given.programs)
    if subject.missing is not None:
        print(subject.missing)
        return 2
    work = tempfile.mkdtemp(prefix="powercut-", dir=given.dir)
    chance = random.Random(given.seed)
    totals = {"cuts": 0, "acked": 0, "pages": 0}
    complaints = []
    # In turns a store that grows under several cuts, and some that are cut soon after they began.
    while totals["cuts"] < given.cuts and not complaints:
        complaints = one_disk(subject, work, chance, 6, (0.2, 2.0), totals)
        for _ in range(4):
            if totals["cuts"] < given.cuts and not complaints:
                complaints = one_disk(subject, work, chance, 1, (0.0, 0.6), totals)
    print(
        f"{subject.name}: {totals['cuts']} cuts, {len(IMAGES)} images each, {totals['acked']} entries acknowledged before them, "
        f"{totals['pages']} pages unflushed: {len(complaints)} failed"
    )
    if complaints:
        print(f"The images are in {work}.")
        return 1
    shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
