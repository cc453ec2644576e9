"""What a plant pays, uses and emits before its measures and after them, in all and per product."""

from collections.abc import Mapping
from typing import NamedTuple

from cpcalc.figures import Reported


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


class Specific(NamedTuple):
    """One product: what is used and emitted per unit of it, and what is made of a unit used."""

    streams: ByName
    consumption: ByName
    productivity: ByName
    intensity: ByName
    shared: tuple[str, ...]  # streams that count here and are of the other products too


class ClassTotal(NamedTuple):
    """The measures of one type or cost class that count."""

    measures_counted: int
    investment: Reported
    annual_saving: Reported
    saving_share: Reported  # of that of all
