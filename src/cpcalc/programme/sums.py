"""Sums over enterprises: exact in any order, with how many report a figure; what is missing is not zero.

Digests of one shape are kept as one array of floats, so that adding an enterprise is adding its bytes; a correctly
rounded sum of each column then is the same for any order of files, any number of processes and any split into shards.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from cpcalc.calc.payback import YEARS, payback_case, simple_payback
from cpcalc.digests import Field, fields_of
from cpcalc.figures import (
    ESTIMATE,
    Figure,
    NotApplicable,
    Origin,
    Reported,
    with_bound,
)
from cpcalc.units import Unit

# Figures that do not add: a ratio of sums takes the place of a payback; net present values may rest on other rates.
RATIOS = (
    "simple_payback",
    "simple_payback_of_complete",
    "end_of_pipe.simple_payback",
    "npv",
    "end_of_pipe.npv",
)
_DOUBLE = "d"


class Sum(NamedTuple):
    """One figure added up: ``reporting`` of ``of`` enterprises have it.

    ``amounts`` holds one figure for each unit it comes in (currencies do not add); ``figure`` is the only one of
    them, or why there is no single one. It is partial where an enterprise knows only a part of its own.
    """

    figure: Reported
    amounts: tuple[Figure, ...]
    reporting: int
    of: int


class Total(NamedTuple):
    """What a set of enterprises adds up to."""

    enterprises: int
    sums: Mapping[str, Sum]
    simple_payback: Reported
    simple_payback_of_complete: Reported | None  # only where the payback of all is incomplete
    complete: int  # enterprises whose investment and saving are both fully known
    with_money: int

    def figure(self, name: str) -> Reported | None:
        """The sum of a figure; None where no enterprise has it."""
        found = self.sums.get(name)
        return found.figure if found is not None else None


class Sums:
    """Adds digests up; ``total`` may be asked for at any time."""

    def __init__(self) -> None:
        self._arrays: dict[str, array[float]] = {}
        self._counts: dict[str, int] = {}

    def add(self, shape: str, values: bytes) -> None:
        """Add the figures of one enterprise, as packed in a digest."""
        column = self._arrays.get(shape)
        if column is None:
            column = self._arrays[shape] = array(_DOUBLE)
            self._counts[shape] = 0
        column.frombytes(values)
        self._counts[shape] += 1

    @property
    def enterprises(self) -> int:
        """How many were added."""
        return sum(self._counts.values())

    def total(self, of: int | None = None) -> Total:
        """The sums of everything added so far; ``of`` is how many enterprises there are, where it is more."""
        of = self.enterprises if of is None else of
        names = dict.fromkeys(field.name for shape in self._arrays for field in fields_of(shape))
        ordered = sorted((name for name in names if name not in RATIOS), key=_rank)
        sums = {name: self._sum(name, of) for name in ordered}
        payback, of_complete, complete, with_money = self._paybacks()
        return Total(self.enterprises, sums, payback, of_complete, complete, with_money)

    def _sum(self, name: str, of: int) -> Sum:
        parts: dict[Unit, list[array[float]]] = {}
        bounds: dict[Unit, set[str]] = {}
        known = partly = lacking = 0
        for shape, values in self._arrays.items():
            field, position, width = _found(shape, name)
            if field is None:
                continue
            count = self._counts[shape]
            if field.unit is None:
                lacking += count
                continue
            known += count
            partly += count if field.partial is not None else 0
            parts.setdefault(field.unit, []).append(values[position::width])
            if field.bound is not None:
                bounds.setdefault(field.unit, set()).add(field.bound)
        amounts = tuple(
            replace(
                _figure(math.fsum(chain.from_iterable(parts[unit])), unit, name),
                bound=_joint(bounds.get(unit)),
            )
            for unit in sorted(parts, key=str)
        )
        if any(
            amount.unit.currency for amount in amounts
        ):  # a 0 may be written without one: it adds nothing
            amounts = tuple(amount for amount in amounts if amount.unit.currency or amount.value)
        return Sum(_single(amounts, known - partly, known + lacking), amounts, known, of)

    def _paybacks(self) -> tuple[Reported, Reported | None, int, int]:
        """The payback of all (incomplete unless every enterprise with money is), and of the complete ones."""
        capital: dict[Unit, list[float]] = {}
        saving: dict[Unit, list[float]] = {}
        bounds: dict[str, set[str]] = {}
        complete = with_money = 0
        for shape, values in self._arrays.items():
            has_money, is_complete = completeness(shape)
            count = self._counts[shape]
            with_money += count if has_money else 0
            if not is_complete:
                continue
            complete += count
            for name, sign, sums in (
                ("investment", 1.0, capital),
                ("grant", -1.0, capital),
                ("annual_net_saving", 1.0, saving),
            ):
                field, position, width = _found(shape, name)
                if field is not None and field.unit is not None:
                    sums.setdefault(field.unit, []).extend(
                        sign * value for value in values[position::width]
                    )
                    if field.bound is not None:
                        bounds.setdefault(name, set()).add(field.bound)
        if not with_money:
            return NotApplicable("incomplete", "no-money-stated"), None, 0, 0
        found = _payback(capital, saving, bounds)
        if complete == with_money:
            return found, None, complete, with_money
        return (
            NotApplicable("incomplete", "field-missing"),
            found if complete else None,
            complete,
            with_money,
        )


def _payback(
    capital: dict[Unit, list[float]], saving: dict[Unit, list[float]], bounds: dict[str, set[str]]
) -> Reported:
    if len(capital) != 1 or len(saving) != 1:
        return NotApplicable("incomplete", "rate-missing")
    investment, annual = (
        replace(_figure(math.fsum(values), unit, "sum"), bound=_joint(bounds.get(name)))
        for name, sums in (("investment", capital), ("annual_net_saving", saving))
        for unit, values in sums.items()
    )
    return payback_of(investment, annual)


def _joint(bounds: set[str] | None) -> str | None:
    """What bounds of several enterprises make of their sum."""
    if not bounds:
        return None
    return next(iter(bounds)) if len(bounds) == 1 else ESTIMATE


def payback_of(investment: Reported | None, annual_net_saving: Reported | None) -> Reported:
    """Simple payback by the case table; incomplete where a side is not fully known."""
    if not isinstance(investment, Figure) or not isinstance(annual_net_saving, Figure):
        return NotApplicable("incomplete", "field-missing")
    if investment.is_partial or annual_net_saving.is_partial:
        return NotApplicable("incomplete", "field-missing")
    case = payback_case(investment, annual_net_saving)
    if case != YEARS:
        return NotApplicable(case, f"payback-{case}")
    return with_bound(simple_payback(investment, annual_net_saving))


def _figure(value: float, unit: Unit, name: str) -> Figure:
    return Figure(value, unit, None, (Origin("definition", (), f"sum over enterprises: {name}"),))


def _single(amounts: tuple[Figure, ...], complete: int, of: int) -> Reported:
    if not amounts:
        return NotApplicable("incomplete", "field-missing")
    if len(amounts) > 1:
        money = any(amount.unit.currency for amount in amounts)
        return NotApplicable("incomplete", "rate-missing" if money else "several-units")
    if complete == of:
        return amounts[0]
    return replace(amounts[0], counted=complete, of=of, missing=())


@lru_cache(maxsize=1024)
def _columns(shape: str) -> tuple[Mapping[str, tuple[Field, int]], int]:
    """The fields of a shape by name, each with the position of its float, and how many floats there are."""
    columns, width = {}, 0
    for field in fields_of(shape):
        columns[field.name] = (field, width)
        if field.unit is not None:
            width += 1
    return columns, width


_NONE = (None, 0)


def _found(shape: str, name: str) -> tuple[Field | None, int, int]:
    """A field of a shape, the position of its float, and how many floats there are."""
    columns, width = _columns(shape)
    return (*columns.get(name, _NONE), width)


def completeness(shape: str) -> tuple[bool, bool]:
    """Whether an enterprise has money at all, and whether investment and net saving are both fully known."""
    by_name = {field.name: field for field in fields_of(shape)}
    investment, saving = by_name.get("investment"), by_name.get("annual_net_saving")
    has_saving = saving is not None and saving.unit is not None
    is_complete = (
        investment is not None
        and investment.unit is not None
        and investment.partial is None
        and saving is not None
        and saving.unit is not None
        and saving.partial is None
    )
    return investment is not None or has_saving, is_complete


# The order of sums in every report and file, whatever order the enterprises come in.
_ORDER = (
    "investment", "grant", "running_cost", "savings.material", "savings.water", "savings.energy", "savings.chemical",
    "savings.disposal", "savings.by_product", "savings.unspecified", "consumption_saving", "annual_saving",
    "annual_net_saving", "other_benefits", "reductions.wastewater", "reductions.solid_waste",
    "reductions.chemical_waste", "reductions.co2", "reductions.co2e", "reductions.dust", "reductions.so2",
    "reductions.nox", "reductions.cod", "reductions.bod", "reductions.tss", "stated_reductions", "avoided_emissions",
    "end_of_pipe",
)  # fmt: skip
_RANKS = {name: rank for rank, name in enumerate(_ORDER)}


def _rank(name: str) -> tuple[int, str]:
    prefix = name.split(".", 1)[0]
    return (_RANKS.get(name, _RANKS.get(prefix, len(_ORDER))), name)
