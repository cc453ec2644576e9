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
from string import Formatter, Template
from types import ModuleType

import pytest

from cpcalc.diagnostics import CatalogueEntry, catalogue
from cpcalc.source.reader import read
from cpcalc.texts import LANGUAGES, read_template, read_texts, words_of

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "cpcalc"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_MODULE = 400
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


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_MODULE
    tree = ast.parse(text)
    assert not text or ast.get_docstring(tree), "a module says what it is for"


FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "util", "misc"}
UNFINISHED = re.compile(
    r"\b(TODO|FIXME|XXX|NotImplementedError)\b|pytest\.mark\.(skip\b|xfail)|pytest\.(skip|xfail)\("
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
PROCEDURES = {"quadrature", "_legendre"}


def test_calc_and_engine_hold_no_numbers_but_named_constants() -> None:
    found = []
    for path in [*(SOURCE / "calc").glob("*.py"), *(SOURCE / "engine").glob("*.py")]:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.name not in PROCEDURES:
                for node in ast.walk(function):
                    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
                        continue
                    if isinstance(node.value, (int, float)) and node.value not in (0, 1, 2, -1):
                        found.append(f"{short(path)}:{node.lineno}: {node.value}")
    assert not found


# ---- formulas -------------------------------------------------------------------------------------------------------


def formula_modules() -> Iterator[ModuleType]:
    for path in sorted((SOURCE / "calc").glob("*.py")):
        yield importlib.import_module(f"cpcalc.calc.{path.stem}".removesuffix(".__init__"))


def test_every_formula_has_a_card_with_its_source() -> None:
    symbols: dict[str, str] = {}
    for module in formula_modules():
        for name, function in vars(module).items():
            if (
                name.startswith("_")
                or name in PROCEDURES
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

# In English their keys say it already: names of operands, equations, conditions as a set has them.
IN_VIETNAMESE_ONLY = {
    "condition-values",
    "operands",
    "equations",
    "remarks",
    "sectors",
    "help",
    "command-line",
}
# Keys that a file, a factor set, a formula or the operating system brings; tested where they occur.
KEYS_FROM_ELSEWHERE = {*IN_VIETNAMESE_ONLY, "phrases", "conditions", "families"}
PLACE_OF_A_LABEL = re.compile("-(short|tier|flow|plant)$")
NO_WORDS_FOR_A_PERSON = {"invalid", "None", "str", "dict", "traceback", "exception", "pydantic"}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("entry", list(catalogue().values()), ids=lambda entry: entry.name)
def test_a_diagnostic_says_the_same_in_both_languages(entry: CatalogueEntry) -> None:
    english, vietnamese = entry.sentences["en"], entry.sentences["vi"]
    for one, other in zip(english, vietnamese, strict=True):
        assert placeholders(one) == placeholders(other)
        assert one != other
    for text in english:
        assert not NO_WORDS_FOR_A_PERSON & set(text.lower().split())
        assert not text.endswith(".") or text.endswith("...")
        assert text[0] == text[0].lower() or text[:3].isupper() or text.startswith("CO2")
    assert "không hợp lệ" not in " ".join(vietnamese)


def test_numbers_and_names_of_diagnostics_are_given_once_and_numbers_rise() -> None:
    text = (SOURCE / "texts" / "diagnostics.yaml").read_text(encoding="utf-8")
    names = re.findall(r"^([^\s#].*):$", text, re.MULTILINE)
    assert names == list(catalogue())
    numbers = [entry.number for entry in catalogue().values()]
    assert numbers == sorted(set(numbers))
    for name, number in zip(names, numbers, strict=True):
        assert re.fullmatch(r"CP[1-69][0-9]{2}", number)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)


def texts_of_the_source() -> tuple[set[str], list[str]]:
    """The strings of the source, and patterns of those with gaps that may become a key."""
    patterns: list[str] = []
    strings = {head for heads in read_texts("workbook")["heads"].values() for head in heads}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
                if re.fullmatch("[a-z_.-]{3,}", "".join(map(str, parts))):
                    patterns.append(
                        "".join(
                            re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                            for part in node.values
                        )
                    )
    return strings, patterns


@pytest.mark.slow
def test_every_diagnostic_of_the_catalogue_is_raised_somewhere() -> None:
    strings, _ = texts_of_the_source()
    complaints = read_texts("yaml_complaints")["complaints"]
    raised = strings | {complaint["name"] for complaint in complaints}
    assert not [name for name in catalogue() if name not in raised]


def test_every_word_is_used_somewhere() -> None:
    strings, patterns = texts_of_the_source()
    known = strings | {text.replace("-", "_") for text in strings}
    unused = [
        f"{section}: {key}"
        for section, words in read_texts("vi").items()
        for key in words
        if section not in KEYS_FROM_ELSEWHERE
        and not {key, PLACE_OF_A_LABEL.sub("", key)} & known
        and not any(re.fullmatch(pattern, key) for pattern in patterns)
    ]
    assert not unused


def test_a_language_has_the_words_of_the_other() -> None:
    english, vietnamese = read_texts("en"), read_texts("vi")
    assert vietnamese.keys() == english.keys() | IN_VIETNAMESE_ONLY
    for section in english.keys() - {"phrases"}:
        long = [
            {key for key in texts[section] if not key.endswith("-short")}
            for texts in (english, vietnamese)
        ]
        assert long[0] == long[1], section
        for key in english[section].keys() & vietnamese[section].keys():
            one, other = english[section][key], vietnamese[section][key]
            assert placeholders(one) == placeholders(other), key
    assert english["phrases"].keys() <= vietnamese["phrases"].keys()
    templates = [Template(read_template("new_file", language)) for language in LANGUAGES]
    assert templates[0].get_identifiers() == templates[1].get_identifiers()


@pytest.mark.parametrize("name", ["diagnostics", "en", "vi", "unit_slips", "yaml_complaints"])
def test_no_key_of_a_file_of_texts_is_given_twice(name: str) -> None:
    text = (SOURCE / "texts" / f"{name}.yaml").read_text(encoding="utf-8")
    assert read(text.encode(), name).diagnostics == []


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
    assert reasons <= words_of("reasons", "en").keys()


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
