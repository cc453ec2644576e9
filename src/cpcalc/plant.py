"""What a plant pays, uses and emits before its measures and after them, in all and per product."""

from collections.abc import Mapping
from typing import NamedTuple

from cpcalc.figures import Figure, NotApplicable, Reported


class BeforeAfter(NamedTuple):
    """A figure before any measure and after all, and its change as a share of what it was."""

    before: Reported
    after: Reported
    change: Reported  # positive is more


ByName = Mapping[str, BeforeAfter]


class Plant(NamedTuple):
    """The plant as a whole, a year; after is what cleaner production leaves."""

    costs: ByName  # of each stream that is paid for
    bill: BeforeAfter | None  # of all of them
    consumption: ByName  # energy, materials, water
    pollution: ByName  # as reductions are called, and solid and chemical waste together
    emissions: Mapping[str, ByName]  # scope -> substance
    by_stream: Mapping[str, Mapping[str, ByName]]  # stream -> scope -> substance


class Benchmark(NamedTuple):
    """A published band of a specific figure, and where the plant stands to it."""

    low: Figure
    high: Figure
    before: Reported
    after: Reported
    stands_before: str | NotApplicable  # lower-end, middle or upper-end; below, above; within
    stands_after: str | NotApplicable
    level: str  # national-norm, typical, good-practice ...
    source: str  # document, year, and where in it
    applies_to: str | None
    period: str | None
    per: str | None  # what of the product a unit is of, where the source says it


class Specific(NamedTuple):
    """One product: what is used and emitted per unit of it, and what is made of a unit used."""

    streams: ByName
    consumption: ByName
    productivity: ByName
    intensity: ByName
    benchmark: Mapping[str, Benchmark]  # by indicator; further ones of the same are numbered
    shared: tuple[str, ...]  # streams that count here and are of the other products too


class ClassTotal(NamedTuple):
    """The measures of one type or cost class that count."""

    measures_counted: int
    investment: Reported
    annual_saving: Reported
    saving_share: Reported  # of that of all
