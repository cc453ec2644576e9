"""``check --fix``: only spellings of units and groups of digits change, never a value, a comment or the layout."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess
from cpcalc.app.check import fixed_text
from cpcalc.quantities import parse_quantity
from cpcalc.report.json_result import result_data
from cpcalc.source.reader import read
from cpcalc.units import NAMES, QuantityError

MESSY = """# one plant, typed by several people
cpcalc: 1
numbers: international
enterprise: {id: A-1, name: "Mill 12500 kWh"}   # a name is no quantity
data-status: draft
basis: {currency: VND, operation: {days: 310 day/year}}
streams:
  electricity:   {kind: energy, quantity: 41000000 KWh/year, price: '1,200 vnd/kWh'}   # keep me
  coal: {kind: energy, quantity: 62_000 T/year, price: 1900000 VND/t}
measures:
  - id: m1
    title: Lamps of 1000000 hours
    investment: "180,000,000.50 VND"
    effects:
      - {stream: electricity, reduce: 1234567.8 kWh/year}
      - {stream: coal, reduce: {low: 10000 t/year, high: 20000 t/year}}
"""
MENDED = {
    "41000000 KWh/year": "41 000 000 kWh/year",
    "1,200 vnd/kWh": "1 200 VND/kWh",
    "62_000 T/year": "62 000 t/year",
    "1900000 VND/t": "1 900 000 VND/t",
    "180,000,000.50 VND": "180 000 000.50 VND",
    "1234567.8 kWh": "1 234 567.8 kWh",
    "low: 10000 t": "low: 10 000 t",
    "high: 20000 t": "high: 20 000 t",
}


def mended(text: str) -> str:
    for old, new in MENDED.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    path = tmp_path / "plant.yaml"
    path.write_text(MESSY, encoding="utf-8", newline="")
    return path


def test_fix_edits_only_what_it_may(plant: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--fix", str(plant)]) == 0
    assert plant.read_text(encoding="utf-8") == mended(MESSY)
    assert "places rewritten: " in capsys.readouterr().err
    assert run(["check", "--fix", str(plant)]) == 0
    assert plant.read_text(encoding="utf-8") == mended(MESSY)
    assert "rewritten" not in capsys.readouterr().err


def test_diff_shows_the_same_and_changes_nothing(
    plant: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--diff", str(plant)]) == 1
    shown = capsys.readouterr().out
    assert plant.read_text(encoding="utf-8") == MESSY
    assert '-    investment: "180,000,000.50 VND"' in shown
    assert '+    investment: "180 000 000.50 VND"' in shown
    run(["check", "--fix", str(plant)])
    capsys.readouterr()
    assert run(["check", "--diff", str(plant)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_stay(tmp_path: Path, ends: str, mark: str) -> None:
    path = tmp_path / "plant.yaml"
    path.write_bytes((mark + MESSY.replace("\n", ends)).encode())
    assert run(["check", "--fix", str(path)]) == 0
    assert path.read_bytes() == (mark + mended(MESSY).replace("\n", ends)).encode()


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16", "latin-1"])
def test_a_file_that_is_not_utf_8_is_left_as_it_is(
    tmp_path: Path, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    path.write_bytes(MESSY.replace("Mill", "Nhà máy dệt é").encode(encoding, "replace"))
    before = path.read_bytes()
    assert run(["check", "--fix", str(path)]) == 1
    assert "wrong-encoding" in capsys.readouterr().out
    assert run(["check", "--diff", str(path)]) == 0
    assert path.read_bytes() == before


def test_a_link_stays_a_link(plant: Path) -> None:
    link = plant.parent / "link.yaml"
    link.symlink_to(plant)
    assert run(["check", "--fix", str(link)]) == 0
    assert link.is_symlink()
    assert plant.read_text(encoding="utf-8") == mended(MESSY)


@pytest.mark.parametrize(
    "slip",
    [
        "41 GWhh/year",  # near a unit, but a guess
        "41 mwh/year",  # milli or mega
        "1.234 kWh/year",  # two readings
        "41 ton/year",  # two tonnes
        "41 MT/year",  # a metric tonne or a million of them
        "41 Cal/year",  # a thousand calories or one
        "41 mG/year",  # milli or mega
        "41 kWh",  # not per year
    ],
)
def test_what_is_in_doubt_is_left_to_people(tmp_path: Path, slip: str) -> None:
    path = tmp_path / "plant.yaml"
    text = (
        MESSY.replace("numbers: international\n", "")
        .replace("41000000 KWh/year", slip)
        .replace("1,200 vnd", "1 200 VND")
    )
    path.write_text(text, encoding="utf-8", newline="")
    run(["check", "--fix", str(path)])
    assert slip in path.read_text(encoding="utf-8")


def test_broken_yaml_and_other_files_are_left_alone(tmp_path: Path) -> None:
    for number, text in enumerate(
        ("a: [1", "factor-set: x\nversion: 1\n", "\x00", "cpcalc: 1\nquantity: 12500 KWh\n: :")
    ):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        run(["check", "--fix", str(path)])
        assert path.read_text(encoding="utf-8") == text


COMMAS = """cpcalc: 1
numbers: vietnamese
enterprise: {id: A-1, name: Xưởng}
data-status: draft
streams:
  điện: {kind: energy, quantity: 1.234,5 MWh/năm, price: 1.950 đồng/kWh, name: Điện}   # keep me
  than: {quantity: 12,5 tấn/năm, kind: energy, price: "3,1 triệu đồng/tấn", uncertainty: 2,5 %}
"""


def test_values_that_a_comma_ends_are_put_in_quotes(tmp_path: Path) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(COMMAS, encoding="utf-8")
    assert run(["check", "--fix", str(path)]) == 0
    after = COMMAS
    for old, new in {
        "1.234,5 MWh/năm": '"1 234,5 MWh/năm"', "1.950 đồng": "1 950 đồng", "12,5 tấn/năm": '"12,5 tấn/năm"',
        "2,5 %": '"2,5 %"',
    }.items():  # fmt: skip
        after = after.replace(old, new)
    assert path.read_text(encoding="utf-8") == after


@pytest.mark.parametrize(
    "value", ["12,5 t/year", "5 t, 3 t/year", "1, 5 t/year", "Coal, brown", "1,234 t/year"]
)
def test_what_quotes_alone_do_not_mend_stays_as_it_is(value: str) -> None:
    """Two values, words, the decimal sign that the file does not have, two readings."""
    head = MESSY.partition("basis:")[0]
    if value == "1,234 t/year":
        head = head.replace("numbers: international\n", "")
    text = f"{head}streams:\n  coal: {{kind: energy, quantity: {value}}}\n"
    assert _fixed_text(text) == text


def test_each_value_that_a_comma_ends_is_a_problem_of_its_own() -> None:
    text = COMMAS.replace("price: 1.950 đồng/kWh", "price: 1.950,5 đồng/kWh")
    found = assess(text.encode(), "plant.yaml", Options()).diagnostics
    assert [item.values["whole"] for item in found] == [
        "1.234,5 MWh/năm", "1.950,5 đồng/kWh", "12,5 tấn/năm", "2,5 %",
    ]  # fmt: skip


DIGITS = st.sampled_from(
    [
        "5",
        "12500",
        "1,5",
        "12,75",
        "1.234,5",
        "1,234.5",
        "1,234,567",
        "1.234.567",
        "62_000",
        "0.5",
        "1.234",
        "12,5",
    ]
)
NAMES_OF_UNITS = st.sampled_from(sorted(name for name in NAMES if name.isalnum()))
STYLES = st.sampled_from(["", "numbers: international\n", "numbers: vietnamese\n"])


@settings(max_examples=150, deadline=None)
@given(
    STYLES,
    DIGITS,
    NAMES_OF_UNITS,
    st.sampled_from([str, str.upper, str.lower, str.title]),
    st.sampled_from(["", '"']),
)
def test_fix_changes_no_value_that_is_read_and_gives_none_that_cannot_be_meant(
    style: str, digits: str, name: str, spelt: Callable[[str], str], quote: str
) -> None:
    written = f"{digits} {spelt(name)}/year"
    text = (
        f"cpcalc: 1\n{style}enterprise: {{id: A, name: n}}\ndata-status: draft\n"
        f"streams:\n  s: {{kind: material, quantity: {quote}{written}{quote}, notes: n}}\n"
    )
    after = _fixed_text(text)
    if after == text:
        return
    way = style.removeprefix("numbers: ").strip() or None
    new = str(read(after.encode(), "").tree["streams"]["s"]["quantity"])
    try:
        mended = parse_quantity(new, way)
    except QuantityError:
        return  # in quotes now, with a unit that is left to people
    try:
        before = parse_quantity(written, way)
    except QuantityError:  # of the names that stand there with other capitals, there is one
        alike = {NAMES[known] for known in NAMES if known.casefold() == name.casefold()}
        assert len(alike) == 1
        before = parse_quantity(f"{digits} {alike.pop()}/year", way)
    assert (mended.value, mended.unit) == (before.value, before.unit)


SEPARATORS = st.sampled_from(["", " ", "_", ",", "\u00a0", "\u2009", "\u202f"])
UNITS = st.sampled_from(["kWh/year", "KWh/year", "KWH/year", "MWh/year", "kwh/year", "GWh/year"])
MONEY = st.sampled_from(["VND", "vnd", "VNĐ", "million VND", "dong"])


def grouped(number: int, separator: str, decimals: str) -> str:
    return f"{number:,}".replace(",", separator) + decimals


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 10**10), SEPARATORS, st.sampled_from(["", ".5", ".25"]), UNITS,
    st.integers(1, 10**9), SEPARATORS, MONEY, st.sampled_from(['"', "'", ""]),
)  # fmt: skip
def test_fix_is_idempotent_and_changes_no_result(
    amount: int,
    gap: str,
    decimals: str,
    unit: str,
    money: int,
    other_gap: str,
    currency: str,
    quote: str,
) -> None:
    quantity, investment = grouped(amount, gap, decimals), grouped(money, other_gap, "")
    if quote == "" and "," in quantity + investment:
        quote = '"'

    def document(unit: str, currency: str) -> str:
        return (
            "cpcalc: 1\nnumbers: international\nenterprise: {id: A, name: n}\ndata-status: draft\n"
            f"streams:\n  e: {{kind: energy, quantity: {quote}{quantity} {unit}{quote}, price: 0.5 VND/kWh}}  # c\n"
            f"measures:\n  - {{id: m, title: t, investment: {quote}{investment} {currency}{quote},"
            " effects: {stream: e, reduce: 7 %}}\n"
        )

    text = document(unit, currency)
    after = _fixed_text(text)
    assert _fixed_text(after) == after
    assert re.sub(r"\d[\d.,_ \u00a0\u2009\u202f]*", "#", after).count("# c") == 1
    spelt = {
        "KWh/year": "kWh/year",
        "KWH/year": "kWh/year",
        "kwh/year": "kWh/year",
        "vnd": "VND",
        "dong": "VND",
    }
    meant = document(spelt.get(unit, unit), spelt.get(currency, currency))
    assert _result(after) == _result(meant)


def _fixed_text(text: str) -> str:
    change = fixed_text(text, "plant.yaml")
    return text if change is None else change.after


def _result(text: str) -> object:
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    data = result_data(outcome.result, [])
    del data["provenance"]
    return json.loads(json.dumps(data))
