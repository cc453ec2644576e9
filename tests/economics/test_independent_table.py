"""The net present value against a table of cash flows of its own, over random files.

The table below is written apart from the program: loops over years, always in money of the day, nothing of
``cpcalc.economics``. A file in constant money must be worth the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_bundle import economics, result_of, value

HAIR = 1e-9  # halves of a year are exact; nothing is nearer to a whole number
SAVED_A_YEAR = 100_000.0  # kWh


@dataclass(frozen=True)
class Loan:
    rate: int = 10
    term: int = 4
    grace: int = 0
    repayment: str = "annuity"
    share: int = 60


@dataclass(frozen=True)
class Plant:
    """What a file states: rates in percent, lives in years, money in USD."""

    is_real: bool = False
    rate: int = 10
    inflation: int = 4
    study: int | None = None
    life: float = 5.0
    replaced: bool = True
    items: tuple[tuple[int, int, float | None], ...] = ((1000, 0, None),)  # amount, year, own life
    grant: int = 0
    price_in_cents: int = 1
    running: int = 0
    energy_growth: int | None = None  # real
    investment_growth: int | None = None  # nominal
    ramp_up: tuple[int, ...] = ()
    loss: int = 0
    salvage: int = 0
    residual: str = ""  # "straight-line", "300 USD", "20 %" or not stated
    tax: int = 0
    method: str = "straight-line"
    tax_years: int | None = None
    loan: Loan | None = field(default_factory=Loan)

    @property
    def years(self) -> int:
        return self.study or ceil(self.life)

    def file(self) -> str:
        items = ", ".join(
            f"{{item: i{place}, amount: {amount} USD, year: {year}"
            + (f", lifetime: {own} year}}" if own else "}")
            for place, (amount, year, own) in enumerate(self.items)
        )
        growth = []
        if self.energy_growth is not None:
            growth.append(f"energy: {{real: {self.energy_growth} %}}")
        if self.investment_growth is not None:
            growth.append(f"investment: {{nominal: {self.investment_growth} %}}")
        terms = [f"escalation: {{{', '.join(growth)}}}"] if growth else []
        terms += [f"study-period: {self.study} year"] if self.study else []
        terms += ["residual-value: straight-line"] if self.residual == "straight-line" else []
        if self.tax:
            years = f", years: {self.tax_years} year" if self.tax_years else ""
            terms.append(f"tax: {{rate: {self.tax} %, depreciation: {self.method}{years}}}")
        keys = [f"lifetime: {self.life} year", f"investment: [{items}]"]
        keys += [f"grant: {self.grant} USD"] if self.grant else []
        keys += [f"running-cost: {self.running} USD/year"] if self.running else []
        keys += [f"salvage: {self.salvage} USD"] if self.salvage else []
        keys += [f"residual-value: {self.residual}"] if self.residual[:1].isdigit() else []
        keys += [] if self.replaced else ["replaced: false"]
        if self.ramp_up:
            keys.append(f"ramp-up: [{', '.join(f'{share} %' for share in self.ramp_up)}]")
        keys += [f"saving-loss: {self.loss} %/year"] if self.loss else []
        if self.loan is not None:
            keys.append(
                f"loan: {{share: {self.loan.share} %, rate: {self.loan.rate} %, term: {self.loan.term} year, "
                f"grace: {self.loan.grace} year, repayment: {self.loan.repayment}}}"
            )
        rate, kind = self.rate, "real" if self.is_real else "nominal"
        return (
            f"basis: {{currency: USD, discount-rate: {{{kind}: {rate} %}}, inflation: {self.inflation} %}}\n"
            + (f"economics: {{{', '.join(terms)}}}\n" if terms else "")
            + f"streams: {{power: {{kind: energy, quantity: 1 000 000 kWh/year, price: 0.{self.price_in_cents:02d} USD/kWh}}}}\n"
            + f"measures:\n  - {{id: m1, title: M, {', '.join(keys)}, effects: {{stream: power, reduce: 10 %}}}}\n"
        )


class Table:
    """The flows of a plant at the end of each year, in money of the day."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.n = plant.years
        # until when the measure stands, and what wears out is bought again
        self.stands = (
            float(self.n) if plant.study and plant.replaced else min(plant.life, float(self.n))
        )
        self.inflation = plant.inflation / 100
        nominal = (1 + plant.rate / 100) * (1 + self.inflation) - 1 if plant.is_real else None
        self.nominal = plant.rate / 100 if nominal is None else nominal
        self.bought = [0.0] * (self.n + 1)  # investment, replacement, grant
        self.run = [0.0] * (self.n + 1)  # savings, running cost, scrap, residual value
        self.written_off = [0.0] * (self.n + 1)
        self.saved = [0.0] * (self.n + 1)  # kWh
        self.buy()
        self.operate()
        self.leave()

    def dearer(self, amount: float, growth: float, years: int) -> float:
        for _ in range(years):
            amount *= 1 + growth
        return amount

    @property
    def of_investment(self) -> float:
        stated = self.plant.investment_growth
        return self.inflation if stated is None else stated / 100

    def buy(self) -> None:
        plant = self.plant
        whole = sum(amount for amount, _, _ in plant.items)
        self.bought[0] += plant.grant
        self.left_by_straight_line = 0.0
        for amount, year, own in plant.items:
            life, start = own or plant.life, float(year)
            granted = plant.grant * amount / whole
            while True:
                when = ceil(start - HAIR)
                cost = self.dearer(amount, self.of_investment, when)
                self.bought[when] -= cost
                self.write_off(when, cost - granted, plant.tax_years or life)
                granted = 0.0
                if start + life > self.stands - HAIR:
                    break
                start += life
            unused = max(0.0, start + life - self.n) / life
            self.left_by_straight_line += unused * self.dearer(amount, self.of_investment, self.n)

    def write_off(self, when: int, cost: float, years: float) -> None:
        balance = cost
        for age, year in enumerate(range(when + 1, self.n)):
            amount = balance
            if self.plant.method == "straight-line":
                amount = min(cost / years, balance)
            elif self.plant.method == "declining-balance":
                rest = years - age
                amount = balance if rest <= 1 else max(2 * balance / years, balance / rest)
            self.written_off[year] += amount
            balance -= amount
        self.written_off[self.n] += balance

    def operate(self) -> None:
        plant, begun, lives = self.plant, 0, 1
        growth = (1 + (plant.energy_growth or 0) / 100) * (1 + self.inflation) - 1
        for year in range(1, self.n + 1):
            while plant.study and plant.replaced and ceil(lives * plant.life - HAIR) < year:
                begun = ceil(lives * plant.life - HAIR)
                lives += 1
            age = year - 1 - begun
            part = min(1.0, max(0.0, self.stands - (year - 1)))
            saved = SAVED_A_YEAR * part
            if age < len(plant.ramp_up):
                saved *= plant.ramp_up[age] / 100
            saved *= (1 - plant.loss / 100) ** age
            self.saved[year] = saved
            self.run[year] += self.dearer(saved * plant.price_in_cents / 100, growth, year)
            self.run[year] -= self.dearer(plant.running * part, self.inflation, year)

    def leave(self) -> None:
        plant, lives = self.plant, 1
        while lives * plant.life <= self.stands + HAIR:
            when = ceil(lives * plant.life - HAIR)
            self.run[when] += self.dearer(plant.salvage, self.inflation, when)
            lives += 1
        if plant.residual == "straight-line":
            self.run[self.n] += self.left_by_straight_line
        elif plant.residual:
            number, unit = plant.residual.split()
            stated = float(number)
            if unit == "%":
                stated *= sum(amount for amount, _, _ in plant.items) / 100
            self.run[self.n] += self.dearer(stated, self.inflation, self.n)

    def net(self) -> list[float]:
        flows = []
        for year, (bought, run) in enumerate(zip(self.bought, self.run, strict=True)):
            tax = (run - self.written_off[year]) * self.plant.tax / 100 if year else 0.0
            flows.append(bought + run - tax)
        return flows

    def worth(self, flows: list[float]) -> float:
        worth = 0.0
        for flow in reversed(flows):
            worth = worth / (1 + self.nominal) + flow
        return worth

    def with_loan(self) -> tuple[list[float], list[float]]:
        """The flows of the owner's own money, and the cover of the debt service in each year that has any."""
        loan, flows, covers = self.plant.loan, self.net(), list[float]()
        assert loan is not None
        lent = loan.share / 100 * (sum(item[0] for item in self.plant.items) - self.plant.grant)
        flows[0] += lent
        rate, owed, payments = loan.rate / 100, lent, loan.term - loan.grace
        annuity = lent / payments
        if loan.repayment == "annuity" and rate:
            annuity = lent * rate / (1 - (1 + rate) ** -payments)
        for year in range(1, min(loan.term, self.n) + 1):
            interest = owed * rate
            repaid = 0.0
            if year > loan.grace:
                repaid = annuity if loan.repayment == "equal-principal" else annuity - interest
            if year == self.n:
                repaid = owed
            less_tax = interest * self.plant.tax / 100
            if interest + repaid > 0:
                available = flows[year] - self.bought[year] + less_tax
                covers.append(available / (interest + repaid))
            flows[year] += less_tax - interest - repaid
            owed -= repaid
        return flows, covers

    def cost_of_saved_energy(self) -> float:
        plant = self.plant
        cost, saved, rate = list(self.bought), 0.0, plant.rate / 100
        revenue = Table(Plant(**{**vars(plant), "running": 0, "salvage": 0, "residual": ""})).run
        for year in range(self.n + 1):
            cost[year] += self.run[year] - revenue[year]
            saved += self.saved[year] / (1 + rate) ** year
        return -self.worth(cost) / saved


@st.composite
def plants(draw: Any) -> Plant:
    study = draw(st.none() | st.integers(2, 12))
    life = draw(st.integers(2, 24)) / 2
    years = study or ceil(life)
    own = st.none() | st.integers(2, 50).map(lambda halves: halves / 2)
    item = st.tuples(st.integers(100, 5000), st.integers(0, years), own)
    items = draw(st.lists(item, min_size=1, max_size=3))
    whole = sum(amount for amount, _, _ in items)
    term = draw(st.integers(1, 8))
    loan = st.builds(
        Loan, st.integers(0, 20), st.just(term), st.integers(0, term - 1),
        st.sampled_from(["annuity", "equal-principal"]), st.integers(1, 100),
    )  # fmt: skip
    return Plant(
        is_real=draw(st.booleans()),
        rate=draw(st.integers(0, 25)),
        inflation=draw(st.integers(0, 15)),
        study=study,
        life=life,
        replaced=draw(st.booleans()),
        items=tuple(items),
        grant=draw(st.just(0) | st.integers(1, whole - 1)),
        price_in_cents=draw(st.integers(1, 9)),
        running=draw(st.integers(0, 200)),
        energy_growth=draw(st.none() | st.integers(-3, 6)),
        investment_growth=draw(st.none() | st.integers(0, 9)),
        ramp_up=tuple(draw(st.lists(st.integers(10, 100), max_size=3))),
        loss=draw(st.integers(0, 20)),
        salvage=draw(st.integers(0, 300)),
        residual=draw(st.sampled_from(["", "straight-line", "300 USD", "20 %"])),
        tax=draw(st.integers(0, 40)),
        method=draw(st.sampled_from(["straight-line", "declining-balance", "immediate"])),
        tax_years=draw(st.none() | st.integers(2, 10)),
        loan=draw(st.none() | loan),
    )


@given(plants())
@example(Plant(study=10, life=4, items=((1000, 0, None), (500, 1, 20.0)), residual="straight-line"))
@example(Plant(items=((1000, 1, None),), grant=500, tax=20, residual="20 %"))
@example(
    Plant(
        study=10,
        life=4,
        replaced=False,
        items=((1000, 0, 3.0), (500, 0, 20.0)),
        residual="straight-line",
    )
)
@settings(max_examples=150, deadline=None)
def test_the_net_present_value_is_that_of_an_independent_table(plant: Plant) -> None:
    found, table = economics(result_of(plant.file())), Table(plant)
    flows = table.net()
    scale = sum(map(abs, flows)) + sum(amount for amount, _, _ in plant.items)
    assert value(found.npv) == pytest.approx(table.worth(flows), abs=1e-9 * scale)
    assert (found.equity is None) == (plant.loan is None)
    if found.equity is not None:
        own, covers = table.with_loan()
        assert value(found.equity.npv) == pytest.approx(table.worth(own), abs=1e-9 * scale)
        if covers:
            cover = value(found.equity.debt_service_cover)
            assert cover == pytest.approx(min(covers), rel=1e-7, abs=1e-7)
    if value(found.life_cycle_cost) > 0:
        cost = table.cost_of_saved_energy()
        assert value(found.levelised_cost["energy"]) == pytest.approx(cost, rel=1e-7, abs=1e-12)
