"""One version of one factor set: its hash at once, its head and entries only when somebody asks for them.

Shipped sets are written in block layout: sections at column 0, each entry beginning with two spaces, a hyphen and its
id. So one entry is read without reading the others; a set in another layout is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from cpcalc.source.reader import read

SECTIONS = (
    "factors", "gwps", "controls", "fuels", "loads", "rates", "indices", "series", "benchmarks", "prices", "parameters",
)  # fmt: skip

_TOP = re.compile(r"^(?=\S)(?!#)", re.MULTILINE)
_ITEM = re.compile(r"^  - ", re.MULTILINE)


class FactorSet:
    """The set ``id@version`` with the hash of its file; entries are plain mappings of texts, as written."""

    __slots__ = (
        "_blocks",
        "_entries",
        "_head",
        "_tree",
        "gwps",
        "id",
        "is_own",
        "sha256",
        "text",
        "version",
    )

    def __init__(
        self,
        identity: str,
        version: str,
        sha256: str,
        text: str,
        tree: Any = None,
        *,
        is_own: bool = False,
    ) -> None:
        self.id = identity
        self.version = version
        self.sha256 = sha256
        self.text = text
        self.is_own = is_own
        self._tree = tree
        self._blocks: dict[str, str] | None = None
        self._head: Mapping[str, Any] | None = None
        self._entries: dict[tuple[str, str], Mapping[str, Any]] = {}
        self.gwps: dict[str, dict[str, Any]] = {}  # read once, for all files that choose them

    @property
    def pin(self) -> str:
        """How a file names this version of the set: ``ipcc-2006@1``."""
        return f"{self.id}@{self.version}"

    @property
    def tree(self) -> Mapping[str, Any]:
        """The whole set, read on first use."""
        if self._tree is None:
            self._tree = read(self.text.encode(), self.pin).tree or {}
        tree: Mapping[str, Any] = self._tree
        return tree

    @property
    def head(self) -> Mapping[str, Any]:
        """What the set says of itself: everything but its sections."""
        if self._head is None:
            if self._tree is not None:
                self._head = {
                    key: value for key, value in self._tree.items() if key not in SECTIONS
                }
            else:
                own = "".join(text for name, text in self._parts().items() if name not in SECTIONS)
                self._head = read(own.encode(), self.pin).tree or {}
        return self._head

    def ids(self, section: str) -> list[str]:
        """The ids of a section, in the set's order."""
        if self._tree is None and self._is_block(section):
            return re.findall(r"^  - id: (\S+)[ ]*$", self._parts().get(section, ""), re.MULTILINE)
        return [
            str(entry.get("id"))
            for entry in self.tree.get(section) or []
            if isinstance(entry, dict)
        ]

    def entry(self, section: str, identity: str) -> Mapping[str, Any] | None:
        """One entry of a section by its id; None where the section has none."""
        key = (section, identity)
        if key not in self._entries:
            found = self._find(section, identity)
            if found is None:
                return None
            self._entries[key] = found
        return self._entries[key]

    def entries(self, section: str, *containing: str) -> list[Mapping[str, Any]]:
        """The entries of a section whose text contains all of these pieces; the caller still compares the values."""
        if self._tree is not None or not self._is_block(section):
            return [entry for entry in self.tree.get(section) or [] if isinstance(entry, dict)]
        chosen = [
            item for item in self._items(section) if all(piece in item for piece in containing)
        ]
        return self._read_items(section, chosen)

    # ---- reading parts of the text ----------------------------------------------------------------------------------

    def _find(self, section: str, identity: str) -> Mapping[str, Any] | None:
        if self._tree is None and self._is_block(section):
            head = re.compile(rf"  - id: {re.escape(identity)}[ ]*\n")
            for item in self._items(section):
                if head.match(item):
                    return next(iter(self._read_items(section, [item])), None)
            return None
        return next((entry for entry in self.entries(section) if entry.get("id") == identity), None)

    def _read_items(self, section: str, items: list[str]) -> list[Mapping[str, Any]]:
        if not items:
            return []
        tree = read(f"{section}:\n{''.join(items)}".encode(), self.pin).tree or {}
        return [entry for entry in tree.get(section) or [] if isinstance(entry, dict)]

    def _items(self, section: str) -> Iterator[str]:
        block = self._parts().get(section, "")
        starts = [match.start() for match in _ITEM.finditer(block)]
        for start, end in zip(starts, [*starts[1:], len(block)], strict=False):
            yield block[start:end]

    def _is_block(self, section: str) -> bool:
        """Whether a section is written in block layout, so that its entries can be read one by one."""
        block = self._parts().get(section)
        return (
            block is None
            or re.match(rf"{section}:[ ]*(?:#.*)?\n(?:[ ]*(?:#.*)?\n)*  - ", block) is not None
        )

    def _parts(self) -> dict[str, str]:
        """The text of each top-level key."""
        if self._blocks is None:
            self._blocks = {}
            starts = [match.start() for match in _TOP.finditer(self.text)]
            for start, end in zip(starts, [*starts[1:], len(self.text)], strict=False):
                block = self.text[start:end]
                name = block.split(":", 1)[0].strip()
                self._blocks[name] = self._blocks.get(name, "") + block
        return self._blocks


def levels(
    factor_set: FactorSet,
    entry: Mapping[str, Any],
    raw: Mapping[str, Any] = MappingProxyType({}),
    of: str = "",
) -> tuple[Mapping[str, Any], ...]:
    """Where a row's attributes are looked for: itself, its entry, the set's defaults of its substance, the set."""
    defaults = (factor_set.head.get("defaults") or {}).get(of or str(raw.get("of"))) or {}
    return (raw, entry, defaults, factor_set.head)


def said(key: str, *places: Mapping[str, Any]) -> Any:
    """What the first of these places that says anything says of a key."""
    for level in places:
        value = level.get(key)
        if value is not None:
            return value
    return None


def citation(factor_set: FactorSet, *places: Mapping[str, Any]) -> str:
    """The document a value comes from, its year (or the value's own), and where in it: title, year, table and page."""
    head = factor_set.head
    key = said("source", *places[:-1])
    source = (head.get("sources") or {}).get(key) if isinstance(key, str) else key
    if source is None:
        source = {"title": key} if isinstance(key, str) else head.get("source") or {}
    title, year = (
        (source.get("title", ""), source.get("year"))
        if isinstance(source, Mapping)
        else (source, None)
    )
    parts = [title, year or said("published", *places), said("where", *places)]
    return ", ".join(str(part) for part in parts if part)
