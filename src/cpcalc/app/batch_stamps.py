"""Stamps: what the file system says of a file, by which one that was read before is known without reading it again.

A stamp is a file's device, inode, size, time of its content and time of its last change, as a version control
system keeps them in its index. It stands for the bytes only where nothing can change these and leave the stamp:

* on file systems of this machine's own kernel. They set the time of the last change by the kernel's clock, and no
  program can set it. Network and FAT file systems, those of other programs, and files in memory (a write through a
  memory map sets no time there) promise less;
* when both times are well past, for a second change within one tick of the clock would not show.

Everything else has no stamp and is read.
"""

from __future__ import annotations

import os
import struct
import sys
import time

from cpcalc.app.files import STANDARD_INPUT

# No file system of ``STEADY`` keeps times coarser than a second.
SETTLED_AFTER_NANOSECONDS = 2_000_000_000
STEADY = frozenset({"ext2", "ext3", "ext4", "xfs", "f2fs", "overlay", "zfs"})
_MOUNTS = "/proc/self/mountinfo"
_PACK = struct.Struct(">QQQqq").pack


class Stamps:
    """The stamps of files that were left alone since well before now; None for every other one."""

    def __init__(self) -> None:
        self._latest = time.time_ns() - SETTLED_AFTER_NANOSECONDS
        self._devices = steady_devices()
        self._first: dict[str, bytes | None] = {}

    def first(self, path: str) -> bytes | None:
        """The stamp of the file under a name, before it is read."""
        stamp = self._first[path] = self._of(path)
        return stamp

    def still(self, path: str) -> bytes | None:
        """The first stamp, asked for after the file was read; None where the file is not the same any more."""
        first = self._first.get(path)
        return first if first is not None and first == self._of(path) else None

    def _of(self, path: str) -> bytes | None:
        try:
            known = os.stat(path)
        except (OSError, ValueError):
            return None
        device, changed, written = known.st_dev, known.st_ctime_ns, known.st_mtime_ns
        if (
            device not in self._devices
            or changed > self._latest
            or written > self._latest
            or path == STANDARD_INPUT
        ):
            return None
        try:
            return _PACK(device, known.st_ino, known.st_size, written, changed)
        except struct.error:  # a time before 1678, which some file systems hold
            return None


def steady_devices() -> frozenset[int]:
    """The mounted file systems whose times can be relied on; none where the system does not say what is mounted."""
    if sys.platform != "linux":
        return frozenset()
    try:
        with open(_MOUNTS, encoding="utf-8", errors="replace") as stream:
            return frozenset(
                device for line in stream if (device := _steady_device(line)) is not None
            )
    except (OSError, ValueError, IndexError):
        return frozenset()


def _steady_device(line: str) -> int | None:
    """The device of a mount, as ``36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw``, where it counts."""
    mount, _, file_system = line.partition(" - ")
    if file_system.split(" ", 1)[0] not in STEADY:
        return None
    major, _, minor = mount.split(" ")[2].partition(":")
    return os.makedev(int(major), int(minor))
