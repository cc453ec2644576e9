"""The published cases: every file passes the strict check, and what it reproduces is pinned."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess_file
from cpcalc.report.page import plain_lines
from cpcalc.report.summary import summary
from cpcalc.results import AssessmentResult

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "assessments" / "published"
FILES = sorted(FOLDER.glob("*.yaml"))

# What each file holds to: expected figures that hold, and published ones that are not reproduced. An edit that loses
# one of them shows here.
PINNED: dict[str, tuple[int, int]] = {
    "abr-inc-alaska": (2, 0),
    "australia-textile-cibacron": (2, 0),
    "cpi-dong-xuan-brewery": (3, 0),
    "cpi-phong-chau-paper": (7, 2),
    "cpi-sao-xanh-foundry": (5, 0),
    "cpi-song-con-sugar": (3, 0),
    "cpi-viet-quang-seafood": (2, 0),
    "dbl-group": (2, 0),
    "georgia-asphalt": (2, 1),
    "georgia-brewery": (2, 0),
    "georgia-metalware": (5, 0),
    "georgia-winery": (2, 0),
    "ifc-phong-phu-ppj": (3, 0),
    "ifc-vire-aggregate": (5, 0),
    "india-bimetal-bearings": (2, 1),
    "itac-dl0238": (19, 0),
    "kibos-sugar": (4, 0),
    "kitumbe-tea": (1, 0),
    "la-pisquena-peru": (3, 0),
    "meghna-knit": (4, 0),
    "metalexacto-peru": (1, 0),
    "mexico-sustainability-network": (3, 0),
    "mntap-2025": (5, 0),
    "mutex-tanzania": (1, 0),
    "nile-perch-fisheries": (2, 0),
    "nzoia-sugar": (1, 0),
    "rathkerewwa-coconut": (3, 0),
    "seafood-hcmc-2003": (1, 1),
    "sedf-bangladesh-12": (3, 0),
    "sunshine-dairy": (2, 0),
    "tbl-mbeya": (4, 1),
    "uganda-four-firms": (1, 0),
    "unique-peru": (4, 0),
    "vietnam-eip-603": (2, 0),
    "vietnam-eip-72": (4, 0),
    "vinapaco-phu-tho": (3, 0),
}


def result_of(path: Path) -> AssessmentResult:
    result = assess_file(str(path), Options()).result
    assert result is not None
    return result


def outcomes(path: Path) -> tuple[int, int]:
    found = [item.outcome for item in result_of(path).expectations]
    assert set(found) <= {"met", "not-reproduced"}, path.name
    return found.count("met"), found.count("not-reproduced")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_expected_figures_hold(path: Path) -> None:
    assert outcomes(path) == PINNED[path.stem]


def test_every_file_is_pinned_and_every_pinned_file_is_there() -> None:
    assert set(PINNED) == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_what_it_is(path: Path) -> None:
    result = result_of(path)
    assert result.data_status == "published"
    assert result.enterprise["id"] == path.stem == path.stem.lower()
    assert result.enterprise["source"], "a published case names its source"
    assert path.read_text(encoding="utf-8").startswith("# "), "its head says what the case is"
    assert result.expectations, "a published figure stands under expect"
    assert all(identity.holds for identity in result.identities)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_summary_fits_eighty_cells(language: str) -> None:
    for path in FILES:
        lines = list(plain_lines(summary(result_of(path), language), language))
        assert max(map(len, lines)) <= 80, path.name


def test_strict_check_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--strict", str(FOLDER)]) == 0, capsys.readouterr()


def test_the_page_lists_the_files_as_they_are() -> None:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        pages: Iterator[tuple[Path, str]] = importlib.import_module(
            "pages.published_cases"
        ).targets(ROOT)
        for path, text in pages:
            assert path.read_text(encoding="utf-8") == text, "run: python docs/generate.py"
    finally:
        sys.path.remove(str(ROOT / "docs"))


def test_the_readme_example_shows_a_whole_assessment() -> None:
    text = "\n".join(
        plain_lines(summary(result_of(FOLDER / "itac-dl0238.yaml"), "en"), "en")
    ).replace("\u00a0", " ")
    for figure in (
        "1 960 700",
        "236 055",
        "21 276",
        "205 595",
        "112 874",
        "56 437",
        "632 238",
        "7.9 years",
        "994.7",
    ):
        assert figure in text, figure


def test_batch_finds_the_same_totals() -> None:
    for path in FILES:
        whole = assess_file(str(path), Options()).result
        quick = assess_file(str(path), Options(totals_only=True)).result
        assert whole is not None
        assert quick is not None, path.name
        assert all(identity.holds for identity in quick.identities), path.name
        assert str(quick.totals.annual_saving) == str(whole.totals.annual_saving)
        assert str(quick.totals.simple_payback) == str(whole.totals.simple_payback)
