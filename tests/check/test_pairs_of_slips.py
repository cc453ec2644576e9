"""All problems at once: two slips that have nothing to do with each other are told in one run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from example_files import examples, whole

from cpcalc.app.assess import Options, assess
from cpcalc.diagnostics import catalogue
from cpcalc.source.reader import read

# Slips of a part of its own, that could stand in any file: a key, a number, a unit, a name, a link.
BESIDE = {
    "unknown-key": {"streams": {"zz": {"kind": "chemical", "quantum": "5 t/year"}}},
    "missing-field": {"measures": [{"id": "zz"}]},
    "wrong-shape": {"streams": {"zz": "5 t/year"}},
    "refused-unit": {"streams": {"zz": {"kind": "chemical", "quantity": "5 ton/year"}}},
    "unknown-stream": {
        "measures": [{"id": "zz", "title": "t", "effects": {"stream": "yy", "reduce": "5 %"}}]
    },
    "duplicate-id": {"products": [{"id": "zz"}, {"id": "zz"}]},
    "circular-streams": {"streams": {"zz": {"kind": "chemical", "follows": {"zz": "1 t/t"}}}},
}


GOOD = sorted((Path(__file__).parents[1] / "casebook" / "good").glob("*.yaml"))


def told(tree: dict[str, Any], name: str = "plant.yaml") -> set[str]:
    text = "".join(f"{key}: {json.dumps(part, ensure_ascii=False)}\n" for key, part in tree.items())
    return {item.name for item in assess(text.encode(), name, Options()).diagnostics}


def joined(one: Any, other: Any) -> Any:
    """Two trees in one: mappings together, lists one after the other; the first one's scalars."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {
            key: joined(one[key], other[key]) if key in one else other[key] for key in other
        }
    if isinstance(one, list) or isinstance(other, list):
        return [
            *(one if isinstance(one, list) else [one]),
            *(other if isinstance(other, list) else [other]),
        ]
    return joined([one], [other]) if isinstance(one, dict) else one


# What only the result of the whole file can show: the totals, and which warnings there are.
OF_RESULTS = {"unknown-figure", "expectation-missed", "now-reproduced", "waiver-of-no-warning"}
# A slip of how a value is laid out, which a tree does not keep.
OF_LAYOUT = {"multi-line-quantity"}


def trees() -> dict[str, dict[str, Any]]:
    """The bad example of each error of an assessment whose YAML can be read."""
    found = {}
    for example in examples():
        is_error = catalogue()[example.name].severity == "error"
        if is_error and not (example.bad.form or example.bad.at or example.files):
            document = read(whole(example.bad).encode(), "")
            if not document.diagnostics and "cpcalc" in document.tree:
                found[example.name] = document.tree
    return found


TREES = {name: tree for name, tree in trees().items() if name not in OF_RESULTS | OF_LAYOUT}


@pytest.mark.parametrize("beside", BESIDE)
def test_neither_of_two_slips_hides_the_other(beside: str) -> None:
    assert len(TREES) > 90
    hidden = {}
    for name, tree in TREES.items():
        missing = {name, beside} - told(joined(tree, BESIDE[beside]))
        if missing:
            hidden[name] = missing
    assert hidden == {}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_slip_in_a_part_of_its_own_brings_up_nothing_else(path: Path) -> None:
    """What is calculated of the rest of a file with errors says nothing that the mended file does not."""
    tree = read(path.read_bytes(), str(path)).tree
    alone = told(tree, str(path))
    for beside in ("refused-unit", "unknown-stream"):
        assert told(joined(tree, BESIDE[beside]), str(path)) <= alone | {beside}


def test_what_follows_from_a_broken_part_is_not_told() -> None:
    """A stream without a quantity that can be read says nothing of those that are made from it, in any length."""
    tree = {
        "cpcalc": "1", "enterprise": {"id": "a", "name": "A"}, "data-status": "draft",
        "streams": {
            "coal": {"kind": "energy", "quantity": "5 ton/year", "ncv": "25 MJ/kg"},
            "steam": {"kind": "energy", "quantity": "50 t/day", "made-from": {"coal": "0.15 t/t"}},
            "heat": {"kind": "energy", "quantity": "50 GJ/day", "made-from": {"steam": "0.3 t/GJ"}},
            "water": {"kind": "water", "quantity": "50 m3/day"},
        },
    }  # fmt: skip
    text = "".join(f"{key}: {json.dumps(part)}\n" for key, part in tree.items())
    found = assess(text.encode(), "plant.yaml", Options()).diagnostics
    assert [(item.name, item.path[:2]) for item in found] == [
        ("refused-unit", ("streams", "coal")),
        ("basis-missing", ("streams", "water")),
    ]


@pytest.mark.parametrize("key", ["value", "at-least", "at-most", "printed"])
@pytest.mark.parametrize("number", ["1/3 t", "abc", "[1]", "{a: 1}", "=1", ""])
def test_an_expectation_whose_number_cannot_be_read_is_told(key: str, number: str) -> None:
    text = (
        "cpcalc: 1\nenterprise: {id: p, name: P}\ndata-status: draft\n"
        f"expect:\n  - {{figure: totals.annual_saving, {key}: {number}, source: here}}\n"
    )
    assert any(
        item.severity == "error" for item in assess(text.encode(), "p.yaml", Options()).diagnostics
    )


@pytest.mark.parametrize(
    ("section", "slip"),
    [
        ("expect", {"figure": "totals.investment.EUR", "printed": "15 0 EUR", "source": "p. 3"}),
        ("expect", {"figure": "totals.investment.EUR"}),
        ("waivers", {"check": "unused-stream"}),
        ("source", {"titel": "Report"}),
        ("scenarios", {"id": "dear", "set": {}}),
    ],
)
@pytest.mark.parametrize("path", GOOD[:3], ids=lambda path: path.stem)
def test_a_slip_beside_the_plant_is_one_problem(
    path: Path, section: str, slip: dict[str, str]
) -> None:
    """What the slip leaves of its own part is no problem besides, whatever else is expected."""
    tree = read(path.read_bytes(), path.name).tree
    sound = [{"figure": "totals.annual_saving", "printed": "1 VND/year"}]
    tree = joined({**tree, "expect": sound}, {section: [slip]})
    text = "".join(f"{key}: {json.dumps(part, ensure_ascii=False)}\n" for key, part in tree.items())
    diagnostics = assess(text.encode(), str(path), Options()).diagnostics
    errors = [item for item in diagnostics if item.severity == "error"]
    assert {item.path[0] for item in errors} == {section}
    assert len(errors) <= 2, errors
