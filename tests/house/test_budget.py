"""What keeps the house small enough to be seen: its size, its names, and that no modules import each other in a circle."""

from __future__ import annotations

import ast
import io
import tokenize
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "cpcalc"
BUDGET = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["house"]
WITHOUT_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER,
}  # fmt: skip


def code_lines(path: Path) -> int:
    """Lines with code: no blanks, comments or docstrings."""
    text = path.read_text(encoding="utf-8")
    documented: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            first = node.body[0] if node.body else None
            if first is not None and ast.get_docstring(node, clean=False) is not None:
                documented.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    used: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in WITHOUT_CODE:
            used.update(range(token.start[0], token.end[0] + 1))
    return len(used - documented)


def test_the_code_stays_within_its_budget() -> None:
    """The number stands in pyproject.toml; raising it takes a sentence in docs/decisions.md."""
    rooms: Counter[str] = Counter()
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE).parts
        rooms[parts[0] if len(parts) > 1 else "cpcalc"] += code_lines(path)
    listed = ", ".join(f"{room} {lines}" for room, lines in rooms.most_common())
    print(f"{rooms.total()} code lines: {listed}")
    assert rooms.total() <= BUDGET["code-lines"], listed


def test_there_are_few_enough_modules_to_know_them() -> None:
    assert len(list(SOURCE.rglob("*.py"))) <= BUDGET["modules"]


def imports() -> dict[str, set[str]]:
    """The modules each module imports, wherever in it the import stands."""
    names = {
        ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in SOURCE.rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        dotted = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        name = dotted.removesuffix(".__init__")
        found[name] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                wanted = [f"{node.module}.{alias.name}" for alias in node.names]
                found[name].update(item if item in names else node.module for item in wanted)
            elif isinstance(node, ast.Import):
                found[name].update(alias.name for alias in node.names)
        found[name] = (found[name] & names) - {name}
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    left = imports()
    while free := [name for name, needed in left.items() if not needed & left.keys()]:
        for name in free:
            del left[name]
    assert not left, f"in a circle, or above one: {sorted(left)}"


def test_no_two_types_share_a_name() -> None:
    places: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(str(path.relative_to(SOURCE)))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
