"""pint's answers: the authority behind ``units.json``, asked at run time only for what it lacks."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import pint


def _text() -> str:
    return Path(__file__).with_name("units.txt").read_text(encoding="utf-8")


def fingerprint() -> str:
    """SHA-256 of ``units.txt``, which ties the generated table to it."""
    return hashlib.sha256(_text().replace("\r\n", "\n").encode()).hexdigest()


def _definitions() -> list[list[str]]:
    """The parts of each line of ``units.txt``: name, value, symbol (``_`` for none), aliases."""
    lines = [line.split("#", 1)[0].split("=") for line in _text().splitlines()]
    return [[part.strip() for part in parts] for parts in lines if len(parts) > 1]


@cache
def registry() -> "pint.UnitRegistry[Any]":
    """pint's registry of exactly our units: no prefixes, none of pint's own units.

    Aliases such as ``m³`` and ``°C`` are left out: newer versions of pint refuse them as names, and
    pint is only ever asked in canonical spelling; ``names`` has them all.
    """
    lines = []
    for parts in _definitions():
        aliases = [alias for alias in parts[3:] if alias.isidentifier()]
        lines.append(" = ".join([*parts[:3], *aliases]))
    return pint.UnitRegistry(lines, on_redefinition="raise", cache_folder=None)


def names() -> dict[str, str]:
    """Every name that may be written, with the canonical spelling of its unit."""
    known: dict[str, str] = {}
    for name, _, *others in _definitions():
        known |= dict.fromkeys((name, *others), name)
    known.pop("_", None)
    return known | {"%": "percent"}


def order() -> tuple[str, ...]:
    """The canonical base units, in the order of ``units.txt``."""
    return tuple(parts[0] for parts in _definitions() if parts[1].startswith("["))


def ask(expression: str) -> tuple[float, tuple[tuple[str, int], ...]]:
    """The factor of an expression in canonical spelling to base units, and their exponents."""
    units = registry()
    rank = {name: position for position, name in enumerate(order())}
    root = units.Quantity(1.0, units.parse_units(expression)).to_root_units()
    powers = [(name, round(float(str(power)))) for name, power in root.unit_items() if power]
    return float(root.magnitude), tuple(sorted(powers, key=lambda pair: rank[pair[0]]))
