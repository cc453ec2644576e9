"""pint's answers: the authority behind the table of conversions, asked at run time only for what the table lacks."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint

Answer = tuple[float, tuple[tuple[str, int], ...]]


def definitions() -> str:
    """The text of ``units.txt``."""
    return resources.files("cpcalc").joinpath("units.txt").read_text(encoding="utf-8")


def fingerprint() -> str:
    """SHA-256 of ``units.txt``, which ties the generated table to it."""
    return hashlib.sha256(definitions().replace("\r\n", "\n").encode()).hexdigest()


def for_pint() -> list[str]:
    """The definitions without aliases such as ``m³`` and ``°C``, which newer versions of pint refuse as names.

    pint is only ever asked in canonical spelling, so it needs no aliases; ``names`` has them all.
    """
    lines = []
    for line in definitions().splitlines():
        name, *rest = [part.strip() for part in line.split("#", 1)[0].split("=")]
        value, symbol, aliases = rest[:1], rest[1:2], rest[2:]
        lines.append(
            " = ".join(
                [name, *value, *symbol, *(alias for alias in aliases if alias.isidentifier())]
            )
        )
    return lines


@lru_cache(maxsize=1)
def registry() -> pint.UnitRegistry[Any]:
    """pint's registry of exactly our units: no prefixes, none of pint's own units."""
    import pint

    return pint.UnitRegistry(for_pint(), on_redefinition="raise", cache_folder=None)


def names() -> dict[str, str]:
    """Every name that may be written, with the canonical spelling of its unit."""
    found: dict[str, str] = {}
    for line in definitions().splitlines():
        parts = [part.strip() for part in line.split("#", 1)[0].split("=")]
        if len(parts) < 2:
            continue
        for alias in (parts[0], *[part for part in parts[2:] if part != "_"]):
            found[alias] = parts[0]
    found["%"] = "percent"
    return found


def order() -> tuple[str, ...]:
    """The canonical base units, in the order of ``units.txt``."""
    lines = [line.split("#", 1)[0].split("=") for line in definitions().splitlines()]
    return tuple(
        parts[0].strip() for parts in lines if len(parts) > 1 and parts[1].strip().startswith("[")
    )


def ask(expression: str) -> Answer:
    """pint's conversion of an expression in canonical spelling: factor to canonical base units, and their exponents."""
    units = registry()
    rank = {name: position for position, name in enumerate(order())}
    root = units.Quantity(1.0, units.parse_units(expression)).to_root_units()
    exponents = sorted(
        ((name, round(float(str(power)))) for name, power in root.unit_items() if power),
        key=lambda pair: rank[pair[0]],
    )
    return float(root.magnitude), tuple(exponents)
