"""All problems of a file at once: a wrong shape somewhere does not hide a wrong name elsewhere."""

from __future__ import annotations

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
