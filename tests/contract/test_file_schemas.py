"""The JSON Schemas of the files refuse what an editor can see, and nothing that the check accepts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from law_settings import examples

from cpcalc.app.check import check_document
from cpcalc.app.files import kind_of
from cpcalc.app.new import schema_text
from cpcalc.diagnostics import ExampleFile, catalogue
from cpcalc.source.reader import LARGEST_FILE_BYTES, read
from cpcalc.units import NAMES

ROOT = Path(__file__).parents[2]
HEAD = (
    "cpcalc: 1\nnumbers: international\nenterprise: {id: A-1, name: Example}\ndata-status: draft\n"
)
SCHEMAS = {
    name: json.loads(schema_text(name)) for name in ("assessment", "programme", "factor-set")
}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: numbers are numbers, a date is a text, keys are unique."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - as in the class itself

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [str(key.value) for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError("a key stands twice")
        return super().construct_mapping(node, deep)


for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789."),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    EditorLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first)
    )


def problems(text: str) -> list[str]:
    """What an editor says of a file."""
    try:
        tree = yaml.load(text, EditorLoader)
    except (yaml.YAMLError, ValueError) as error:
        return [f"YAML: {error}"]
    validator = VALIDATORS.get(kind_of(text) or "assessment")
    return (
        []
        if validator is None
        else [f"{found.json_path}: {found.message[:80]}" for found in validator.iter_errors(tree)]
    )


def whole(file: ExampleFile) -> str:
    if file.form == "escaped":
        return file.text.encode("latin-1", "backslashreplace").decode("unicode_escape")
    named = file.text.split(":", 1)[0].strip() in (
        "cpcalc",
        "cpcalc-programme",
        "cpcalc-lock",
        "factor-set",
    )
    return file.text if file.form or file.at or named else HEAD + file.text


def bad_files() -> Iterator[tuple[str, str]]:
    """The files that the check refuses: of the catalogue and of the casebook."""
    for entry in catalogue().values():
        if entry.severity == "error" and entry.bad.form not in (
            "console",
            "folder",
            "large",
            "utf-16",
        ):
            yield entry.name, whole(entry.bad)
    for path in sorted((ROOT / "tests/casebook/bad").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if " error: " in text:
            yield path.name, text


def good_files() -> Iterator[tuple[str, str]]:
    """The files that the check accepts, with warnings or without."""
    for entry in catalogue().values():
        if entry.good.form in ("", "raw", "escaped"):
            yield entry.name, whole(entry.good)
        if entry.severity != "error" and entry.bad.form in ("", "raw"):
            yield f"warning {entry.name}", whole(entry.bad)
    for folder in ("assessments", "emission_factors", "tests/casebook/good"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            yield path.name, path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_schema_in_which_nothing_may_be_empty(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert '"null"' not in schema_text(name)


def test_every_file_that_the_check_accepts_passes() -> None:
    refused = {name: found for name, text in good_files() if (found := problems(text))}
    assert refused == {}


def test_most_of_what_can_be_seen_in_one_place_is_refused() -> None:
    """What names another place, adds up or takes the year's length is left to the check."""
    found = {name: problems(text) for name, text in bad_files()}
    by_schema = [name for name, said in found.items() if said and not said[0].startswith("YAML")]
    assert len(found) > 185
    assert len(by_schema) >= 116
    assert len([name for name, said in found.items() if said]) >= 130


# Each mapping of the accepted files, by the key that it stands under: what else can stand there.
ACCEPTED = [text for _, text in good_files() if text.startswith("cpcalc: 1\n") and len(text) < 3000]


def _mappings(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict) and node:
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _mappings(part)


@given(st.randoms(use_true_random=False))
@examples(60)
def test_whatever_the_check_accepts_of_parts_of_other_files_passes(random: Random) -> None:
    trees = [yaml.load(text, EditorLoader) for text in random.sample(ACCEPTED, 6)]
    part = random.choice(list(_mappings(trees[0])))
    key = random.choice(list(part))
    others = [one for tree in trees[1:] for one in _mappings(tree) if key in one]
    if others:
        other = random.choice(others)
        part |= {key: other[key]} if random.random() < 0.5 else other
    else:
        del part[key]
    text = json.dumps(trees[0], ensure_ascii=False)
    report = check_document(read(text.encode(), str(ROOT / "tests/casebook/good/x.yaml")))
    if not any(one.severity == "error" for one in report.diagnostics):
        assert problems(text) == []


@pytest.mark.parametrize(
    "part",
    [
        "streams: {coal: {kind: energy, quantity: 1.234 t/year}}",
        "measures: {id: a, title: a, effects: {stream: coal, reduce: 101 %}}",
        "measures: {id: a, title: a, lifetime: 101 years}",
        "measures: {id: a, title: a, effects: {stream: coal, reduce: 5 kW, hours: 8 790 hour/year}}",
        "basis: {operation: {days: 367 ngày/năm}}",
        "basis: {operation: {hours: 25 h/day}}",
        "basis: {currency: VND}\nstreams: {coal: {kind: energy, quantity: 5 t/year, price: 90 USD/t}}",
        "streams: {coal: {kind: energy, quantity: 5 t/day}}",
        "streams: {coal: {kind: energy, quantity: 5 t/year, price: 90 USD/m3}}",
        "streams: {coal: {kind: energy, quantity: 5 t/year, emission-factors: ipcc-2006/anthracite}}",
        "basis: {factor-sets: ipcc-2006@1}\nstreams: {coal: {kind: energy, quantity: 5 t/year, emission-factors: ipcc-2006/anthracit}}",
        "basis: {factor-sets: [ap-42@1]}\nstreams: {coal: {kind: energy, quantity: 5 t/year, emission-factors: ap-42/anthracite-stoker-pm}}",
        "basis: {factor-sets: [ipcc-gwp@1], gwp: AR5-50}",
        "expect: {figure: totals.annual_savings, value: 5 VND/year, within: 1 %}",
    ],
)  # fmt: skip
def test_what_a_file_says_in_two_places_that_do_not_agree_is_refused(part: str) -> None:
    assert problems(f"{HEAD.replace('numbers: international', '')}{part}\n")


@pytest.mark.parametrize(
    "amount",
    ["abc", "5", "5 tons/year", "5 t/yeer", "5 KWh/year", "1e5 t/year", "5 - 6 t/year", "007 t/year",
     "5 t per year", "5 t", "-5 t/year", "~5 t/year", "1,23.4 t/year", "3*4 t/year", "5 t/"],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    assert problems(f"{HEAD}streams: {{coal: {{kind: energy, quantity: '{amount}'}}}}\n")


@pytest.mark.parametrize(
    "amount",
    ["62 000 t/year", "1.234,5 tấn/năm", "1 234.5 kg/day", "5 nghìn t/year", "2 GWh/year", "40 kW",
     "5 m³/year", "12 t/(day)", "0.5 million L/month"],
)  # fmt: skip
def test_an_amount_in_any_spelling_passes(amount: str) -> None:
    time = "basis: {operation: {days: 300 day/year, months: 12 month/year}}\n"
    assert (
        problems(f"{HEAD}{time}streams: {{coal: {{kind: energy, quantity: '{amount}'}}}}\n") == []
    )


@pytest.mark.parametrize("unit", [name for name in NAMES if not name.startswith("count_")])
def test_every_unit_of_the_vocabulary_passes(unit: str) -> None:
    assert problems(f"{HEAD}products: {{id: a, output: '5 {unit}/year'}}\n") == []


def test_a_unit_is_any_word_only_where_the_file_declares_units() -> None:
    streams = "streams: {cement: {kind: material, quantity: 9 000 sacks/year}}\n"
    assert problems(HEAD + streams)
    assert problems(f"{HEAD}units: {{sacks: count}}\n{streams}") == []


@pytest.mark.parametrize(
    "name", ["result", "batch-result", "programme-result", "check-result", "why-result", "verify-result", "diff-result"],
)  # fmt: skip
def test_the_schemas_of_results_come_with_the_package(name: str) -> None:
    assert json.loads(schema_text(name)) == json.loads(
        (ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8")
    )


def test_patterns_are_of_the_dialect_that_editors_know() -> None:
    for name in SCHEMAS:
        for pattern in set(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', schema_text(name))):
            assert "(?P" not in pattern
            assert len(pattern) < LARGEST_FILE_BYTES
