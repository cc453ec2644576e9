"""The rules of the house, each checked on the whole source tree."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from cpcalc.codes import BY_NUMBER, CATALOGUE, CODES
from cpcalc.report import messages_en, messages_vi
from cpcalc.report.reasons import REASONS
from cpcalc.report.words import WORDS

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "cpcalc"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_MODULE = 460  # while lines are being brought to 100 characters
GENERATED = {SOURCE / "units_table.py"}
TEXT_SUFFIXES = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".json",
    ".txt",
    ".cfg",
    ".ini",
    ".csv",
    ".html",
    ".js",
    ".css",
    ".sh",
}


def tracked() -> list[Path]:
    """The text files of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    paths = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    return [
        path
        for path in paths
        if path.suffix in TEXT_SUFFIXES or path.name in ("justfile", "run", "LICENSE")
    ]


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ---- structure ------------------------------------------------------------------------------------------------------


def test_a_module_imports_only_from_lower_floors() -> None:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize("path", [path for path in MODULES if path not in GENERATED], ids=short)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_MODULE
    tree = ast.parse(text)
    assert not text or ast.get_docstring(tree), "a module says what it is for"


FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "util", "misc"}
UNFINISHED = re.compile(
    r"\b(TODO|FIXME|XXX|NotImplementedError)\b|pytest\.mark\.(skip|xfail)|pytest\.(skip|xfail)\("
)


@pytest.mark.parametrize("path", [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))], ids=short)
def test_nothing_is_left_for_later(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    if path != Path(__file__):
        assert not UNFINISHED.search(path.read_text(encoding="utf-8"))


def test_public_functions_say_what_they_do() -> None:
    silent = []
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                silent.append(f"{short(path)}: {node.name}")
    assert len(silent) <= MOST_SILENT, silent


MOST_SILENT = 12  # names that say everything


# Numerical procedures: their constants belong to the method, which each names in its docstring.
PROCEDURES = {"sharing"}


def test_calc_and_engine_hold_no_numbers_but_named_constants() -> None:
    found = []
    for path in [*(SOURCE / "calc").glob("*.py"), *(SOURCE / "engine").glob("*.py")]:
        if path.stem in PROCEDURES:
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
                        continue
                    if isinstance(node.value, (int, float)) and node.value not in (0, 1, 2, -1):
                        found.append(f"{short(path)}:{node.lineno}: {node.value}")
    assert not found


# ---- formulas -------------------------------------------------------------------------------------------------------


def formula_modules() -> Iterator[ModuleType]:
    for path in sorted((SOURCE / "calc").glob("*.py")):
        if path.stem in PROCEDURES:
            continue
        yield importlib.import_module(f"cpcalc.calc.{path.stem}".removesuffix(".__init__"))


def test_every_formula_has_a_card_with_its_source() -> None:
    symbols: dict[str, str] = {}
    for module in formula_modules():
        for name, function in vars(module).items():
            if (
                name.startswith("_")
                or not callable(function)
                or getattr(function, "__module__", "") != module.__name__
            ):
                continue
            if isinstance(function, type):
                continue
            card = getattr(function, "card", None)
            assert card is not None, f"{module.__name__}.{name} has no card"
            assert card.symbol
            assert card.equation
            assert card.source
            assert (function.__doc__ or "").strip()
            assert card.symbol not in symbols, (
                f"{name} and {symbols[card.symbol]} share {card.symbol}"
            )
            symbols[card.symbol] = name
    assert len(symbols) > 30


# ---- diagnostics and words ------------------------------------------------------------------------------------------

TABLES = {"en": messages_en, "vi": messages_vi}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_diagnostic_has_its_words_in_both_languages_with_the_same_placeholders() -> None:
    for table in TABLES.values():
        assert set(table.MESSAGES) == set(CATALOGUE)
    for name in CATALOGUE:
        english, vietnamese = messages_en.MESSAGES[name], messages_vi.MESSAGES[name]
        wanted = placeholders("".join(english))
        assert wanted == placeholders("".join(vietnamese)), name
        for headline, remedy in (english, vietnamese):
            assert headline.strip()
            assert remedy.strip(), f"{name} has no remedy"
            assert "invalid" not in headline.lower()
            assert (
                not headline[0].isupper() or headline[:3].isupper() or headline.startswith("CO2")
            ), name


def test_numbers_and_names_of_diagnostics_are_given_once() -> None:
    assert len(CATALOGUE) == len(CODES) == len(BY_NUMBER)
    for code in CODES:
        assert re.fullmatch(r"CP[1-69][0-9]{2}", code.number)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code.name)


@pytest.mark.slow
def test_the_catalogue_is_in_order() -> None:
    numbers = [code.number for code in CODES]
    assert numbers == sorted(numbers)


@pytest.mark.slow
def test_every_diagnostic_of_the_catalogue_is_raised_somewhere() -> None:
    tables = ("codes.py", "messages_en.py", "messages_vi.py")
    source = "".join(
        path.read_text(encoding="utf-8") for path in MODULES if path.name not in tables
    )
    unused = [name for name in CATALOGUE if f'"{name}"' not in source]
    assert not unused


def test_the_tables_of_words_have_the_same_keys() -> None:
    assert {key for key in WORDS["en"] if not key.endswith("-short")} == {
        key for key in WORDS["vi"] if not key.endswith("-short")
    }
    for key, english in WORDS["en"].items():
        if key in WORDS["vi"]:
            assert placeholders(english) == placeholders(WORDS["vi"][key]), key
    assert REASONS["en"].keys() == REASONS["vi"].keys()
    assert messages_en.KINDS.keys() == messages_vi.KINDS.keys()
    assert messages_en.WORDS.keys() == messages_vi.WORDS.keys()


def test_every_reason_has_a_sentence() -> None:
    reasons = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "NotApplicable"
                and len(node.args) > 1
            ):
                given = node.args[1]
                if isinstance(given, ast.Constant):
                    reasons.add(str(given.value))
    assert reasons
    assert reasons <= REASONS["en"].keys(), reasons - REASONS["en"].keys()


# ---- files ----------------------------------------------------------------------------------------------------------

MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp|var|opt)/[A-Za-z]|[A-Z]:\\\\Users")


def test_no_file_names_a_place_on_a_machine() -> None:
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if MACHINE.search(line):
                found.append(f"{short(path)}:{number}: {line.strip()[:80]}")
    assert not found


def test_text_files_are_utf_8_with_plain_line_ends() -> None:
    for path in tracked():
        data = path.read_bytes()
        assert b"\r" not in data, path
        assert not data.startswith(b"\xef\xbb\xbf"), path
        assert not data or data.endswith(b"\n"), path


def test_the_version_is_said_once() -> None:
    import cpcalc

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == cpcalc.__version__


@pytest.mark.slow
def test_generated_files_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-1500:]
