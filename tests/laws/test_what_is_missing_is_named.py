"""Whatever is taken out of a file, each figure that rested on it says so by name, and no other figure changes."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cpcalc.app.assess import Options, assess_document
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.results import AssessmentResult, figures_by_path
from cpcalc.source.reader import Document, read

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "tests/casebook/good").glob("*.yaml")),
    *sorted((ROOT / "assessments/published").glob("*.yaml")),
    ROOT / "assessments/vpeg/st-02-shrimp-freezing-plant.yaml",
]
# What a file may leave out because it is not known; anything else that it leaves out is not there
# (no running cost, no filter) or has a stated stand-in (the heat content of a cited factor, the
# members' sum for a group's own saving or investment, the stated concentrations for a load).
KEYS = {
    "streams": ("quantity", "price", "annual-cost", "emission-factors"),
    "products": ("output",),
    "measures": ("investment", "lifetime"),
    "groups": ("lifetime",),
}
# Figures that are of what is complete by their own meaning, or families that only list what is known.
# The output of a product is that input itself.
OF_WHAT_IS_KNOWN = ("of_complete", "study_period")
LISTS = (
    "products.",
    "life_cycle_cost.lines",
    "cash_flow",
    "break_even",
    "assumptions",
    ".production.",
    "npv_with",
    "implied_prices",
    "abatement_cost",
    "levelised",
    ".investment.",
    "sensitivity",
    "tornado",
)

NONE = NotApplicable("incomplete", "field-missing")
Path_ = tuple[str | int, ...]


def outcome(document: Document) -> AssessmentResult | None:
    return assess_document(document, Options(economics=True)).result


def rests_on(figure: Figure, known: dict[int, frozenset[Path_]]) -> frozenset[Path_]:
    """The places of the file in the tree of a figure's steps."""
    if id(figure) not in known:
        if figure.formula is None:
            inputs = [origin.reference for origin in figure.operands if origin.kind == "input"]
            known[id(figure)] = frozenset(inputs)
        else:
            parts = [rests_on(operand, known) for operand in figure.operands]
            known[id(figure)] = frozenset().union(*parts)
    return known[id(figure)]


def removals(tree: Mapping[str, Any]) -> Iterator[Path_]:
    for section, keys in KEYS.items():
        items = tree.get(section) or {}
        pairs = items.items() if isinstance(items, dict) else enumerate(items)
        for name, item in pairs:
            yield from (
                (section, name, key) for key in keys if isinstance(item, dict) and key in item
            )


def without(document: Document, path: Path_) -> Document:
    tree = copy.deepcopy(document.tree)
    node = tree
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return replace(document, tree=tree, diagnostics=[])


def names_of(tree: Mapping[str, Any], path: Path_) -> set[str]:
    section, item, key = path
    name = tree[str(section)][item]["id"] if isinstance(item, int) else item
    key = "price" if key == "annual-cost" else "output" if section == "products" else key
    return {f"{section}.{name}.{key}"}


def found_in(figures: Mapping[str, Reported], name: str) -> Reported | None:
    """The figure of a name, or why the record that it belongs to is not there."""
    while name:
        found = figures.get(name)
        if found is not None:
            return found if name in figures else None
        name = name.rpartition(".")[0]
        if isinstance(figures.get(name), Figure):
            return None
    return None


def is_same(one: Reported, other: Reported | None) -> bool:
    if isinstance(one, NotApplicable) or isinstance(other, NotApplicable) or other is None:
        return isinstance(one, NotApplicable) and isinstance(other, NotApplicable)
    return one.unit is other.unit and math.isclose(one.value, other.value, rel_tol=1e-9)


def stands_in(document: Document, result: AssessmentResult, path: Path_) -> bool:
    """Whether the file says by other means what is taken out, or nothing at all is said any more.

    Money of the same kind that a measure states counts for what has no price; an amount that was
    cut at what there is stands as stated without that; a measure without saving and investment is
    an idea, which no sum counts; the methane of waste water is a notice of its own; where the only
    factors are gone nothing says that the file counts what they gave.
    """
    section, item, key = path
    if section == "measures":
        line = result.measures[int(item)].line
        return key == "investment" and line.annual_saving.missing != () and not line.savings
    if section != "streams":
        return False
    written = document.tree["streams"][item]
    is_capped = any(item in measure.caps for measure in result.measures)
    measures = document.tree.get("measures") or []
    states_money = any("benefits" in measure or "worth" in str(measure) for measure in measures)
    is_treated = written.get("kind") == "wastewater" and key == "emission-factors"
    with_factors = [one for one in document.tree["streams"].values() if "emission-factors" in one]
    is_only_one = key == "emission-factors" and len(with_factors) == 1
    # What nobody pays for, unless it has a price; gases have that of carbon.
    is_gas = written.get("kind") in ("greenhouse-gas", "dust", "air-pollutant")
    return (
        (is_capped and key == "quantity")
        or (states_money and key in ("price", "annual-cost"))
        or is_treated
        or is_only_one
        or (is_gas and key == "price")
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_figure_that_rests_on_it_names_it_and_no_other_changes(path: Path) -> None:
    document = read(path.read_bytes(), str(path))
    full = outcome(document)
    assert full is not None
    figures = {
        name: figure
        for name, figure in figures_by_path(full).items()
        if not name.endswith(OF_WHAT_IS_KNOWN) and not any(part in name for part in LISTS)
    }
    known: dict[int, frozenset[Path_]] = {}
    faults: list[str] = []
    for removed in removals(document.tree):
        result = outcome(without(document, removed))
        if result is None or stands_in(document, full, removed):
            continue  # an error says so
        after, wanted = figures_by_path(result), names_of(document.tree, removed)
        is_of_factors = removed[-1] == "emission-factors"
        before = figures_by_path(full)
        is_shorter = any(
            before.get(f"{whole}.economics.study_period", NONE) is not NONE
            and not is_same(
                before[f"{whole}.economics.study_period"],
                after.get(f"{whole}.economics.study_period"),
            )
            for whole in ("totals", "whole_enterprise")
        )
        has_bill = removed[0] == "streams" and "annual-cost" in document.tree["streams"][removed[1]]
        for name, figure in figures.items():
            if has_bill and name.startswith(("baseline.costs", "baseline.bill")):
                continue  # the bill that the file states stands for quantity times price
            if is_shorter and "life_cycle_cost" in name:
                continue  # of fewer years, as it says itself
            now = found_in(after, name)
            missing = () if now is None else now.missing
            is_named = bool(wanted & set(missing))
            if is_same(figure, now) and (is_named or missing == figure.missing):
                uses = isinstance(figure, Figure) and any(
                    place[: len(removed)] == removed for place in rests_on(figure, known)
                )
                may_be_marked = (
                    uses
                    or isinstance(figure, NotApplicable)
                    or figure.is_partial
                    or is_of_factors
                    or "order_free" in name
                )
                is_fault = is_named and not may_be_marked
            else:  # a pollutant that nothing counts any more is not reported at all
                is_fault = not is_named and not (now is None and is_of_factors)
            if is_fault:
                faults.append(f"{'.'.join(map(str, removed))}: {name} {figure} -> {now}")
    assert "\n".join(faults) == ""
