"""All problems of a file at once: a wrong shape somewhere does not hide a wrong name elsewhere."""

import pytest

from cpcalc.app.assess import Options, assess

HEAD = "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\n"


def found(text: str) -> set[tuple[int, str]]:
    outcome = assess(text.encode(), "plant.yaml", Options())
    return {(item.span.line, item.name) for item in outcome.diagnostics if item.span is not None}


def test_a_wrong_unit_and_a_wrong_name_are_both_told() -> None:
    text = HEAD + (
        "streams:\n"
        "  coal: {kind: energy, quantity: 5 200 tons/year}\n"
        "measures:\n"
        "  - {id: m1, title: T, effects: [{stream: coal, reduce: 3 %}, {stream: cole, reduce: 3 %}], after: [m9]}\n"
        "  - {id: m1, title: U}\n"
    )
    assert found(text) == {
        (5, "refused-unit"),
        (7, "unknown-stream"),
        (7, "unknown-measure"),
        (8, "duplicate-id"),
    }


def test_what_is_taken_out_leaves_its_name() -> None:
    text = HEAD + (
        "products: [{id: paper, output: lots}]\n"
        "streams:\n"
        "  coal: {kinds: energy}\n"
        "measures:\n"
        "  - {id: m1, colour: red}\n"
        "  - {id: m2, title: T, after: [m1], effects: {stream: coal, from: 2 t/t, to: 1 t/t, per: paper}}\n"
    )
    told = found(text)
    assert {name for _, name in told} == {"not-a-number", "unknown-key", "missing-field"}


def test_a_missing_head_does_not_hide_a_wrong_name() -> None:
    text = "cpcalc: 1\nmeasures:\n  - {id: m1, title: T, effects: {stream: cole, reduce: 3 %}}\n"
    assert (3, "unknown-stream") in found(text)
    assert (1, "missing-field") in found(text)


def test_problems_of_amounts_are_not_guessed_from_a_rest() -> None:
    text = HEAD + (
        "streams:\n"
        "  coal: {kind: energy, quantity: 5 tons/year, emission-factors: [ipcc-2006/anthracite]}\n"
        "basis: {factor-sets: [ipcc-2006@1]}\n"
    )
    assert found(text) == {(5, "refused-unit")}


def test_the_place_of_a_single_item_is_its_own() -> None:
    text = HEAD + "measures:\n  - {id: m1, title: T, effects: {stream: cole, reduce: 3 %}}\n"
    outcome = assess(text.encode(), "plant.yaml", Options())
    (problem,) = outcome.diagnostics
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (5, 42)


RESULTS = """cpcalc: 1
numbers: international
enterprise: {id: A-1, name: Mill}
data-status: draft
basis: {period: 2024, currency: VND}
streams:
  power: {kind: energy, quantity: 1 000 MWh/year, price: 2 000 VND/kWh}
  pumps: {part-of: power, share: 80 %}
  fans: {part-of: power, share: 60 %}
  coal: {kind: energy, quantity: 500 BROKEN/year, price: 2 million VND/t}
  water: {kind: water, quantity: 500 m3/year, price: 10 000 VND/m3}
measures:
  - {id: m1, title: Taps, effects: {stream: water, reduce: 10 %}}
  - {id: m2, title: Coal, effects: {stream: coal, reduce: 10 %}}
  - {id: m3, title: Audit, benefits: {saves: 5 million VND/year, as: energy}}
groups:
  - {id: g1, title: Audits, measures: [m3], annual-saving: 1 million VND/year}
expect:
  - {figure: measures.m1.annual_saving, value: 600 000 VND/year, within: 0 %}
  - {figure: measures.m1.saving, value: 500 000 VND/year, within: 0 %}
  - {figure: measures.m2.annual_saving, value: 600 000 VND/year, within: 0 %}
  - {figure: totals.annual_saving, value: 600 000 VND/year, within: 0 %}
"""


@pytest.mark.parametrize("unit", ["ton", "kWh", "t"])
def test_what_only_a_result_shows_is_told_beside_errors_it_does_not_rest_on(unit: str) -> None:
    """A stream that cannot be read hides what rests on it, and the totals; all else is told."""
    told = found(RESULTS.replace("BROKEN", unit))
    apart = {
        (7, "parts-above-whole"),
        (17, "group-below-members"),
        (19, "expectation-missed"),
        (20, "unknown-figure"),
    }
    of_the_whole = {(21, "expectation-missed"), (22, "expectation-missed")}
    assert apart <= told
    assert told & of_the_whole == (of_the_whole if unit == "t" else set())


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("expect:\n  - {figure: totals.annual_saving, value: 2 1360 USD/year, within: 1 %}\n", "number-separators"),
        ("expect:\n  - {figure: totals.annual_saving, printed: 15 0 USD/year}\n", "number-separators"),
        ("waivers:\n  - {check: unused-stream, because: 5, at: [a]}\n", "wrong-shape"),
    ],
)  # fmt: skip
def test_a_wrong_part_of_what_nothing_depends_on_is_one_problem(section: str, name: str) -> None:
    text = HEAD + (
        "basis: {currency: USD}\n"
        "measures:\n"
        "  - {id: m1, title: T, investment: 5 USD, benefits: {saves: 5 USD/year, as: energy}}\n"
    )
    assert found(text + section) == {(8, name)}
