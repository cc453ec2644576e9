"""The money terms of a file, linked: what the cash flows of its measures rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cpcalc.diagnostics import Path
from cpcalc.figures import Figure


class Growth(NamedTuple):
    """A rate a year, in constant money (real) or in money of the day (nominal)."""

    rate: Figure
    is_real: bool


class Spend(NamedTuple):
    """One item of an investment: when it is paid, and how long it lasts where it says so itself."""

    amount: Figure
    year: int
    lifetime: Figure | None


class LoanTerms(NamedTuple):
    """A loan: a share of the investment at the start, or an amount."""

    share: Figure | None
    amount: Figure | None
    rate: Figure  # in money of the day
    term: int
    grace: int
    repayment: str
    path: Path


class ProjectTerms(NamedTuple):
    """The terms of one measure or group."""

    place: str  # "measures.m3" or "groups.g1"
    path: Path
    spends: tuple[Spend, ...] | None
    missing: tuple[str, ...]  # what is missing to know the investment
    lifetime: Figure | None
    lifetime_field: str
    salvage: Figure | None
    residual: Figure | None  # money, or a share of the investment
    replaced: bool
    ramp_up: tuple[Figure, ...]
    saving_loss: Figure | None
    loan: LoanTerms | None


class TaxTerms(NamedTuple):
    """Tax on profit and the way assets are written off; without years, over their lifetime."""

    rate: Figure
    depreciation: str
    years: Figure | None


class Terms(NamedTuple):
    """What holds for all cash flows of a file."""

    discount: Growth | None
    inflation: Figure | None
    study_period: int | None
    residual_is_straight_line: bool
    stream_growth: Mapping[str, Growth]
    # By category, "running_cost", "investment", "other_benefits", "carbon_price".
    growth: Mapping[str, Growth]
    carbon_price: Figure | None
    tax: TaxTerms | None
    finance_rate: Growth | None
    reinvestment_rate: Growth | None
    payback_limit: Figure | None
    # Energy stream -> kWh in its unit, where it is not counted in kWh itself.
    heat: Mapping[str, Figure]
    projects: Mapping[str, ProjectTerms]
