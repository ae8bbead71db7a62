"""A disk with a cache that a power cut empties.

Serves one file, `disk.img`, over FUSE. What is written stays in memory until the file is flushed;
only then does it reach the base image. Setting the attribute `user.cut` of `disk.img` to N is the power
cut, after N more writes (0: at once). It freezes four images of what a real disk might hold at that
instant, beside the base image; then the attribute reads as the number of unflushed pages and the time
of the cut (the monotonic clock, in seconds).

    all       everything that was written had reached the platter
    flushed   nothing had but what was flushed
    half      a random half of the unflushed pages had
    most      a random nine tenths of them had

usage: volatile_disk.py BASE_IMAGE MOUNT_POINT SEED
"""

import errno
import os
import random
import stat
import subprocess
import sys
import time

from fuse import FUSE, FuseOSError, Operations

PAGE = 4096
IMAGES = {"all": 1.0, "flushed": 0.0, "half": 0.5, "most": 0.9}


class VolatileDisk(Operations):
    def __init__(self, base, seed):
        self.base = base
        self.size = os.path.getsize(base)
        self.file = os.open(base, os.O_RDWR)
        self.cache = {}
        self.random = random.Random(seed)
        self.writes_to_cut = None
        self.last_cut = None

    def getattr(self, path, fh=None):
        now = time.time()
        times = {"st_ctime": now, "st_mtime": now, "st_atime": now}
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2, **times}
        if path == "/disk.img":
            return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": self.size, **times}
        raise FuseOSError(errno.ENOENT)

    def readdir(self, path, fh):
        return [".", "..", "disk.img"]

    def open(self, path, flags):
        return 0

    def page(self, number):
        """A page as the running machine sees it."""
        cached = self.cache.get(number)
        return os.pread(self.file, PAGE, number * PAGE) if cached is None else cached

    def read(self, path, length, offset, fh):
        first, last = offset // PAGE, (offset + length - 1) // PAGE
        if not any(number in self.cache for number in range(first, last + 1)):
            return os.pread(self.file, length, offset)
        pages = b"".join(self.page(number) for number in range(first, last + 1))
        start = offset - first * PAGE
        return pages[start : start + length]

    def write(self, path, data, offset, fh):
        at = 0
        while at < len(data):
            number, start = divmod(offset + at, PAGE)
            part = data[at : at + PAGE - start]
            if len(part) < PAGE:
                old = self.page(number)
                part_end = start + len(part)
                self.cache[number] = old[:start] + part + old[part_end:]
            else:
                self.cache[number] = part
            at += len(part)
        if self.writes_to_cut is not None:
            self.writes_to_cut -= 1
            if self.writes_to_cut <= 0:
                self.cut()
        return len(data)

    def fsync(self, path, data_only, fh):
        for number, page in self.cache.items():
            os.pwrite(self.file, page, number * PAGE)
        self.cache.clear()
        return 0

    def flush(self, path, fh):
        # Called when a descriptor is closed, which flushes no disk.
        return 0

    def truncate(self, path, length, fh=None):
        return 0

    def fallocate(self, path, mode, offset, length, fh):
        raise FuseOSError(errno.EOPNOTSUPP)

    def setxattr(self, path, name, value, options, position=0):
        if name != "user.cut":
            raise FuseOSError(errno.ENOTSUP)
        self.last_cut = None
        self.writes_to_cut = int(value)
        if self.writes_to_cut == 0:
            self.cut()
        return 0

    def getxattr(self, path, name, position=0):
        if name != "user.cut" or self.last_cut is None:
            raise FuseOSError(errno.ENODATA)
        return self.last_cut

    def cut(self):
        self.writes_to_cut = None
        instant = time.monotonic()
        for image, share in IMAGES.items():
            target = os.path.join(os.path.dirname(self.base), f"{image}.img")
            subprocess.check_call(["cp", "--sparse=always", self.base, target])
            with open(target, "r+b") as frozen:
                for number, page in self.cache.items():
                    if self.random.random() < share:
                        os.pwrite(frozen.fileno(), page, number * PAGE)
        self.last_cut = f"{len(self.cache)} {instant}".encode()


if __name__ == "__main__":
    base, mount_point, seed = os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    FUSE(VolatileDisk(base, seed), mount_point, foreground=True, nothreads=True, big_writes=True, max_write=131072)
