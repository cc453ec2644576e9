"""The model of the file: what is said once, the parts of a unit, and the JSON Schema that follows from it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from released_sets import FILES, document_of, pin_of

from cpcalc.schema.factor_rows import Emission, mass_of
from cpcalc.schema.factor_set import READING, FactorSet
from cpcalc.source.reader import read


def emission(**fields: str) -> Emission:
    return Emission.model_validate(
        {key.replace("_", "-"): value for key, value in fields.items()}, context=READING
    )


@pytest.mark.parametrize(
    "of, value, activity",
    [
        ("CO2", "98 300 kg CO2/TJ", "kWh"),
        ("TSP", "5 kg TSP/t", "t"),
        ("PM2.5", "0.3 kg PM2.5/t", "t"),
        ("SO2", "18.8 kg SO2/m3", "m3"),
        ("CH4", "0.25 kg CH4/kg COD", "t COD"),
        ("HFC-134a", "0.1 kg HFC-134a/piece", "piece"),
    ],
)
def test_a_factor_is_a_substance_per_activity(of: str, value: str, activity: str) -> None:
    row = emission(of=of, value=value)
    assert row.value.unit.substance is not None
    assert str(row.activity) == activity
    assert row.activity * row.value.unit is mass_of(of)


LEVELS = """\
factor-set: own
version: 1
title: Own factors
source: {title: Report, year: 2024}
sources: {supplier: {title: Certificate}}
where: p. 2
published: 2023
scope: 1
defaults:
  CO2: {where: p. 3, quality: verified}
  ncv: {mass-basis: wet}
factors:
  - id: coal
    name: Coal
    boundary: combustion
    ncv: {lower: 20 GJ/t, upper: 24 GJ/t}
    emits:
      - {of: CO2, value: 96 t CO2/TJ, fraction: total}
      - {of: CO2, value: 97 t CO2/TJ, source: supplier, where: p. 9, quality: unverified}
      - {of: CH4, value: 1 kg CH4/TJ}
"""


def test_the_nearest_that_says_it_counts() -> None:
    found = FactorSet.model_validate(read(LEVELS.encode(), "own").tree, context=READING)
    coal = (found.factors or [])[0]
    first, second, third = coal.emits
    assert (first.where, first.quality, first.scope, first.boundary) == (
        "p. 3", "verified", "1", "combustion",
    )  # fmt: skip
    assert (second.where, second.quality) == ("p. 9", "unverified")
    assert (third.where, third.quality) == ("p. 2", "unverified")  # unverified unless it is said
    assert first.citation == "Report, 2024, p. 3"
    assert second.citation == "Certificate, 2023, p. 9"
    assert (first.reference, third.reference) == ("own@1/coal#CO2,total", "own@1/coal#CH4")


def test_a_property_takes_from_its_entry_only_how_well_it_is_known() -> None:
    found = FactorSet.model_validate(read(LEVELS.encode(), "own").tree, context=READING)
    ncv = (found.factors or [])[0].ncv
    assert ncv is not None
    assert (ncv.where, ncv.mass_basis, ncv.scope, ncv.boundary) == ("p. 2", "wet", None, None)
    assert ncv.reference == "own@1/coal#ncv"
    assert ncv.quantity is not None
    assert ncv.quantity.text == "20 GJ/t - 24 GJ/t"


def schema() -> dict[str, Any]:
    return FactorSet.model_json_schema()


def plain(node: Any) -> Any:
    """The tree as an editor sees it: numbers and booleans are not texts there."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    text = str(node)
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() else text


@pytest.mark.parametrize("path", FILES, ids=[pin_of(path) for path in FILES])
def test_the_json_schema_accepts_every_shipped_set(path: Any) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert [
        error.message[:200] for error in validator.iter_errors(plain(document_of(path).tree))
    ] == []


def test_the_json_schema_refuses_what_the_model_refuses() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    tree = plain(document_of(FILES[0]).tree)
    assert list(validator.iter_errors({**tree, "kinds": "fuel"}))
    assert list(
        validator.iter_errors({key: value for key, value in tree.items() if key != "source"})
    )
    tree["factors"][0]["emits"][0]["of"] = "soot"
    assert list(validator.iter_errors(tree))
