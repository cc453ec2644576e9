"""Laws of tariffs, of more output and of filters, whatever the numbers."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpcalc.app.assess import Options, assess
from cpcalc.app.check import check_file
from cpcalc.figures import Figure, Reported, steps
from cpcalc.results import AssessmentResult, figures_by_path
from cpcalc.source.reader import leaves_of, read

HEAD = """cpcalc: 1
numbers: international
enterprise: {id: T-1, name: Plant}
data-status: draft
basis: {period: 2024, currency: VND, operation: {months: 12 month/year}}
products: [{id: cloth, output: 1 000 t/year, margin: 2 million VND/t}]
streams:
"""
TARIFF = """  power:
    kind: energy
    quantity: 10 000 kWh/year
    tariff:
      peak: {price: 3 000 VND/kWh, share: 20 %}
      normal: {price: 1 800 VND/kWh, share: 50 %}
      off-peak: {price: 1 200 VND/kWh, share: 30 %}
  pumps: {part-of: power, share: 10 %}
measures:
"""
PRICES = {"power-peak": 3000, "power-normal": 1800, "power-off-peak": 1200}


def result_of(text: str) -> AssessmentResult:
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert outcome.result is not None, outcome.diagnostics
    return outcome.result


def known(figure: Reported) -> float:
    assert isinstance(figure, Figure)
    return figure.value


EFFECTS = st.one_of(
    st.builds("{{stream: power, reduce: {} %}}".format, st.integers(0, 90)),
    st.builds("{{stream: power, reduce: {} kWh/year}}".format, st.integers(0, 9000)),
    st.builds("{{stream: power, increase: {} kWh/year}}".format, st.integers(0, 9000)),
    st.builds("{{stream: pumps, reduce: {} %}}".format, st.integers(0, 100)),
    st.builds("{{stream: power, during: peak, reduce: {} kWh/year}}".format, st.integers(0, 4000)),
    st.builds("{{stream: power, during: normal, increase: {} %}}".format, st.integers(0, 50)),
    st.builds(
        "{{stream: power, during: {}, move-to: off-peak, reduce: {}}}".format,
        st.sampled_from(["peak", "normal"]),
        st.sampled_from(["500 kWh/year", "9 000 kWh/year", "30 %"]),
    ),
)


@given(effects=st.lists(EFFECTS, min_size=1, max_size=5))
def test_what_is_saved_is_what_the_periods_cost_less(effects: list[str]) -> None:
    """The periods always make up the stream, and the bill falls by what is said to be saved."""
    lines = [f"  - {{id: m{n}, title: M, effects: {one}}}\n" for n, one in enumerate(effects)]
    result = result_of(HEAD + TARIFF + "".join(lines))
    streams = {stream.id: stream for stream in result.streams}
    parts = [known(streams[name].after) for name in PRICES]
    assert math.isclose(math.fsum(parts), known(streams["power"].after), rel_tol=1e-9)
    falls = [known(streams[name].saving) * price for name, price in PRICES.items()]
    assert math.isclose(
        math.fsum(falls), known(result.totals.annual_saving), rel_tol=1e-9, abs_tol=1e-3
    )
    assert all(identity.holds for identity in result.identities)


@given(moved=st.integers(0, 5000))
def test_a_load_that_moves_saves_money_and_no_energy(moved: int) -> None:
    effect = f"{{stream: power, during: peak, move-to: off-peak, reduce: {moved} kWh/year}}"
    result = result_of(HEAD + TARIFF + f"  - {{id: m, title: M, effects: {effect}}}\n")
    assert known(result.streams[0].saving) == 0
    assert known(result.totals.annual_saving) == pytest.approx(min(moved, 2000) * 1800)


@given(more=st.integers(1, 50), cut=st.integers(0, 90))
def test_more_output_takes_what_it_needs_and_specific_figures_stay(more: int, cut: int) -> None:
    """A measure before saves as much per product after, and what is normalised is without the output."""
    text = HEAD + (
        "  dye: {kind: chemical, quantity: 30 kg/t, per: cloth, price: 100 000 VND/kg}\n"
        "  steam: {kind: energy, quantity: 2 t/t, per: cloth, made-from: {coal: 0.2 t/t}}\n"
        "  coal: {kind: energy, quantity: 400 kg/t, per: cloth, price: 2 million VND/t}\n"
        "measures:\n"
        f"  - {{id: less, title: Recipe, effects: {{stream: dye, reduce: {cut} %}}}}\n"
        f"  - {{id: more, title: Speed, effects: {{product: cloth, increase: {more} %}}}}\n"
    )
    result = result_of(text)
    streams = {stream.id: stream for stream in result.streams}
    grown, left = 1 + more / 100, 1 - cut / 100
    assert known(streams["cloth"].after) == pytest.approx(1000 * grown)
    assert known(streams["dye"].after) == pytest.approx(30 * left * grown)
    assert known(streams["coal"].after) == pytest.approx(400 * grown)  # once, though steam takes it
    normalised = streams["dye"].normalised_saving
    assert normalised is not None
    assert known(normalised) == pytest.approx(30 - 30 * left, abs=1e-9)
    earned = 10 * more * 2e6 - 30_000 * left * more / 100 * 1e5 - 400 * more / 100 * 2e6
    assert known(result.measures[1].line.annual_saving) == pytest.approx(earned, abs=1)


def test_a_demand_charge_is_no_energy() -> None:
    text = (
        HEAD.replace("currency: VND,", "currency: VND, factor-sets: [ipcc-2006@1],")
        + "  coal: {kind: energy, quantity: 100 t/year, price: 2 million VND/t, emission-factors: ipcc-2006/anthracite}\n"
        + "  top: {kind: demand, quantity: 900 kVA, price: 50 000 VND/kVA/month}\n"
        + "measures:\n  - {id: m, title: M, effects: {stream: top, reduce: 100 kVA}}\n"
    )
    result = result_of(text)
    assert known(result.totals.annual_saving) == 100 * 12 * 50_000
    assert result.totals.reductions == {}


def test_where_the_output_is_not_known_nothing_that_follows_it_is() -> None:
    text = (HEAD.replace("output: 1 000 t/year, ", "")) + (
        "  dye: {kind: chemical, quantity: 30 kg/t, per: cloth, price: 100 000 VND/kg}\n"
        "measures: [{id: more, title: Speed, effects: {product: cloth, increase: 5 %}}]\n"
    )
    saving = result_of(text).totals.annual_saving
    assert not isinstance(saving, Figure)
    assert saving.missing == ("products.cloth.output",)


@pytest.mark.parametrize(
    ("period", "problem"),
    [
        ("{}", "missing-field"),
        ("{price: 3 000 VND/kWh}", "one-of-keys-needed"),
        ("{price: 3 000 VND/kWh, share: -100 %}", "out-of-range"),
    ],
)
def test_a_tariff_without_a_period_that_can_be_read_is_located(period: str, problem: str) -> None:
    text = f"{HEAD}  power: {{kind: energy, quantity: 5 MWh/year, tariff: {{peak: {period}}}}}\n"
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert problem in [found.name for found in outcome.diagnostics]
    assert all(found.span for found in outcome.diagnostics)


@pytest.mark.parametrize(
    "stream",
    [
        "quantity: 0 kWh/year, tariff: {peak: {price: 3 000 VND/kWh, share: 20 %}, normal: {price: 500 VND/kWh, share: 80 %}}",
        "tariff: {peak: {price: 3 000 VND/kWh, quantity: 0}, normal: {price: 500 VND/kWh, quantity: 0 kWh/year}}",
    ],
)
@pytest.mark.parametrize("effect", ["reduce: 10 %", "reduce: 5 kWh/year", "increase: 100 kWh/year"])
def test_of_nothing_nothing_is_saved_and_what_is_added_has_no_known_period(
    stream: str, effect: str
) -> None:
    text = f"{HEAD}  power: {{kind: energy, {stream}}}\nmeasures: [{{id: m, title: M, effects: {{stream: power, {effect}}}}}]\n"
    result = result_of(text)
    assert all(identity.holds for identity in result.identities)
    peak, added = result.streams[1].after, 100 * effect.startswith("increase")
    assert known(result.streams[0].after) == added
    assert isinstance(peak, Figure)
    assert bool(peak.missing) == bool(added)


@pytest.mark.parametrize("output", ["0 t/year", "1 000 t/year"])
@pytest.mark.parametrize(
    "effect", ["reduce: 100 %", "increase: 0 %", "reduce: 0 %", "increase: 20 %"]
)
def test_nothing_is_divided_by_an_output_of_nothing(output: str, effect: str) -> None:
    """A product that is given up, or not made yet: what follows it, also afterwards, is known."""
    text = HEAD.replace("1 000 t/year", output) + (
        "  dye: {kind: chemical, quantity: 30 kg/t, per: cloth, price: 100 000 VND/kg}\n"
        "measures:\n"
        f"  - {{id: m1, title: M, effects: {{product: cloth, {effect}}}}}\n"
        "  - {id: m2, title: M, effects: {product: cloth, increase: 10 %}}\n"
        "  - {id: m3, title: M, effects: {stream: dye, from: 30 kg/t, to: 20 kg/t, per: cloth}}\n"
    )
    result = result_of(text)
    grown = {"reduce: 100 %": 0, "increase: 20 %": 1.2}.get(effect, 1) * 1.1
    made = 1000 * grown * output.startswith("1")
    streams = {stream.id: stream for stream in result.streams}
    assert known(streams["cloth"].after) == pytest.approx(made)
    assert known(streams["dye"].after) == pytest.approx(made * 0.02, abs=1e-9)
    assert all(identity.holds for identity in result.identities)


def test_every_input_of_a_figure_can_be_changed_where_it_stands() -> None:
    """Also beside a margin, whose stream the file never writes out."""
    text = HEAD + TARIFF + "  - {id: m, title: M, effects: {product: cloth, increase: 5 %}}\n"
    written = dict(leaves_of(read(text.encode(), "plant.yaml").tree))
    leaves = [
        leaf.operands[0]
        for figure in figures_by_path(result_of(text)).values()
        if isinstance(figure, Figure)
        for leaf in steps(figure)
        if leaf.formula is None and leaf.operands
    ]
    inputs = {origin.reference: origin.text for origin in leaves if origin.kind == "input"}
    assert ("products", 0, "margin") in inputs
    assert inputs == {path: written.get(path) for path in inputs}


def test_what_a_unit_of_the_product_earns_is_asked_for_where_it_is_to_be_written(
    tmp_path: Path,
) -> None:
    text = (
        "cpcalc: 1\nenterprise: {id: p, name: P}\ndata-status: draft\n"
        "products:\n  - {id: other, output: 5 t/year}\n  - {id: cloth, output: 1 000 t/year}\n"
        "measures:\n  - {id: m1, title: More, effects: {product: cloth, increase: 5 %}}\n"
    )
    file = tmp_path / "plant.yaml"
    file.write_text(text)
    (problem,) = check_file(str(file)).diagnostics
    assert (problem.name, problem.span.line if problem.span else 0) == ("missing-field", 6)
    file.write_text(text.replace("id: cloth,", "id: cloth, margin: 2 million VND/t,"))
    assert "missing-field" not in {item.name for item in check_file(str(file)).diagnostics}
