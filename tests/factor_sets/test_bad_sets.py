"""Bad sets: each slip gives one located diagnostic, all of them at once, with words in both languages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cpcalc.app.check import check_file
from cpcalc.report.problems import message_of

GOOD = """\
factor-set: own
version: 1
title: {en: Own factors, vi: Hệ số riêng}
source: {title: Report of the laboratory, year: 2024}
sources: {supplier: {title: Certificate of the supplier, year: 2024}}
licence: our own
geography: VN
where: p. 2
quality: verified
factors:
  - id: coal
    name: {en: Coal, vi: Than}
    kind: fuel
    scope: 1
    boundary: combustion
    basis: ncv
    ncv: {value: 25 GJ/t, lower: 24 GJ/t, upper: 26 GJ/t}
    emits:
      - {of: CO2, value: 96 t CO2/TJ, lower: 95 t CO2/TJ, upper: 97 t CO2/TJ}
      - {of: TSP, value: 5 kg TSP/t, times: ash, fraction: filterable}
  - id: electricity
    name: {en: Electricity, vi: Điện}
    kind: grid-electricity
    scope: 2-location
    boundary: generation
    emits:
      - {of: CO2e, value: 0.5 t CO2e/MWh, data-year: 2023, type: average, published: 2024, gwp: AR5-100}
gwps:
  - {report: AR5, horizon: 100, gas: CH4, value: 28 kg CO2e/kg CH4}
controls:
  - id: bag
    name: {en: Bag filter, vi: Lọc bụi túi vải}
    of: TSP
    efficiency: 99 %
fuels:
  - id: husk
    name: {en: Husk, vi: Trấu}
    ncv: {value: 12.6 GJ/t}
    gcv: {value: 14.1 GJ/t}
    ash: {value: 18 %}
loads:
  - id: starch
    name: {en: Starch, vi: Tinh bột}
    wastewater: {value: 9 m3/t}
    cod: {value: 10 kg COD/m3}
series:
  - id: rate
    name: {en: Rate, vi: Tỷ giá}
    values:
      - {year: 2023, value: 23 800 VND/USD}
      - {year: 2024, value: 24 900 VND/USD}
prices:
  - id: power
    name: {en: Power, vi: Điện}
    category: electricity
    values:
      - {value: 1 900 VND/kWh, from: 2023-01-01, to: 2023-12-31}
      - {value: 2 000 VND/kWh, from: 2024-01-01}
"""

# what is written instead of what, and the problems: (name, the text that stands on the guilty line)
SLIPS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("96 t CO2/TJ, lower", "96 t CH4/TJ, lower", (("factor-unit", "of: CO2,"),)),
    ("96 t CO2/TJ, lower", "96 t/TJ, lower", (("factor-unit", "of: CO2,"),)),
    ("5 kg TSP/t, times", "5 kg TSP, times", (("factor-unit", "of: TSP,"),)),
    ("of: TSP, value", "of: Soot, value", (("unknown-substance", "of: Soot"),)),
    ("of: TSP, value", "of: dust, value", (("unknown-substance", "of: dust"),)),
    ("gas: CH4", "gas: methane", (("unknown-substance", "gas: methane"),)),
    (
        "source: {title: Report of the laboratory, year: 2024}\n",
        "",
        (("missing-field", "factor-set: own"),),
    ),
    ("where: p. 2\n", "", (("place-not-cited", "of: CO2,"),)),
    ("of: TSP, value", "of: TSP, source: nobody, value", (("source-unknown", "of: TSP"),)),
    ("id: electricity", "id: coal", (("duplicate-id", "  - id: coal"),)),
    (
        "of: TSP, value: 5 kg TSP/t, times: ash, fraction: filterable",
        "of: CO2, value: 90 t CO2/TJ",
        (("rows-not-told-apart", "90 t CO2/TJ"),),
    ),
    ("lower: 95 t", "lower: 96.5 t", (("value-outside-range", "of: CO2,"),)),
    ("upper: 97 t", "upper: 95.5 t", (("value-outside-range", "of: CO2,"),)),
    ("lower: 95 t CO2/TJ", "lower: 95 t CO2/t", (("units-of-one-row-differ", "of: CO2,"),)),
    ("factor-set: own", "factor-set: theirs", (("set-not-in-its-folder", "factor-set: theirs"),)),
    ("version: 1", "version: 2", (("version-not-its-file", "version: 2"),)),
    ("    scope: 1\n", "", (("attribute-missing", "of: CO2,"),)),
    ("    basis: ncv\n", "", (("attribute-missing", "of: CO2,"),)),
    (", gwp: AR5-100", "", (("attribute-missing", "of: CO2e"),)),
    (", type: average", "", (("attribute-missing", "of: CO2e"),)),
    ("gwp: AR5-100", "gwp: Kyoto", (("not-a-choice", "of: CO2e"),)),
    ("published: 2024", "published: 2022", (("published-before-its-data", "of: CO2e"),)),
    (
        "5 kg TSP/t, times: ash",
        "500 kg TSP/t, times: ash",
        (("coefficient-of-a-fraction", "of: TSP"),),
    ),
    ("efficiency: 99 %", "efficiency: 0.99 %", (("share-looks-like-a-fraction", "efficiency"),)),
    ("efficiency: 99 %", "efficiency: 990 %", (("out-of-range", "efficiency"),)),
    ("efficiency: 99 %", "efficiency: 99", (("unit-missing", "efficiency"),)),
    ("ncv: {value: 12.6 GJ/t}", "ncv: {value: 15 GJ/t}", (("net-above-gross", "ncv: {value: 15"),)),
    (
        "ncv: {value: 12.6 GJ/t}",
        "ncv: {value: 12.6 t/m3}",
        (("wrong-kind-of-unit", "ncv: {value: 12.6 t/m3}"),),
    ),
    (
        "96 t CO2/TJ, lower: 95 t CO2/TJ, upper: 97 t CO2/TJ",
        "96 t CO2/GJ",
        (("more-than-its-carbon", "of: CO2,"),),
    ),
    ("28 kg CO2e/kg CH4", "28 kg CO2e/kg N2O", (("gwp-unit", "gas: CH4"),)),
    ("cod: {value: 10 kg COD/m3}", "cod: {value: 10 kg BOD/m3}", (("wrong-kind-of-unit", "cod:"),)),
    ("{year: 2024, value", "{year: 2023, value", (("rows-not-told-apart", "24 900"),)),
    ("24 900 VND/USD", "24 900 VND/EUR", (("units-of-one-row-differ", "24 900"),)),
    ("to: 2023-12-31", "to: 2024-06-30", (("rows-not-told-apart", "from: 2024-01-01"),)),
    ("to: 2023-12-31", "to: 2022-12-31", (("period-ends-before-it-begins", "from: 2023-01-01"),)),
    ("times: ash", "times: ashes", (("not-a-choice", "times: ashes"),)),
    (
        "25 GJ/t, lower",
        "25,5 GJ/t, lower",
        (("comma-ends-value", "25,5"), ("unit-missing", "25,5")),
    ),
    ("kind: fuel", "kinds: fuel", (("unknown-key", "kinds: fuel"),)),
)


def check(folder: Path, text: str) -> list[tuple[str, str]]:
    """The problems of a set: name, and the text of the line each is placed on."""
    place = folder / "emission_factors" / "own" / "1.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    lines = text.split("\n")
    found = []
    for item in check_file(str(place)).diagnostics:
        assert item.span is not None
        for language in ("en", "vi"):
            headline, remedy = message_of(item, language)
            assert headline
            assert remedy
            assert "?" not in headline.replace("fraction?", "").replace(
                "không?", ""
            )  # a value that is not there
        found.append((item.name, lines[item.span.line - 1]))
    return found


def test_the_good_set_has_no_problem(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    "old, new, expected", SLIPS, ids=[f"{old[:20]}->{new[:20]}" for old, new, _ in SLIPS]
)
def test_a_slip_is_found_where_it_stands(
    tmp_path: Path, old: str, new: str, expected: tuple[tuple[str, str], ...]
) -> None:
    assert GOOD.count(old) >= 1
    found = check(tmp_path, GOOD.replace(old, new, 1))
    for name, text in expected:
        assert any(found_name == name and text in line for found_name, line in found), found
    assert {name for name, _ in found} <= {name for name, _ in expected}


def test_all_problems_of_a_set_come_at_once(tmp_path: Path) -> None:
    slips = (
        ("96 t CO2/TJ, lower", "96 t CH4/TJ, lower"),
        ("times: ash", "times: ashes"),
        ("99 %", "990 %"),
    )
    text = GOOD
    for old, new in slips:
        text = text.replace(old, new, 1)
    names = [name for name, _ in check(tmp_path, text)]
    assert "not-a-choice" in names
    assert "out-of-range" in names


def test_a_set_without_entries_says_so(tmp_path: Path) -> None:
    text = GOOD[: GOOD.index("factors:")]
    assert [name for name, _ in check(tmp_path, text)] == ["factor-set-empty"]


def test_an_own_set_with_an_error_is_not_used(tmp_path: Path) -> None:
    check(tmp_path, GOOD.replace("96 t CO2/TJ, lower", "96 t CH4/TJ, lower", 1))
    plant = tmp_path / "plant.yaml"
    plant.write_text(
        "cpcalc: 1\nenterprise: {id: A-1, name: Plant}\ndata-status: draft\n"
        "basis: {currency: VND, factor-sets: [own@1]}\n"
        "streams: {coal: {kind: energy, quantity: 100 t/year, price: 2 million VND/t, emission-factors: [own/coal]}}\n"
        "measures: [{id: m1, title: Insulate, investment: 1 million VND, effects: {stream: coal, reduce: 5 %}}]\n",
        encoding="utf-8",
    )
    found = {(item.name, Path(item.file).name) for item in check_file(str(plant)).diagnostics}
    assert ("factor-unit", "1.yaml") in found


def test_a_good_own_set_is_used(tmp_path: Path) -> None:
    check(tmp_path, GOOD)
    plant = tmp_path / "plant.yaml"
    plant.write_text(
        "cpcalc: 1\nenterprise: {id: A-1, name: Plant}\ndata-status: draft\n"
        "basis: {currency: VND, factor-sets: [own@1]}\n"
        "streams: {coal: {kind: energy, quantity: 100 t/year, price: 2 million VND/t, ncv: 25 GJ/t,\n"
        "  emission-factors: [{factor: own/coal, ash: 20 %}]}}\n"
        "measures: [{id: m1, title: Insulate, investment: 1 million VND, effects: {stream: coal, reduce: 5 %}}]\n",
        encoding="utf-8",
    )
    assert [
        item.name for item in check_file(str(plant)).diagnostics if item.severity == "error"
    ] == []


def test_substances_are_named_in_one_order(tmp_path: Path) -> None:
    """Python orders a set of texts anew in every run."""
    check(tmp_path, GOOD.replace("of: TSP", "of: soot", 1))
    said = {
        subprocess.run(
            [sys.executable, "-m", "cpcalc", "check", "."],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=False,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert b"CO2, CO2e" in said.pop()
