"""Formula tables: published and hand-calculated answers, each run on plain numbers and on pint quantities.

A table is a YAML file of this folder: `formula` (dotted name below cpcalc), `source` of the answers, and `cases` of
`given` (by parameter name), `gives` and, unless exact, `within` a share or `printed: true` (half of the last digit).
"""

from __future__ import annotations

import importlib
import inspect
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from cpcalc.figures import BY_UNITS
from cpcalc.quantities import INTERNATIONAL, last_digit_step, number_and_unit, parse_quantity
from cpcalc.units import PLAIN, QuantityError, normalised
from cpcalc.units_pint import registry

EXACT = 1e-9
MONTHS_IN_A_YEAR = 12.0
TABLE_KEYS = frozenset({"formula", "source", "cases", "dimensions", "because"})
CASE_KEYS = frozenset({"name", "given", "gives", "within", "printed", "source", "note"})


class Table(NamedTuple):
    """One table, its keys checked."""

    formula: str
    function: Callable[..., Any]
    with_units: bool
    cases: list[dict[str, Any]]


def read_table(path: Path) -> Table:
    tree = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert set(tree) <= TABLE_KEYS, f"{path.name}: unknown keys {set(tree) - TABLE_KEYS}"
    assert tree.get("cases"), f"{path.name}: no cases"
    module, _, name = str(tree["formula"]).rpartition(".")
    function = getattr(importlib.import_module(f"cpcalc.{module}"), name)
    with_units = tree.get("dimensions") != "false"
    assert with_units or tree.get("because"), (
        f"{path.name}: `dimensions: false` needs a reason: because"
    )
    for case in tree["cases"]:
        assert set(case) <= CASE_KEYS, f"{path.name}: unknown keys {set(case) - CASE_KEYS}"
        assert tree.get("source") or case.get("source"), f"{path.name}: a case without source"
    return Table(
        str(tree["formula"]),
        function,
        with_units and function.card.gives == BY_UNITS,
        tree["cases"],
    )


class TableFile(pytest.File):
    """Collects one item for each case and way of running it."""

    def collect(self) -> Iterator[pytest.Item]:
        table = read_table(self.path)
        for position, case in enumerate(table.cases):
            name = case.get("name", str(position + 1))
            yield CaseItem.from_parent(
                self, name=f"{name}-numbers", table=table, case=case, on_units=False
            )
            if table.with_units:
                yield CaseItem.from_parent(
                    self, name=f"{name}-units", table=table, case=case, on_units=True
                )


class CaseItem(pytest.Item):
    """One case of a table, on plain numbers in canonical units or on pint quantities in the units as written."""

    def __init__(self, *, table: Table, case: dict[str, Any], on_units: bool, **rest: Any) -> None:
        super().__init__(**rest)
        self.table, self.case, self.on_units = table, case, on_units

    def runtest(self) -> None:
        run = on_quantities if self.on_units else on_numbers
        run(self.table.function, self.case)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        return f"{self.table.formula} {self.case['given']}: {excinfo.exconly()}"

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.table.formula}: {self.name}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix == ".yaml" and file_path.parent == Path(__file__).parent:
        return TableFile.from_parent(parent, path=file_path)
    return None


# ---- running a case -------------------------------------------------------------------------------------------------


def on_numbers(function: Callable[..., Any], case: dict[str, Any]) -> None:
    """The case on floats in canonical units."""
    found = _call(function, case["given"], number_of)
    expected = _as_number(case["gives"])
    if expected is None:
        assert str(found).lower() == case["gives"]
        return
    assert math.isclose(found, expected, rel_tol=0, abs_tol=_tolerance(case, expected)), (
        f"{found!r}, not {expected!r}"
    )


def on_quantities(function: Callable[..., Any], case: dict[str, Any]) -> None:
    """The case on pint quantities: the answer must have the dimension of the published one, and its value."""
    found = _call(function, case["given"], quantity_of)
    expected = quantity_of(case["gives"])
    units = registry()
    if not hasattr(found, "to"):
        found = units.Quantity(found)
    if expected.check("[month]") and found.check("[year]"):
        expected = units.Quantity(expected.to("month").magnitude / MONTHS_IN_A_YEAR, "year")
    assert found.dimensionality == expected.dimensionality, (
        f"{found.dimensionality}, not {expected.dimensionality}"
    )
    canonical = answer_of(case["gives"])
    value = found.to(expected.units).magnitude * (
        canonical / expected.magnitude if expected.magnitude else 1.0
    )
    assert math.isclose(value, canonical, rel_tol=0, abs_tol=_tolerance(case, canonical)), (
        f"{found}, not {expected}"
    )


def _call(function: Callable[..., Any], given: dict[str, Any], read: Callable[[str], Any]) -> Any:
    positional: list[Any] = []
    for name, parameter in inspect.signature(function).parameters.items():
        raw = given[name]
        value = [read(item) for item in raw] if isinstance(raw, list) else read(raw)
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            positional += value
        else:
            positional.append(value)
    assert set(given) <= set(inspect.signature(function).parameters), (
        f"no such parameter in {set(given)}"
    )
    return function(*positional)


def number_of(text: str) -> float:
    """A quantity in canonical units; a bare number is itself."""
    value, rest = number_and_unit(text, INTERNATIONAL)
    return parse_quantity(text, INTERNATIONAL).value if rest else value


def answer_of(text: str) -> float:
    """A published answer in canonical units; a payback printed in months is one in years."""
    return number_of(text) / (MONTHS_IN_A_YEAR if re.fullmatch(r"[0-9.]+ month", text) else 1.0)


def quantity_of(text: str) -> Any:
    """A pint quantity in the unit as written."""
    value, rest = number_and_unit(text, INTERNATIONAL)
    units = registry()
    return (
        units.Quantity(value, units.parse_units(normalised(rest, PLAIN)[0]))
        if rest
        else units.Quantity(value)
    )


def _as_number(text: str) -> float | None:
    try:
        return answer_of(text)
    except QuantityError:
        return None


def _tolerance(case: dict[str, Any], expected: float) -> float:
    if case.get("printed") == "true":
        text = case["gives"]
        value, _ = number_and_unit(text, INTERNATIONAL)
        step = last_digit_step(text, INTERNATIONAL) / 2
        return step * (abs(expected / value) if value else 1.0) + EXACT * abs(expected)
    return abs(expected) * (number_of(case["within"]) if "within" in case else EXACT) + 1e-12
