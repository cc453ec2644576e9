"""Totality: whatever a file holds, the answer is a result or diagnostics, never an exception."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_settings import examples

from cpcalc.app.assess import Options, assess
from cpcalc.app.questions import sources_of
from cpcalc.diagnostics import catalogue
from cpcalc.quantities import parse_quantity
from cpcalc.report.document import Told, assessment_report
from cpcalc.report.json_result import dumps, result_data
from cpcalc.report.page import plain_lines
from cpcalc.report.problems import describe, rendered
from cpcalc.report.summary import summary
from cpcalc.report.writers import render
from cpcalc.units import QuantityError

CASEBOOK = Path(__file__).parent.parent / "casebook"
GOOD = [path.read_text(encoding="utf-8") for path in sorted((CASEBOOK / "good").glob("*.yaml"))]
BAD = [path.read_text(encoding="utf-8") for path in sorted((CASEBOOK / "bad").glob("*.yaml"))]
NASTY = (
    "", " ", "\t", ":", "- ", "#", " #x", "'", '"', "{", "}", "[", "]", ",", "&a ", "*a", "!t ", "|", ">", "%", "@",
    "`", "?", "~", "null", "no", "1e5", "nan", "-", "0", "-1 t/year", "1,234", "1.234 kWh", "5 ton", "9**9", "\x00",
    "\u0085", "\u2028", "\ufeff", "\u00a0", "\u202e", "\u0301", "\U0010ffff", "\r", "\\", "<<: ", "---", "...",
    "%YAML 1.1",
    "100 %", "1e400", "VND", "kWh/year", "part-of: ", "reduce: ", "a: {b: ", "effects: ", "💥", "ệ", "e\u0323\u0302",
)  # fmt: skip
QUICK = examples(120)
SLOW = examples(40)  # most of these have a result with all its pages


def survives(data: bytes) -> None:
    """Every stage up to every page runs; every diagnostic has a place and a text."""
    outcome = assess(data, str(CASEBOOK / "good" / "x.yaml"), Options())
    text = outcome.document.text if outcome.document is not None else ""
    for language in ("en", "vi"):
        list(rendered(outcome.diagnostics, {outcome.name: text}, "full", language))
        if outcome.result is not None:
            list(plain_lines(summary(outcome.result, language), language))
            told = Told(outcome.result, sources_of(outcome), language)
            render(assessment_report([told], [], language), ".md")
    described = [describe(item, outcome.ids) for item in outcome.diagnostics]
    assert all(item["line"] is not None or item["name"] == "identity-broken" for item in described)
    if outcome.result is not None:
        json.loads(dumps(result_data(outcome.result, described)))
    else:
        assert any(item.severity == "error" for item in outcome.diagnostics)


@given(st.binary(max_size=400))
@QUICK
def test_any_bytes(data: bytes) -> None:
    survives(data)


@given(st.lists(st.sampled_from(NASTY) | st.text(max_size=6), max_size=40).map("".join))
@QUICK
def test_any_text_behind_a_beginning(text: str) -> None:
    survives(("cpcalc: 1\n" + text).encode("utf-8", "surrogatepass"))


@given(st.sampled_from(GOOD + BAD), st.data())
@SLOW
def test_a_good_file_with_something_nasty_in_it(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.sampled_from(NASTY)) + text[at + gone :]
    survives(text.encode("utf-8", "surrogatepass"))


@given(st.sampled_from(GOOD), st.data())
@SLOW
def test_a_good_file_with_a_line_missing_or_moved(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    gone = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
    if data.draw(st.booleans()):
        lines.insert(data.draw(st.integers(0, len(lines))), gone)
    survives("\n".join(lines).encode())


VALUES = (
    "0", "0 %", "0 t/year", "0 VND", "1 t/year", "-1 t/year", "100 %", "5 kWh", "1 year", "m1", "coal", "true", "{}",
    "[]", "''",
)  # fmt: skip


@given(st.sampled_from(GOOD), st.data())
@SLOW
def test_a_good_file_with_a_value_exchanged(text: str, data: st.DataObject) -> None:
    places = [at for at in range(len(text)) if text.startswith(": ", at)]
    at = data.draw(st.sampled_from(places)) + 2
    end = min(
        (found for mark in (",", "}", "\n") if (found := text.find(mark, at)) >= 0),
        default=len(text),
    )
    survives((text[:at] + data.draw(st.sampled_from(VALUES)) + text[end:]).encode())


def size_or_refusal(text: str, style: str | None) -> float | str:
    """What a text is read as, or the name of the refusal."""
    try:
        return parse_quantity(text, style).value
    except QuantityError as error:
        return error.name


@given(st.text(max_size=150))
@examples(400)
def test_any_text_as_a_quantity(text: str) -> None:
    for style in (None, "international", "vietnamese"):
        found = size_or_refusal(text, style)
        assert found in catalogue() if isinstance(found, str) else abs(found) <= 1e30


@pytest.mark.parametrize("style", [None, "international", "vietnamese"])
@given(st.text(alphabet="0123456789.,- _+eEx%/*^() kWhtVNDđ\u00a0", max_size=24))
@examples(400)
def test_anything_that_looks_like_a_quantity(style: str | None, text: str) -> None:
    found = size_or_refusal(text, style)
    assert found in catalogue() if isinstance(found, str) else abs(found) <= 1e30
