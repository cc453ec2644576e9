"""The page that fits on a sheet: its length, its answer, and that nothing of it needs the full tables."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess_file
from cpcalc.figures import Figure
from cpcalc.report.layout import cell_text
from cpcalc.report.numbers import shown
from cpcalc.report.page import plain_lines
from cpcalc.report.short_page import AVOIDED, short_page
from cpcalc.report.summary import summary
from cpcalc.results import AssessmentResult
from cpcalc.texts import word

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = sorted(
    path
    for path in (ROOT / "assessments").rglob("*.yaml")
    if path.read_text(encoding="utf-8").startswith("cpcalc:")
)
MOST_LINES = 60
GOOD = ROOT / "tests" / "casebook" / "good"


def result_of(path: Path) -> AssessmentResult:
    result = assess_file(str(path), Options()).result
    assert result is not None
    return result


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_fits_on_a_sheet_and_has_the_answer(path: Path) -> None:
    result = result_of(path)
    size = len(result.streams) + len(result.measures)
    for language in ("en", "vi"):
        for width in (100, 80, 60):
            lines = list(plain_lines(short_page(result, language), language, width))
            assert max(map(len, lines)) <= max(width, 60)
            if width == 100 and size <= 31:
                assert len(lines) <= MOST_LINES
        text = "\n".join(lines)
        payback = cell_text(result.totals.simple_payback, None, language)
        assert payback in text
        for kind in AVOIDED:
            if kind in result.totals.reductions:
                assert cell_text(result.totals.reductions[kind], None, language) in text


def test_it_is_what_assess_prints_and_full_has_all_tables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = str(GOOD / "overlap.yaml")
    assert run(["assess", file]) == 0
    short = capsys.readouterr().out
    assert run(["assess", file, "--full"]) == 0
    full = capsys.readouterr().out
    assert "--full" in short
    assert "--full" not in full
    assert "order-free" in full
    assert "order-free" not in short
    assert run(["assess", file, "--full", "--format", "json"]) == 0
    with_full = json.loads(capsys.readouterr().out)
    assert run(["assess", file, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == with_full


def test_bars_are_as_long_as_parts_of_the_saving() -> None:
    result = result_of(ROOT / "assessments" / "vpeg" / "hd-01-cement-works.yaml")
    lines = list(plain_lines(short_page(result, "en"), "en", 100))
    bars = {line.split()[0]: line.count("\u2588") for line in lines if "\u2588" in line}
    assert bars["kiln-audit"] == 3
    assert bars["fans"] == 1
    assert sum(bars.values()) in range(8, 13)


def mill_of(measures: int, streams: int) -> str:
    """A mill that reduces what a sheet can show, with streams that are bought and thrown away."""
    wastes = {"wastewater": "m3", "solid-waste": "t", "chemical-waste": "t"}
    kinds = {"energy": "kWh", "water": "m3", "material": "t", "chemical": "t", **wastes}
    lines = [
        f"  s{number}: {{kind: {kind}, name: A stream of average length, quantity: "
        f"{number + 1}00000 {unit}/year, price: {number + 1}00 VND/{unit}"
        + (", emission-factors: [vn-grid/electricity]}" if kind == "energy" else "}")
        for number in range(streams)
        for kind, unit in [list(kinds.items())[number % len(kinds)]]
    ]
    acts = [
        f"  - {{id: measure-{number}, title: A measure whose title is a whole sentence of words, "
        f"investment: {number + 1}0 million VND, running-cost: 1 million VND/year, "
        f"effects: {{stream: s{number}, reduce: {number + 1} %}}}}"
        for number in range(measures)
    ]
    return "\n".join([
        "cpcalc: 1", "numbers: international", "enterprise: {id: mill, name: Dyeing mill}",
        "data-status: measured",
        "basis: {period: 2024, currency: VND, factor-sets: [vn-grid@1], grid: {data-year: 2022, type: combined-margin}}",
        "streams:", *lines, "measures:", *acts, "",
    ])  # fmt: skip


def test_a_mill_of_thirteen_measures_and_eighteen_streams_fits_on_a_sheet(tmp_path: Path) -> None:
    file = tmp_path / "mill.yaml"
    file.write_text(mill_of(13, 18))
    result = result_of(file)
    assert len(result.totals.reductions) > 3
    for language in ("en", "vi"):
        lines = list(plain_lines(short_page(result, language), language, 100))
        assert len(lines) <= MOST_LINES
        narrow = list(plain_lines(short_page(result, language), language, 60))
        assert max(map(len, narrow)) <= 60
        for name in ("measure-12", "A stream of"):  # each in one row, with all of its figures
            rows = [line for line in narrow if line.startswith(name[:10])]
            assert len(rows) == (18 if name.startswith("A") else 1)


def test_the_sheet_shows_groups_and_what_end_of_pipe_reduces() -> None:
    dairy = result_of(ROOT / "assessments" / "published" / "ifc-vire-aggregate.yaml")
    text = " ".join(plain_lines(short_page(dairy, "en"), "en", 100)).replace("\u00a0", " ")
    assert "All measures of 82 factories" in text
    assert "water 4 000 000" in text
    mill = result_of(ROOT / "assessments" / "vpeg" / "dn-02-packaging-paper-mill.yaml")
    text = " ".join(plain_lines(short_page(mill, "en"), "en", 100)).replace("\u00a0", " ")
    assert "COD 3 293" in text


def test_what_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(
        "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\n"
        "streams: {coal: {kind: energy, quantity: 10 t/year, price: 2 million VND/t}}\n"
        "measures:\n  - {id: m1, title: One, effects: {stream: coal, reduce: 10 %}}\n"
    )
    assert run(["assess", str(file)]) == 0
    assert "missing: measures.m1.investment" in " ".join(capsys.readouterr().out.split())


FACTORS = {"streams.coal.emission-factors", "streams.power.emission-factors"}


def plant_of(tmp_path: Path, measures: str, factor: str = "", more: str = "") -> AssessmentResult:
    file = tmp_path / "plant.yaml"
    file.write_text(
        "cpcalc: 1\nenterprise: {id: a, name: A, country: VN}\ndata-status: draft\n"
        "basis: {period: 2024, currency: VND, factor-sets: [ipcc-2006@1]}\nstreams:\n"
        f"  coal: {{kind: energy, quantity: 10 t/year, price: 2 million VND/t{factor}}}\n"
        "  power: {kind: energy, quantity: 900 kWh/year, price: 2 000 VND/kWh}\n"
        "  steam: {kind: energy, quantity: 50 t/year, made-from: {coal: 0.15 t/t}}\n"
        "  air: {part-of: power, share: 10 %}\n"
        "  water: {kind: water, quantity: 50 m3/year, price: 9 000 VND/m3}\n"
        f"measures:\n{measures}{more}"
    )
    return result_of(file)


SAVES_ENERGY = (
    "  - {id: m1, title: One, investment: 2 million VND, effects: {stream: steam, reduce: 10 %}}\n"
    "  - {id: m2, title: Two, effects: {stream: air, reduce: 10 %}}\n"
)
SAVES_WATER = "  - {id: m3, title: Three, effects: {stream: water, reduce: 10 %}}\n"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_co2_that_cannot_be_calculated_is_said_with_the_factors_that_are_missing(
    tmp_path: Path, language: str
) -> None:
    result = plant_of(tmp_path, SAVES_ENERGY)
    report = tmp_path / "report.md"
    assert run(["report", str(tmp_path / "plant.yaml"), "-o", str(report), "--lang", language]) == 0
    pages = [
        "\n".join(plain_lines(page(result, language), language)) for page in (short_page, summary)
    ]
    for page in (*pages, report.read_text(encoding="utf-8")):
        text = " ".join(page.replace("\\", "").split())
        said = text[text.index("CO2") :].split(")")[0]
        assert set(re.findall(r"streams[\w.-]+", said)) == FACTORS
        assert word("incomplete", language) in said


def test_co2_is_not_missed_where_no_energy_changes_or_it_is_published(tmp_path: Path) -> None:
    published = (
        "  - {id: m4, title: Four, effects: {reduces: co2, by: 3 t/year, as-published: true}}\n"
    )
    for measures in (SAVES_WATER, SAVES_ENERGY + published):
        result = plant_of(tmp_path, measures)
        for page in (short_page(result, "en"), summary(result, "en")):
            assert "emission-factors" not in "\n".join(plain_lines(page, "en"))


def test_a_share_of_a_baseline_that_lacks_energy_without_a_factor_is_marked(tmp_path: Path) -> None:
    first = SAVES_ENERGY.splitlines(keepends=True)[0]
    result = plant_of(tmp_path, first, ", emission-factors: [ipcc-2006/anthracite], ncv: 25 GJ/t")
    text = " ".join("\n".join(plain_lines(short_page(result, "en"), "en")).split())
    assert "Less CO2 1.84 t/year (\u22127.50 %*)" in text
    assert "streams.power.emission-factors" in text


@pytest.mark.parametrize("language", ["en", "vi"])
def test_beside_an_incomplete_payback_stands_that_of_the_complete_measures(
    tmp_path: Path, language: str
) -> None:
    result = plant_of(tmp_path, SAVES_ENERGY)
    of_complete = result.totals.simple_payback_of_complete
    assert isinstance(of_complete, Figure)
    page = list(short_page(result, language))
    text = re.sub(r"\n *", " ", "\n".join(plain_lines(page, language)))
    assert "measures.m2.investment" in text
    assert f"{word('of-complete', language)} {shown(of_complete, language)}" in text
    whole = plant_of(tmp_path, SAVES_ENERGY.splitlines()[0] + "\n")
    text = "\n".join(plain_lines(short_page(whole, language), language))
    assert word("of-complete", language) not in text


# ---- why, of long traces ------------------------------------------------------------------------


def test_why_alone_lists_what_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(GOOD / "overlap.yaml")
    assert run(["why", file]) == 0
    names = capsys.readouterr().out.splitlines()
    assert "totals.annual_saving" in names
    for name in names[:: max(1, len(names) // 5)]:
        assert run(["why", file, name]) == 0
        assert capsys.readouterr().out.startswith(name)


def test_a_long_trace_is_cut_where_it_stays_readable(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(ROOT / "assessments" / "vpeg" / "hd-01-cement-works.yaml")
    lengths = []
    for options in ((), ("--depth", "1"), ("--depth", "2"), ("--depth", "40")):
        assert run(["why", file, "totals.annual_saving", *options]) == 0
        lines = capsys.readouterr().out.splitlines()
        lengths.append(len(lines))
        assert ("--depth" in lines[-1]) == (options != ("--depth", "40"))
        assert any("measures.fans.annual_saving = " in line for line in lines)
    assert lengths[0] <= 82
    assert lengths[1] < lengths[2] < lengths[3]
