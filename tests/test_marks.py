"""Every mark on a page has its note, and every note its mark: in all files, pages and languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure
from cpcalc.report.layout import Block, Table, adds_up
from cpcalc.report.page import plain_lines
from cpcalc.report.summary import summary
from cpcalc.texts import word

ROOT = Path(__file__).parents[1]
GOOD = sorted((ROOT / "tests/casebook/good").glob("*.yaml"))


HEAD = "cpcalc: 1\nnumbers: international\nenterprise: {id: T, name: t}\ndata-status: draft\n"


def notes_and_marks(page: str, language: str) -> dict[str, tuple[bool, bool]]:
    """For each sign: whether the page notes it, and whether it shows it anywhere else."""
    lines = page.splitlines()
    notes = {
        "*": word("partial-note", language, fields="").partition(";")[0],
        "^": "^ " + word("caps", language, measures="").partition(":")[0],
        "!": "! " + word("warned", language),
        "≥ ≤": "≥ ≤ " + word("bound", language),
    }
    found = {}
    for sign, text in notes.items():
        noted = [line for line in lines if line.startswith(text)]
        others = [line for line in lines if line not in noted]
        if sign == "*":
            shown = any(
                char.isdigit() and line[i + 1 : i + 2] == "*"
                for line in others
                for i, char in enumerate(line)
            )
        elif sign in "^!":
            shown = any(f" {sign}" in line for line in others)
        else:
            shown = any(bound in line for line in others for bound in "≥≤~")
        found[sign] = bool(noted), shown
    return found


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    "arguments",
    [
        *(["assess", str(path)] for path in GOOD),
        *(["assess", "--economics", str(path)] for path in GOOD),
        ["batch", "--no-cache", str(ROOT / "tests/casebook/good")],
        ["batch", "--no-cache", str(ROOT / "assessments/published")],
        ["programme", str(ROOT / "assessments/vpeg/programme.yaml")],
    ],
    ids=lambda arguments: f"{' '.join(arguments[:-1])}-{Path(arguments[-1]).stem}",
)
def test_every_mark_has_its_note_and_every_note_its_mark(
    arguments: list[str], language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run([*arguments, "--lang", language])
    page = capsys.readouterr().out
    assert page
    assert {
        sign: pair for sign, pair in notes_and_marks(page, language).items() if pair[0] != pair[1]
    } == {}


def result_blocks(text: str) -> list[Block]:
    outcome = assess((HEAD + text).encode(), "plant.yaml", Options())
    assert outcome.result is not None, [item.name for item in outcome.diagnostics]
    return list(summary(outcome.result, "en"))


def test_a_page_says_once_that_rounded_columns_do_not_add_up() -> None:
    measures = "".join(
        f"  - {{id: m{n}, title: M, benefits: {{saves: 333.333 million VND/year, as: energy}}}}\n"
        for n in range(5)
    )
    page = list(
        plain_lines(result_blocks(f"basis: {{currency: VND}}\nmeasures:\n{measures}"), "en")
    )
    assert page.count(word("rounded", "en")) == 1
    even = measures.replace("333.333", "300")
    page = list(plain_lines(result_blocks(f"basis: {{currency: VND}}\nmeasures:\n{even}"), "en"))
    assert word("rounded", "en") not in page


def test_what_is_no_sum_needs_not_add_up() -> None:
    blocks = result_blocks(
        "basis: {currency: USD}\nmeasures:\n"
        "  - {id: a, title: A, investment: 1 USD, benefits: {saves: 3 USD/year, as: energy}}\n"
        "  - {id: b, title: B, investment: 2 USD, benefits: {saves: 3 USD/year, as: energy}}\n"
    )
    assert all(adds_up(block, "en") for block in blocks if isinstance(block, Table))


def test_a_switch_at_equal_heat_saves_no_energy_and_no_residue_is_a_figure() -> None:
    outcome = assess(
        (
            HEAD + "basis: {period: 2024, currency: VND, discount-rate: {real: 8 %}}\n"
            "streams:\n"
            "  coal: {kind: energy, quantity: 3604.3 t/year, price: 3.1 million VND/t, ncv: 23 MJ/kg}\n"
            "  pellets: {kind: energy, quantity: 0 t/year, price: 1.9 million VND/t, ncv: 17 MJ/kg}\n"
            "measures:\n  - {id: wood, title: Coal to pellets, investment: 2 billion VND, lifetime: 10 year,\n"
            "     effects: {stream: coal, replace-by: pellets, ratio: equal-heat}}\n"
        ).encode(),
        "plant.yaml",
        Options(economics=True),
    )
    assert outcome.result is not None
    economics = outcome.result.measures[0].line.economics
    assert not isinstance(economics.levelised_cost["energy"], Figure)  # type: ignore[union-attr]
