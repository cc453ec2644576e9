"""The files of a batch: found below folders, named the same on every machine, and parted into shards.

Strings all the way, not Path objects: a batch lists ten thousand names.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from cpcalc.app.files import below


class Shard(NamedTuple):
    """Part ``number`` of ``of`` parts of the files, by a hash of their names."""

    number: int
    of: int

    def has(self, name: str) -> bool:
        """Whether a root-relative name belongs to this part: the same on every machine."""
        return (
            int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % self.of
            == self.number - 1
        )


class Listed(NamedTuple):
    """A file found: its name below the common root, with slashes, and the name to open it by."""

    name: str
    path: str


def listed(paths: Sequence[str], root: str | None = None) -> list[Listed]:
    """The YAML files below the paths, each once, sorted by their names below ``root``, else the paths' common root.

    Names are composed Unicode with slashes, so that they are the same on every machine.
    """
    whole = [os.path.abspath(path) for path in paths]
    if root is not None:
        roots = [os.path.abspath(root)]
    else:
        roots = [path if os.path.isdir(path) else os.path.dirname(path) for path in whole]
    try:
        common = os.path.commonpath(roots)
    except ValueError:  # different drives have nothing in common
        common = ""
    found: dict[str, Listed] = {}
    for path, absolute in zip(paths, whole, strict=True):
        before = os.path.relpath(absolute, common) if common else absolute
        before = "" if before == os.curdir else before
        within = os.path.join(before, "") if before else ""
        for name in below(path):
            inside = name[len(path) :].lstrip("/" + os.sep)
            relative = within + inside if inside else before
            if relative not in found:
                found[relative] = Listed(_portable(relative), name)
    return sorted(found.values())


def _portable(name: str) -> str:
    if os.sep == "/" and name.isascii():
        return name
    plain = name.replace("\\", "/") if os.sep == "\\" else name
    plain = plain if plain.isascii() else unicodedata.normalize("NFC", plain)
    return plain.encode("utf-8", "backslashreplace").decode()
