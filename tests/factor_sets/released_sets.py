"""The released factor sets: their hashes and column sums, and the command that pins a new version.

    python tests/factor_sets/released_sets.py

pins what is not pinned yet. It never changes a pin: a released version is what results were made with.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cpcalc.schema.factor_set import READING, SECTIONS, FactorSet
from cpcalc.source.reader import Document, read

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "emission_factors"
PINS = Path(__file__).with_name("released.json")
FILES = sorted(FOLDER.glob("*/*.yaml"), key=lambda path: (path.parent.name, int(path.stem)))


def pin_of(path: Path) -> str:
    """How an assessment names the version: ``ipcc-2006@1``."""
    return f"{path.parent.name}@{path.stem}"


def sha256(path: Path) -> str:
    """The hash that a result carries."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def document_of(path: Path) -> Document:
    """The file as read."""
    return read(path.read_bytes(), path.relative_to(ROOT).as_posix())


def model_of(path: Path) -> FactorSet:
    """The file as typed."""
    return FactorSet.model_validate(document_of(path).tree, context=READING)


def sums(path: Path) -> dict[str, list[float]]:
    """Per column (section, key, what, unit): how many numbers there are and what they sum to, in canonical units."""
    columns: dict[str, list[float]] = {}
    found = model_of(path)
    for section in SECTIONS:
        for entry in getattr(found, section) or ():
            for key, amount in _amounts(entry, ""):
                columns.setdefault(f"{section}.{key} [{amount.unit}]", []).append(amount.value)
    return {
        name: [len(values), float(f"{math.fsum(values):.12g}")]
        for name, values in sorted(columns.items())
    }


def _amounts(node: Any, key: str) -> Iterator[tuple[str, Any]]:
    if hasattr(node, "unit") and hasattr(node, "text"):
        yield key, node
    elif isinstance(node, list):
        for item in node:
            yield from _amounts(item, key)
    elif hasattr(node, "model_fields_set"):
        of = (
            getattr(node, "of", None)
            or getattr(node, "gas", None)
            or getattr(node, "indicator", None)
        )
        below = f"{key}.{of}" if of and key else (of or key)
        for name in sorted(node.model_fields_set):
            yield from _amounts(getattr(node, name), f"{below}.{name}".lstrip("."))


def pins() -> dict[str, dict[str, Any]]:
    """The committed table."""
    table: dict[str, dict[str, Any]] = (
        json.loads(PINS.read_text(encoding="utf-8")) if PINS.exists() else {}
    )
    return table


def _written(table: dict[str, dict[str, Any]]) -> str:
    """The table with one column a line, so that a diff shows what changed."""
    blocks = []
    for pin, pinned in sorted(table.items()):
        columns = ",\n".join(
            f"   {json.dumps(name)}: {json.dumps(value)}" for name, value in pinned["sums"].items()
        )
        blocks.append(
            f' "{pin}": {{\n  "sha256": "{pinned["sha256"]}",\n  "sums": {{\n{columns}\n  }}\n }}'
        )
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def main() -> int:
    """Pin every version that has no pin yet; 1 where a pinned file has changed."""
    table = pins()
    changed = 0
    for path in FILES:
        pin = pin_of(path)
        if pin not in table:
            table[pin] = {"sha256": sha256(path), "sums": sums(path)}
            print(f"pinned: {pin}")
        elif table[pin]["sha256"] != sha256(path):
            changed = 1
            print(
                f"changed after its release: {pin}; put it back and write version {int(path.stem) + 1}"
            )
    PINS.write_text(_written(table), encoding="utf-8", newline="\n")
    return changed


if __name__ == "__main__":
    sys.exit(main())
