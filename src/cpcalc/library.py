"""The pinned factor sets of one assessment: exactly one factor for a reference, or a diagnostic with the candidates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cpcalc.diagnostics import Diagnostic
from cpcalc.quantities import INTERNATIONAL, Quantity, parse_quantity
from cpcalc.units import QuantityError

PIN = re.compile(r"([a-z0-9][a-z0-9-]*)@([0-9]{1,4})")
GWP_NAME = re.compile(r"(AR[0-9])-([0-9]+)(-feedback)?")


class FactorSet(NamedTuple):
    """One version of one set, as read: its data, the hash of its file, and where it was read from."""

    id: str
    version: str
    tree: Mapping[str, Any]
    sha256: str


class Row(NamedTuple):
    """One emission row: an amount of a substance per amount of activity, with its conditions and citation."""

    of: str
    value: Quantity
    times: str | None  # ash or sulphur: the factor is value x percent number + plus
    plus: Quantity | None
    basis: str | None  # ncv or gcv, for a factor per energy
    scope: str
    boundary: str
    biogenic: bool
    abated: bool
    fraction: str | None
    mass_basis: str | None
    data_year: int | None
    type: str | None
    published: int | None
    quality: str
    citation: str
    reference: str


class Factor(NamedTuple):
    """Everything that a stream takes from one reference."""

    reference: str
    name: Mapping[str, str]
    kind: str
    geography: str
    ncv: Quantity | None
    rows: tuple[Row, ...]


class Library:
    """The sets that a file pins, and the factors picked from them so far."""

    def __init__(self, sets: Mapping[str, FactorSet]) -> None:
        self.sets = sets
        self.used: dict[str, Row] = {}

    def pick(self, reference: str, *, data_year: int | None, kind: str | None) -> Factor | Diagnostic:
        """The one factor that ``set/id`` names; of rows that differ by data year or type, the one chosen.

        No fallback to another year, type or region: without exactly one row per substance the answer is a diagnostic
        that lists the candidates.
        """
        name, _, identity = reference.partition("/")
        factor_set = self.sets.get(name)
        if factor_set is None:
            return Diagnostic(
                "factor-set-not-pinned", (), {"set": name, "factor": reference, "pinned": ", ".join(self.sets)}
            )
        entries = factor_set.tree.get("factors") or []
        entry = next((entry for entry in entries if entry.get("id") == identity), None)
        if entry is None:
            import difflib

            known = [str(entry.get("id")) for entry in entries]
            close = difflib.get_close_matches(identity, known, n=3, cutoff=0.4) or known[:6]
            return Diagnostic(
                "unknown-factor", (), {"factor": reference, "known": ", ".join(f"{name}/{other}" for other in close)}
            )
        return self._factor(factor_set, entry, data_year, kind)

    def _factor(
        self, factor_set: FactorSet, entry: Mapping[str, Any], data_year: int | None, kind: str | None
    ) -> Factor | Diagnostic:
        reference = f"{factor_set.id}@{factor_set.version}/{entry['id']}"
        by_substance: dict[str, list[Mapping[str, Any]]] = {}
        for raw in entry.get("emits") or []:
            by_substance.setdefault(raw["of"], []).append(raw)
        rows = []
        for substance, candidates in by_substance.items():
            fitting = [raw for raw in candidates if _fits(raw, data_year, kind)]
            if len(fitting) != 1:
                listed = "; ".join(_described(raw) for raw in (fitting or candidates)[:12])
                chosen = ", ".join(str(part) for part in (data_year, kind) if part is not None)
                name = "factor-not-chosen" if len(fitting) != 1 and not chosen else "no-such-factor"
                return Diagnostic(
                    name, (), {"factor": reference, "substance": substance, "chosen": chosen, "candidates": listed}
                )
            try:
                rows.append(_row(factor_set, entry, fitting[0], reference))
            except (QuantityError, KeyError) as error:
                detail = error.name if isinstance(error, QuantityError) else f"missing {error}"
                return Diagnostic("factor-unreadable", (), {"factor": f"{reference}#{substance}", "reason": detail})
        for row in rows:
            self.used[row.reference] = row
        ncv = entry.get("ncv")
        return Factor(
            reference=reference,
            name=entry.get("name") or {"": str(entry["id"])},
            kind=str(entry.get("kind") or "fuel"),
            geography=str(entry.get("geography") or ""),
            ncv=_quantity(ncv["value"]) if ncv is not None else None,
            rows=tuple(rows),
        )

    def gwp(self, name: str) -> Mapping[str, Quantity] | Diagnostic:
        """The global warming potentials of one report and horizon, such as ``AR5-100``, by gas [kg CO2e/kg]."""
        match = GWP_NAME.fullmatch(name)
        rows = [row for factor_set in self.sets.values() for row in factor_set.tree.get("gwps") or []]
        names = dict.fromkeys(_gwp_name(row) for row in rows)
        if match is None or name not in names:
            return Diagnostic("unknown-gwp", (), {"gwp": name, "known": ", ".join(names) or "-"})
        return {str(row["gas"]): _quantity(row["value"]) for row in rows if _gwp_name(row) == name}


def _gwp_name(row: Mapping[str, Any]) -> str:
    feedback = "-feedback" if row.get("feedback") == "true" else ""
    return f"{row['report']}-{row.get('horizon', '100')}{feedback}"


def _fits(raw: Mapping[str, Any], data_year: int | None, kind: str | None) -> bool:
    if "data-year" in raw and (data_year is None or int(raw["data-year"]) != data_year):
        return False
    return "type" not in raw or raw["type"] == kind


def _described(raw: Mapping[str, Any]) -> str:
    parts = [str(raw[key]) for key in ("data-year", "type") if key in raw]
    return f"{' '.join(parts)} ({raw.get('value')})"


def _quantity(text: str) -> Quantity:
    return parse_quantity(str(text), INTERNATIONAL)


def _row(factor_set: FactorSet, entry: Mapping[str, Any], raw: Mapping[str, Any], reference: str) -> Row:
    own_source = raw.get("source") or entry.get("source")
    title = (
        own_source
        if isinstance(own_source, str)
        else (own_source or factor_set.tree.get("source") or {}).get("title", "")
    )
    suffix = "".join(f",{raw[key]}" for key in ("data-year", "type") if key in raw)
    return Row(
        of=str(raw["of"]).replace("-", "_").replace("PM2.5", "PM2_5"),
        value=_quantity(raw["value"]),
        times=raw.get("times"),
        plus=_quantity(raw["plus"]) if "plus" in raw else None,
        basis=raw.get("basis") or entry.get("basis"),
        scope=str(raw.get("scope") or entry.get("scope") or "none"),
        boundary=str(raw.get("boundary") or entry.get("boundary") or ""),
        biogenic=str(raw.get("biogenic") or entry.get("biogenic")) == "true",
        abated=str(raw.get("abated") or entry.get("abated")) == "true",
        fraction=raw.get("fraction"),
        mass_basis=raw.get("mass-basis") or entry.get("mass-basis"),
        data_year=int(raw["data-year"]) if "data-year" in raw else None,
        type=raw.get("type"),
        published=int(raw["published"]) if "published" in raw else None,
        quality=str(raw.get("quality") or entry.get("quality") or "verified"),
        citation=", ".join(part for part in (str(title), str(raw.get("where") or entry.get("where") or "")) if part),
        reference=f"{reference}#{raw['of']}{suffix}",
    )


NO_LIBRARY = Library({})
