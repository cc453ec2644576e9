"""The pinned factor sets of one assessment: one factor for a reference, or a diagnostic."""

import difflib
import re
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import gathered
from cpcalc.results import FactorUsed
from cpcalc.schema import factor_rows
from cpcalc.schema.factor_set import FactorSet, Row

PIN = re.compile(r"([a-z0-9][a-z0-9-]*)@([0-9]{1,4})")
# More candidates than this help nobody to choose.
MOST_CANDIDATES = 12


Rows = Sequence[factor_rows.Emission]
Entry = TypeVar("Entry", bound=factor_rows.FactorEntry)


class PinnedSet(NamedTuple):
    """One version of a set with the hash of its file; an own one stands beside an assessment."""

    content: FactorSet
    sha256: str
    is_own: bool = False

    @property
    def id(self) -> str:
        """The name of the set."""
        return self.content.factor_set

    @property
    def pin(self) -> str:
        """How a file names this version of the set: ``ipcc-2006@1``."""
        return self.content.pin

    def entry(self, section: str, identity: str) -> factor_rows.FactorEntry | None:
        """One entry of a section by its id; None where the section has none."""
        entries = getattr(self.content, section) or ()
        return next((entry for entry in entries if entry.id == identity), None)

    def ids(self, section: str) -> list[str]:
        """The ids of a section, in the set's order; GWPs have none."""
        entries = getattr(self.content, section) or ()
        return [entry.id for entry in entries if isinstance(entry, factor_rows.FactorEntry)]


class Choice(NamedTuple):
    """What a file says to choose one of several rows, and why; None where it says nothing."""

    data_year: int | None = None
    type: str | None = None
    equipment: str | None = None
    because: str | None = None

    @property
    def marks(self) -> tuple[int | str | None, ...]:
        """What rows differ by: the data year, the type and the equipment."""
        return self[:3]


NO_CHOICE = Choice()


class Library:
    """The sets that a file pins, and the cited numbers taken from them so far."""

    def __init__(self, sets: Mapping[str, PinnedSet]) -> None:
        self.sets = sets
        self.used: dict[str, FactorUsed] = {}

    def pick(
        self, reference: str, choice: Choice = NO_CHOICE, grid: Choice = NO_CHOICE
    ) -> factor_rows.Factor | Diagnostic:
        """The factor that ``set/id`` names, with one row per substance, scope and boundary.

        ``choice`` (what the use itself says) and ``grid`` (the file's choice for grid electricity)
        decide between rows that differ by data year, type or equipment. There is no fallback to
        another year, type or region: without exactly one row the answer is a diagnostic with the
        candidates and what to write.
        """
        factor = self._entry(factor_rows.Factor, reference, "factors")
        if isinstance(factor, Diagnostic):
            return factor
        if factor.ncv is not None and factor.ncv.quantity is None:
            return _unreadable(factor.ncv)
        if factor.is_grid:
            year, type_ = choice.data_year or grid.data_year, choice.type or grid.type
            choice = Choice(year, type_, choice.equipment, choice.because or grid.because)
        of = attrgetter("of", "scope", "boundary", "fraction")
        rivals = gathered({of(row): row} for row in factor.emits)
        rows: list[factor_rows.Emission] = []
        for candidates in rivals.values():
            fitting = [row for row in candidates if _fits(row, choice, strict=factor.is_grid)]
            if len(fitting) != 1:
                return _not_one(factor, candidates, fitting, choice)
            rows += fitting
        for row in rows:
            self.cite(row, factor.kind or "fuel", choice.because)
        return factor.model_copy(update={"emits": rows})

    def property(self, reference: str, key: str) -> factor_rows.Property | Diagnostic:
        """A heat content (``ncv``, ``gcv``) or ``density`` of a fuel, not yet cited."""
        entry = self._entry(factor_rows.FactorEntry, reference, "fuels", "factors")
        if isinstance(entry, Diagnostic):
            return entry
        value = getattr(entry, key)
        if isinstance(value, factor_rows.Property):
            return value if value.quantity is not None else _unreadable(value)
        has = [name for name in ("ncv", "gcv", "density") if getattr(entry, name) is not None]
        values = {"factor": reference, "property": key, "has": ", ".join(has) or "-"}
        return Diagnostic("property-not-given", (), values)

    def efficiency(self, reference: str) -> factor_rows.Control | Diagnostic:
        """The cited abatement efficiency that ``set/id`` names [share]."""
        control = self._entry(factor_rows.Control, reference, "controls")
        return control if isinstance(control, Diagnostic) else self.cite(control, "control")

    def benchmark(self, reference: str) -> factor_rows.Benchmark | Diagnostic:
        """The values of a product that ``set/id`` names, which no figure rests on."""
        return self._entry(factor_rows.Benchmark, reference, "benchmarks")

    def gwps(self, name: str) -> Mapping[str, factor_rows.Gwp] | Diagnostic:
        """The potentials of one report and horizon, such as ``AR5-100``, by gas [kg CO2e/kg]."""
        every = [gwp for pinned in self.sets.values() for gwp in pinned.content.gwps or ()]
        if not every:
            return self._not_pinned("ipcc-gwp", name)
        named = {factor_rows.substance_of(gwp.gas): gwp for gwp in every if gwp.name == name}
        if named:
            return named
        known = ", ".join(dict.fromkeys(gwp.name for gwp in every))
        return Diagnostic("unknown-gwp", (), {"gwp": name, "known": known})

    def cite(self, row: Row, kind: str, because: str | None = None) -> Row:
        """Note that the result rests on a number of a set."""
        known = self.used.get(row.reference)
        if known is None or (known.because is None and because is not None):
            text = row.quantity.text if row.quantity is not None else ""
            used = FactorUsed(row.reference, text, row.citation, str(row.quality), kind, because)
            self.used[row.reference] = used
        return row

    def _not_pinned(self, name: str, wanted: str) -> Diagnostic:
        values = {"set": name, "factor": wanted, "pinned": ", ".join(self.sets) or "-"}
        return Diagnostic("factor-set-not-pinned", (), values)

    def _entry(self, kind: type[Entry], reference: str, *sections: str) -> Entry | Diagnostic:
        name, _, identity = reference.partition("/")
        pinned = self.sets.get(name)
        if pinned is None:
            return self._not_pinned(name, reference)
        for section in sections:
            entry = pinned.entry(section, identity)
            if isinstance(entry, kind):
                return entry
        known = [other for section in sections for other in pinned.ids(section)]
        close = difflib.get_close_matches(identity, known, n=3, cutoff=0.4) or known[:6]
        values = {"factor": reference, "known": ", ".join(f"{name}/{one}" for one in close) or "-"}
        return Diagnostic("unknown-factor", (), values)


def _fits(row: factor_rows.Emission, choice: Choice, *, strict: bool) -> bool:
    """Whether a row has the values chosen; where ``strict``, a row with a value needs a choice."""
    marks = zip(row.marks, choice.marks, strict=True)
    return all(own in (None, chosen) or (chosen is None and not strict) for own, chosen in marks)


def _not_one(factor: factor_rows.Factor, rivals: Rows, fitting: Rows, choice: Choice) -> Diagnostic:
    """Why not exactly one row: what there is, and what to write to choose one."""
    chosen = ", ".join(str(part) for part in choice.marks if part is not None)
    offered = _nearest_first(fitting or rivals, choice)[:MOST_CANDIDATES]
    listed = []
    for row in offered:
        marks = [str(mark) for mark in row.marks if mark is not None]
        listed.append(" ".join([*marks, f"({row.value.text})"]))
    if len(rivals) > len(offered):
        listed.append("...")
    keys = ("data-year" if factor.is_grid else "year", "type", "equipment")
    first = zip(keys, offered[0].marks, strict=True)
    pairs = ", ".join(f"{key}: {value}" for key, value in first if value is not None)
    plain = re.sub("@[0-9]+/", "/", factor.reference)  # as a file writes it
    write = f"basis: {{grid: {{{pairs}}}}}" if factor.is_grid else f"{{factor: {plain}, {pairs}}}"
    values = {"factor": factor.reference, "substance": offered[0].of, "chosen": chosen}
    values |= {"candidates": "; ".join(listed), "write": write}
    is_missed = chosen and not fitting
    return Diagnostic("no-such-factor" if is_missed else "factor-not-chosen", (), values)


def _nearest_first(candidates: Rows, choice: Choice) -> list[factor_rows.Emission]:
    """The candidates, those of the chosen type and of the nearest years first; else the newest."""

    def distance(row: factor_rows.Emission) -> tuple[bool, int]:
        years = (row.data_year, choice.data_year)
        apart = abs(years[0] - years[1]) if years[0] and years[1] else -(years[0] or 0)
        return choice.type is not None and row.type != choice.type, apart

    return sorted(candidates, key=distance)


def _unreadable(row: factor_rows.Cited) -> Diagnostic:
    values = {"factor": row.reference, "reason": "value, lower + upper"}
    return Diagnostic("factor-unreadable", (), values)
