"""The pinned factor sets of one assessment: exactly one factor for a reference, or a diagnostic with the candidates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from cpcalc.diagnostics import Diagnostic
from cpcalc.library.rows import (
    GRID,
    Cited,
    Factor,
    Row,
    efficiency_of,
    gwp_name,
    gwp_of,
    property_of,
    row_of,
)
from cpcalc.library.sets import FactorSet, levels, said
from cpcalc.units import QuantityError

__all__ = ["NO_CHOICE", "PIN", "Choice", "Cited", "Factor", "FactorSet", "Library", "Row", "Used"]

PIN = re.compile(r"([a-z0-9][a-z0-9-]*)@([0-9]{1,4})")
GWP_NAME = re.compile(r"(AR[0-9])-([0-9]+)(-feedback)?")
# More candidates than this help nobody to choose.
MOST_CANDIDATES = 12


class Choice(NamedTuple):
    """What a file says to choose one of several rows; None where it says nothing."""

    data_year: int | None = None
    type: str | None = None
    equipment: str | None = None


NO_CHOICE = Choice()
# The keys by which rows of one substance may differ, and the part of a choice that decides each.
_DECIDED_BY = (("data-year", "data_year"), ("type", "type"), ("equipment", "equipment"))


class Used(NamedTuple):
    """A cited number that the result rests on."""

    reference: str
    text: str
    citation: str
    quality: str
    kind: str
    because: str | None = None


class Library:
    """The sets that a file pins, and the cited numbers taken from them so far."""

    def __init__(self, sets: Mapping[str, FactorSet]) -> None:
        self.sets = sets
        self.used: dict[str, Used] = {}

    # ---- factors ----------------------------------------------------------------------------------------------------

    def pick(
        self,
        reference: str,
        choice: Choice = NO_CHOICE,
        grid: Choice | None = None,
        because: str | None = None,
        grid_because: str | None = None,
    ) -> Factor | Diagnostic:
        """The one factor that ``set/id`` names; of rows that differ by data year, type or equipment, the one chosen.

        ``choice`` is what the use itself says, ``grid`` the file's choice for grid electricity; ``because`` and
        ``grid_because`` are their reasons. There is no fallback to another year, type or region: without exactly one
        row per substance the answer is a diagnostic that lists the candidates and says what to write.
        """
        found = self._entry(reference, "factors")
        if isinstance(found, Diagnostic):
            return found
        factor_set, entry = found
        if _kind_of(factor_set, entry) == GRID:
            grid = grid or NO_CHOICE
            choice = Choice(
                choice.data_year or grid.data_year, choice.type or grid.type, choice.equipment
            )
            because = because or grid_because
        factor = _factor_of(factor_set, str(entry["id"]), choice)
        if isinstance(factor, Factor):
            for row in factor.rows:
                self._note(
                    Used(
                        row.reference,
                        row.value.text,
                        row.citation,
                        row.quality,
                        factor.kind,
                        because,
                    )
                )
        return factor

    def property(self, reference: str, key: str) -> Cited | Diagnostic:
        """A heat content (``ncv``, ``gcv``) or ``density`` of the fuel that ``set/id`` names, not yet cited."""
        found = self._entry(reference, "fuels", "factors")
        if isinstance(found, Diagnostic):
            return found
        factor_set, entry = found
        try:
            cited = property_of(factor_set, entry, key)
        except (QuantityError, KeyError) as error:
            return _unreadable(f"{factor_set.pin}/{entry['id']}#{key}", error)
        if cited is None:
            has = ", ".join(
                other for other in ("ncv", "gcv", "density") if entry.get(other) is not None
            )
            return Diagnostic(
                "property-not-given", (), {"factor": reference, "property": key, "has": has or "-"}
            )
        return cited

    def efficiency(self, reference: str) -> Cited | Diagnostic:
        """The cited abatement efficiency that ``set/id`` names [share]."""
        found = self._entry(reference, "controls")
        if isinstance(found, Diagnostic):
            return found
        factor_set, entry = found
        try:
            return self.cite(efficiency_of(factor_set, entry), "control")
        except (QuantityError, KeyError) as error:
            return _unreadable(f"{factor_set.pin}/{entry['id']}", error)

    def _entry(
        self, reference: str, *sections: str
    ) -> tuple[FactorSet, Mapping[str, Any]] | Diagnostic:
        name, _, identity = reference.partition("/")
        factor_set = self.sets.get(name)
        if factor_set is None:
            return Diagnostic(
                "factor-set-not-pinned",
                (),
                {"set": name, "factor": reference, "pinned": ", ".join(self.sets) or "-"},
            )
        for section in sections:
            entry = factor_set.entry(section, identity)
            if entry is not None:
                return factor_set, entry
        known = [other for section in sections for other in factor_set.ids(section)]
        close = _close(identity, known)
        return Diagnostic(
            "unknown-factor",
            (),
            {"factor": reference, "known": ", ".join(f"{name}/{other}" for other in close) or "-"},
        )

    # ---- GWPs -------------------------------------------------------------------------------------------------------

    def gwps(self, name: str) -> Mapping[str, Cited] | Diagnostic:
        """The global warming potentials of one report and horizon, such as ``AR5-100``, by gas [kg CO2e/kg]."""
        found: dict[str, Cited] = {}
        if GWP_NAME.fullmatch(name) is not None:
            for factor_set in self.sets.values():
                of_set = _gwps_of(factor_set, name)
                if isinstance(of_set, Diagnostic):
                    return of_set
                found |= of_set
        if found:
            return found
        names = dict.fromkeys(
            gwp_name(row) for item in self.sets.values() for row in item.entries("gwps")
        )
        return Diagnostic("unknown-gwp", (), {"gwp": name, "known": ", ".join(names) or "-"})

    # ---- what was used ----------------------------------------------------------------------------------------------

    def cite(self, cited: Cited, kind: str, because: str | None = None) -> Cited:
        """Note that the result rests on a cited number."""
        self._note(
            Used(cited.reference, cited.value.text, cited.citation, cited.quality, kind, because)
        )
        return cited

    def _note(self, used: Used) -> None:
        known = self.used.get(used.reference)
        if known is None or (known.because is None and used.because is not None):
            self.used[used.reference] = used


def _kind_of(factor_set: FactorSet, entry: Mapping[str, Any]) -> str:
    return str(said("kind", entry, factor_set.head) or "fuel")


@lru_cache(maxsize=1024)
def _factor_of(factor_set: FactorSet, identity: str, choice: Choice) -> Factor | Diagnostic:
    """The factor of one entry under a choice: the files of a programme ask for the same few."""
    entry = factor_set.entry("factors", identity) or {}
    kind, reference = _kind_of(factor_set, entry), f"{factor_set.pin}/{identity}"
    rows: list[Row] = []
    for candidates in _by_substance(factor_set, entry):
        fitting = [
            raw
            for raw in candidates
            if _fits(levels(factor_set, entry, raw), choice, strict=kind == GRID)
        ]
        if len(fitting) != 1:
            return _not_one(reference, candidates, fitting, choice, kind)
        try:
            rows.append(row_of(factor_set, entry, fitting[0]))
        except (QuantityError, KeyError, ValueError) as error:
            return _unreadable(f"{reference}#{fitting[0].get('of')}", error)
    try:
        heat = property_of(factor_set, entry)
    except (QuantityError, KeyError) as error:
        return _unreadable(f"{reference}#ncv", error)
    names = entry.get("name")
    return Factor(
        reference=reference,
        name=names if isinstance(names, Mapping) else {"": str(names or identity)},
        kind=kind,
        geography=str(said("geography", entry, factor_set.head) or ""),
        ncv=heat,
        rows=tuple(rows),
    )


def _gwps_of(factor_set: FactorSet, name: str) -> dict[str, Cited] | Diagnostic:
    """The potentials of one set under one name, by gas."""
    found = factor_set.gwps.get(name)
    if found is None:
        found = {}
        for row in factor_set.entries("gwps", f"report: {name.partition('-')[0]}"):
            if gwp_name(row) == name:
                try:
                    cited = gwp_of(factor_set, row, name)
                except (QuantityError, KeyError) as error:
                    return _unreadable(f"{factor_set.pin}/{name}#{row.get('gas')}", error)
                found[str(cited.substance)] = cited
        factor_set.gwps[name] = found
    return found


def _by_substance(
    factor_set: FactorSet, entry: Mapping[str, Any]
) -> Iterable[list[Mapping[str, Any]]]:
    """Rows that compete: of one substance, scope, boundary and fraction."""
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for raw in entry.get("emits") or []:
        places = levels(factor_set, entry, raw)
        key = (
            str(raw.get("of")),
            *(str(said(name, *places)) for name in ("scope", "boundary", "fraction")),
        )
        groups.setdefault(key, []).append(raw)
    return groups.values()


def _fits(places: tuple[Mapping[str, Any], ...], choice: Choice, *, strict: bool) -> bool:
    """Whether a row has the values chosen; where ``strict``, a row with a value needs a choice."""
    for key, attribute in _DECIDED_BY:
        value, chosen = said(key, *places), getattr(choice, attribute)
        if value is not None and (
            (strict and chosen is None) or (chosen is not None and str(value) != str(chosen))
        ):
            return False
    return True


def _not_one(
    reference: str,
    candidates: Sequence[Mapping[str, Any]],
    fitting: Sequence[Mapping[str, Any]],
    choice: Choice,
    kind: str,
) -> Diagnostic:
    """Why not exactly one row: what there is, and what to write to choose one."""
    chosen = ", ".join(str(part) for part in choice if part is not None)
    offered = _nearest_year(fitting or candidates, choice)[:MOST_CANDIDATES]
    listed = "; ".join(_described(raw) for raw in offered)
    if len(candidates) > len(offered):
        listed += "; ..."
    example = offered[0]
    keys = {
        "data-year": "data-year" if kind == GRID else "year",
        "type": "type",
        "equipment": "equipment",
    }
    pairs = ", ".join(f"{keys[key]}: {example[key]}" for key, _ in _DECIDED_BY if key in example)
    write = (
        f"basis: {{grid: {{{pairs}}}}}"
        if kind == GRID
        else f"{{factor: {_plain(reference)}, {pairs}}}"
    )
    return Diagnostic(
        "no-such-factor" if chosen and not fitting else "factor-not-chosen",
        (),
        {
            "factor": reference,
            "substance": str(example.get("of")),
            "chosen": chosen,
            "candidates": listed,
            "write": write,
        },
    )


def _plain(reference: str) -> str:
    """A reference as a file writes it, without the version of the set."""
    name, _, identity = reference.partition("/")
    return f"{name.partition('@')[0]}/{identity}"


def _nearest_year(
    candidates: Sequence[Mapping[str, Any]], choice: Choice
) -> list[Mapping[str, Any]]:
    """The candidates, those of the chosen type and of the nearest years first."""

    def distance(raw: Mapping[str, Any]) -> tuple[bool, int]:
        year = str(raw.get("data-year", ""))
        apart = abs(int(year) - choice.data_year) if year.isdigit() and choice.data_year else 0
        return (choice.type is not None and raw.get("type") != choice.type, apart)

    return sorted(candidates, key=distance)


def _described(raw: Mapping[str, Any]) -> str:
    parts = [str(raw[key]) for key, _ in _DECIDED_BY if key in raw]
    return f"{' '.join(parts)} ({raw.get('value')})".strip()


def _close(identity: str, known: list[str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(identity, known, n=3, cutoff=0.4) or known[:6]


def _unreadable(reference: str, error: Exception) -> Diagnostic:
    reason = error.name if isinstance(error, QuantityError) else f"{type(error).__name__}: {error}"
    return Diagnostic("factor-unreadable", (), {"factor": reference, "reason": reason})
