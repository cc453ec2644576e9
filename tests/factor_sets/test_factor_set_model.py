"""The model of the file: what is said once, the parts of a unit, and the JSON Schema that follows from it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from released_sets import FILES, document_of, pin_of

from cpcalc.schema.factor_set import READING, Emission, FactorSet, mass_of, said
from cpcalc.schema.factor_set import Cited as Levels


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


def test_the_nearest_that_says_it_counts() -> None:
    nearest, further = (
        Levels.model_construct(where="p. 2"),
        Levels.model_construct(where="p. 1", quality="verified"),
    )
    assert said("where", nearest, None, further) == "p. 2"
    assert said("quality", nearest, None, further) == "verified"
    assert said("scope", nearest, further) is None


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
