"""The forms in which `check` answers: what machines read must be what their schemas say."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app.check import check_file
from cpcalc.report.problems import message_of

BROKEN = """cpcalc: 1
enterprise: {id: A-1, name: "Dệt <&> nhuộm"}
data-status: draft
streams:
  electricity: {kind: energy, quantity: 41 GWh/year, price: 1 200 VND/kwh}
measures:
  - {id: m1, title: x, colour: red, investment: 10 million VND}
  - {id: m2, title: y}
"""
EXPECTING = """cpcalc: 1
enterprise: {id: A-2, name: Mill}
data-status: draft
streams:
  electricity: {kind: energy, quantity: 1 000 kWh/year, price: 1 000 VND/kWh}
measures:
  - {id: m1, title: Lamps, investment: 1 million VND, effects: {stream: electricity, reduce: 50 %}}
expect:
  - {figure: totals.annual_saving, value: 500 000 VND/year, within: 1 %}
  - {figure: measures.m1.annual_saving, value: 600 000 VND/year, within: 1 %}
  - {figure: totals.reductions.co2, value: 1 t/year, not-reproduced: no grid factor}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "broken one.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "expecting.yaml").write_text(EXPECTING, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(["check", *arguments])
    return code, capsys.readouterr().out


def test_full_shows_place_excerpt_caret_and_help(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = printed(capsys, "broken one.yaml")
    assert code == 1
    assert "error[misspelt-unit]: unknown unit `kwh`" in text
    assert "  --> broken one.yaml:5:71" in text
    excerpt, caret = text.split("  --> broken one.yaml:5:71\n")[1].split("\n")[1:3]
    start = caret.index("^")
    assert excerpt[start : start + caret.count("^")] == "kwh"
    assert "help: write `kWh`  (CP243)" in text
    assert "errors: 2, warnings: 0, files: 1" in text


def test_concise_is_one_line_a_problem(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = printed(capsys, "--format", "concise", ".")
    assert code == 1
    lines = text.splitlines()
    assert len(lines) == 3
    assert all(
        re.match(r"\./[\w ]+\.yaml:\d+:\d+: (error|warning|notice)\[[a-z-]+\] .", line)
        for line in lines
    )


def test_github_annotations_escape_what_must_be(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = printed(capsys, "--format", "github", ".")
    for line in text.splitlines():
        assert re.fullmatch(
            r"::(error|warning|notice) title=[^:]+,file=[^:,]+,line=\d+(,[^:]+)?::.+", line
        ), line
    assert len(text.splitlines()) == 3


def test_sarif_names_rules_and_places(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, text = printed(capsys, "--format", "sarif", ".")
    log = json.loads(text)
    run_ = log["runs"][0]
    rules = run_["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run_["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert [result["ruleId"] for result in run_["results"]] == ["CP243", "CP202", "CP321"]
    place = run_["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "broken%20one.yaml"},
        "region": {"startLine": 5, "startColumn": 71, "endLine": 5, "endColumn": 74},
    }


def test_junit_has_a_test_for_each_problem_and_expectation(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = printed(capsys, "--format", "junit", ".")
    root = ET.fromstring(text)
    for suite in root:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        assert suite.get("failures") == str(sum(case.find("failure") is not None for case in cases))
        assert suite.get("skipped") == str(sum(case.find("skipped") is not None for case in cases))
    outcomes = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert outcomes["totals.annual_saving"] == []
    assert outcomes["measures.m1.annual_saving"] == ["failure"]
    assert outcomes["totals.reductions.co2"] == ["skipped"]


def test_json_lists_files_diagnostics_and_expectations(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = printed(capsys, "--format", "json", ".")
    data = json.loads(text)
    assert data["schema"] == "cpcalc/check/1"
    assert [file["file"] for file in data["files"]] == ["./broken one.yaml", "./expecting.yaml"]
    assert data["files"][0]["diagnostics"][1]["path"] == "measures.m1.colour"
    assert [item["outcome"] for item in data["files"][1]["expectations"]] == [
        "met",
        "missed",
        "not-reproduced",
    ]
    assert data["summary"]["errors"] == 3
    place = {
        key: data["files"][0]["diagnostics"][0][key]
        for key in ("line", "column", "end_line", "end_column")
    }
    assert place == {"line": 5, "column": 71, "end_line": 5, "end_column": 74}


def test_json_has_related_places(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "twice.yaml").write_text(BROKEN.replace("id: m2", "id: m1"), encoding="utf-8")
    _, text = printed(capsys, "--format", "json", "twice.yaml")
    twice = next(
        item
        for item in json.loads(text)["files"][0]["diagnostics"]
        if item["name"] == "duplicate-id"
    )
    assert (twice["line"], twice["column"]) == (8, 10)
    assert twice["related"] == [
        {"note": "first given here", "line": 7, "column": 6, "end_line": 7, "end_column": 8}
    ]


def test_expectations_are_reported_like_tests(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = printed(capsys, "-v", "expecting.yaml")
    assert code == 1
    assert (
        "expecting.yaml: pass  totals.annual_saving: 500000 VND/year, expected 500 000 VND/year"
        in text
    )
    assert "expecting.yaml: FAIL  measures.m1.annual_saving" in text
    assert "expecting.yaml: skip  totals.reductions.co2" in text
    assert "expectations: 1 met, 1 missed, 1 not reproduced" in text


def test_output_is_written_in_one_piece(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = printed(capsys, "--format", "sarif", "--output", "log.sarif", ".")
    assert (code, text) == (1, "")
    assert json.loads((folder / "log.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert run(["check", "--output", "nowhere/log.txt", "expecting.yaml"]) == 2


def test_vietnamese_has_no_english_headlines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = printed(capsys, "--lang", "vi", ".")
    assert "lỗi[misspelt-unit]: không có đơn vị `kwh`" in text
    assert "error" not in text


def test_a_remedy_can_be_typed(tmp_path: Path) -> None:
    page = tmp_path / "plant.yaml"
    page.write_text(
        "cpcalc: 1\nnumbers: international\nenterprise: {id: A-1, name: Mill, country: vn}\ndata-status: draft\n"
        "basis: {period: 2024, currency: VND}\n"
        "streams:\n"
        "  coal: {kind: energy, quanity: 62 000 t/year}\n"
        '  gas: {kind: energy, quantity: 100 t/year, price: "4,2 triệu VND/t"}\n'
        "  power: {kind: energy, quantity: 1,234,500 kWh/year}\n"
        "  water: {kind: water, quantity: 100 m3/year, price: 1 900 VND}\n"
        "  steam: {kind: energy, quantity: 62 000 tons/year, annual-cost: free}\n",
        encoding="utf-8",
    )
    found = check_file(str(page)).diagnostics
    remedies = {item.name: (message_of(item, "en")[1], message_of(item, "vi")[1]) for item in found}
    assert remedies == {
        "not-a-country": (
            "write its two capital letters (ISO 3166), such as VN",
            "viết hai chữ cái hoa của nước (ISO 3166), ví dụ VN",
        ),
        "unknown-key": ("did you mean `quantity`?", "có phải là `quantity`?"),
        "other-decimal-sign": ("write 4.2 triệu VND/t", "viết 4.2 triệu VND/t"),
        "comma-ends-value": (
            'put the value in quotes: quantity: "1,234,500 kWh/year"',
            'đặt giá trị trong dấu nháy: quantity: "1,234,500 kWh/year"',
        ),
        "wrong-kind-of-unit": ("write it like 1 900 VND/kWh", "viết như 1 900 VND/kWh"),
        "refused-unit": (
            "write t (1000 kg) or short_ton (907 kg)",
            "viết t (1000 kg) hoặc short_ton (907 kg)",
        ),
        "not-a-number": (
            "write a number, then a unit, such as 60 million VND/year",
            "viết số rồi đơn vị, ví dụ 60 triệu VND/năm",
        ),
    }
