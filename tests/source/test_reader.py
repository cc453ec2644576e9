"""The safe subset of YAML: what is read as plain text, what is refused by which name, and where."""

from __future__ import annotations

import importlib.util
import unicodedata
from types import ModuleType
from typing import Any

import pytest
import yaml

from cpcalc.source import reader
from cpcalc.source.reader import DEEPEST_NESTING, LARGEST_FILE_BYTES, read

DEEP = "a: " + "[" * (DEEPEST_NESTING + 6) + "]" * (DEEPEST_NESTING + 6) + "\n"

# name of the case: text, and the (line, name) of each problem
REFUSED: dict[str, tuple[str, list[tuple[int, str]]]] = {
    "duplicate key": ("a: 1\nb: 2\na: 3\n", [(3, "duplicate-key")]),
    "duplicate key, one decomposed": ("tên: 1\nte\u0302n: 2\n", [(2, "duplicate-key")]),
    "duplicate key in braces": ("a: {b: 1, b: 2}\n", [(1, "duplicate-key")]),
    "anchor and alias": ("a: &x 1\nb: *x\n", [(1, "yaml-anchor"), (2, "yaml-alias")]),
    "alias of nothing": ("a: *x\n", [(1, "yaml-alias")]),
    "alias bomb": ("a: &x [1, 1]\nb: &y [*x, *x]\nc: [*y]\n", [
        (1, "yaml-anchor"), (2, "yaml-anchor"), (2, "yaml-alias"), (2, "yaml-alias"), (3, "yaml-alias"),
    ]),
    "text in stars": ("a: *bold* text\n", [(1, "yaml-stray-character")]),
    "merge key": ("a:\n  <<: {b: 1}\n", [(2, "yaml-merge-key")]),
    "tag": ("a: !!float 1\n", [(1, "yaml-tag")]),
    "tag with a value python chokes on": ('a: !!float "1,5"\n', [(1, "yaml-tag")]),
    "own tag": ("a: !x {b: 1}\n", [(1, "yaml-tag")]),
    "python tag": ("a: !!python/object/apply:os.system ['true']\n", [(1, "yaml-tag")]),
    "tagged key": ("!!str a: 1\n", [(1, "yaml-key-not-text")]),
    "two documents": ("a: 1\n---\nb: 2\n", [(2, "several-documents")]),
    "two documents, the first closed": ("a: 1\n...\nb: 2\n", [(3, "several-documents")]),
    "version directive": ("%YAML 1.1\n---\na: 1\n", [(1, "yaml-directive")]),
    "tag directive": ("%TAG ! tag:x,2000:\n---\na: 1\n", [(1, "yaml-directive")]),
    "NUL": ("a: 1\0\n", [(1, "foreign-character")]),
    "bell": ("b: 1\na: \x07\n", [(2, "foreign-character")]),
    "NEL": ("a: 1\x85b: 2\n", [(1, "foreign-character")]),
    "LS": ("a: 1\u2028b: 2\n", [(1, "foreign-character")]),
    "PS": ("a: x\u2029\n", [(1, "foreign-character")]),
    "byte-order mark inside": ("a: \ufeffx\n", [(1, "foreign-character")]),
    "line ends of old": ("a: 1\rb: 2\r", [(1, "foreign-character"), (1, "foreign-character")]),
    "too deep": (DEEP, [(1, "nesting-too-deep")]),
    "too deep in block style": ("".join("  " * i + "a:\n" for i in range(40)), [(24, "nesting-too-deep")]),
    "far too deep": ("[" * 100_000, [(1, "nesting-too-deep")]),
    "lost comment": ("a: Pump #2\n", [(1, "comment-cuts-text")]),
    "lost comment in a list": ("a:\n  - Pump #2\n", [(2, "comment-cuts-text")]),
    "lost comment in braces": ("a: {b: Pump #2\n  }\n", [(1, "comment-cuts-text")]),
    "comma in a number in braces": ("a: {quantity: 1,234,567 kWh/year, price: 5}\n", [(1, "comma-ends-value")]),
    "decimal comma in braces": ("a: {q: 12,5 kWh}\n", [(1, "comma-ends-value")]),
    "comma in a title in braces": ("a: {title: Pumps, fans}\n", [(1, "comma-ends-value")]),
    "no-break space in a key": ("a\u00a0b: 1\n", [(1, "no-break-space-in-key")]),
    "narrow no-break space in a key": ("a\u202fb: 1\n", [(1, "no-break-space-in-key")]),
    "no-break space as indentation": ("a:\n\u00a0 b: 1\n", [(1, "empty-value"), (2, "no-break-space-in-key")]),
    "no-break space after the colon": ("a: 1\nkind:\u00a0energy\nb: 1\n", [(2, "no-break-space-in-key")]),
    "no-break space after the first colon": ("kind:\u00a0energy\nb: 1\n", [(1, "no-break-space-in-key")]),
    "tab as indentation": ("a:\n\tb: 1\n", [(2, "yaml-tab")]),
    "at sign": ("a: @x\n", [(1, "yaml-stray-character")]),
    "backtick": ("a: `x`\n", [(1, "yaml-stray-character")]),
    "question mark": ("a: ? b\n", [(1, "yaml-stray-character")]),
    "second colon": ("a: b: c\n", [(1, "yaml-colon-in-value")]),
    "double quote not closed": ('b: 1\na: "b\nc: 1\n', [(2, "yaml-unclosed-quote")]),
    "single quote not closed": ("b: 1\na: 'b\nc: 1\n", [(2, "yaml-unclosed-quote")]),
    "bracket not closed": ("a: [1, 2\nb: 3\n", [(1, "yaml-unclosed-bracket")]),
    "brace not closed": ("b: 1\na: {b: 1\nc: 2\n", [(2, "yaml-unclosed-bracket")]),
    "comma missing": ("a: {b: 1 c: 2}\n", [(1, "yaml-unclosed-bracket")]),
    "colon missing": ("a: 1\nb\nc: 2\n", [(2, "yaml-missing-colon")]),
    "indented too far": ("a: 1\n  b: 2\n", [(2, "yaml-indentation")]),
    "indented too little": ("a:\n    b: 1\n  c: 2\n", [(3, "yaml-indentation")]),
    "dash after a colon": ("a: - b\n", [(1, "yaml-indentation")]),
    "list as a key": ("? [a]\n: 1\n", [(1, "yaml-key-not-text")]),
    "mapping as a key": ("{a: 1}: 2\n", [(1, "yaml-key-not-text")]),
    "a text": ("hello\n", [(1, "not-a-mapping")]),
    "a list": ("- a\n", [(1, "not-a-mapping")]),
    "nothing": ("", [(1, "empty-file")]),
    "spaces": ("  \n\n", [(1, "empty-file")]),
    "values left empty": ("a:\nb: ~\nc: {d: null, e: NULL}\n", [
        (1, "empty-value"), (2, "empty-value"), (3, "empty-value"), (3, "empty-value"),
    ]),
    "a comment": ("# only\n", [(1, "empty-file")]),
    "an empty document": ("---\n...\n", [(1, "empty-file")]),
    "unknown escape": ('a: "C:\\plant"\n', [(1, "yaml-escape")]),
    "escape above the last character": ('b: 1\na: "\\U00110000"\n', [(2, "yaml-escape")]),
    "quoted text too far left": ("a:\n  b: 'one\n  two'\n", [(3, "yaml-indentation")]),
    "braces too far left": ("a:\n  b: {x: 1,\n y: 2}\n", [(3, "yaml-indentation")]),
    "escape of half a character": ('a: "\\ud800"\n', [(1, "yaml-escape")]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_name_and_a_place(case: str) -> None:
    text, expected = REFUSED[case]
    found = read(text.encode(), "f").diagnostics
    assert [(item.span.line if item.span else None, item.name) for item in found] == expected


@pytest.fixture(scope="module")
def pure() -> ModuleType:
    """The reader as it is where PyYAML was built without libyaml."""
    spec = importlib.util.find_spec("cpcalc.source.reader")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", False)
        spec.loader.exec_module(module)
    return module


def test_the_two_parsers_are_two(pure: ModuleType) -> None:
    assert issubclass(reader._Composer, yaml.cyaml.CParser)  # type: ignore[attr-defined]
    assert not issubclass(pure._Composer, yaml.cyaml.CParser)  # type: ignore[attr-defined]


@pytest.mark.parametrize("case", REFUSED)
def test_without_libyaml_the_same_is_refused(case: str, pure: ModuleType) -> None:
    text, expected = REFUSED[case]
    found = pure.read(text.encode(), "f").diagnostics
    assert [(item.span.line if item.span else None, item.name) for item in found] == expected


READ: dict[str, tuple[str, Any]] = {
    "words that YAML 1.1 takes for something else": (
        "a: no\nb: on\nc: yes\nd: y\ne: 12:30\nf: 0123\ng: 1e5\nh: .nan\ni: 0x1F\nj: 1_000\nk: 2024-02-30\nl: 1.0\n",
        {
            "a": "no", "b": "on", "c": "yes", "d": "y", "e": "12:30", "f": "0123", "g": "1e5", "h": ".nan", "i": "0x1F",
            "j": "1_000", "k": "2024-02-30", "l": "1.0",
        },
    ),
    "quoted nothing": ("d: ''\ne: 'null'\nf: '~'\n", {"d": "", "e": "null", "f": "~"}),
    "keys are texts": ("1: a\nno: b\n2024-01-01: c\n", {"1": "a", "no": "b", "2024-01-01": "c"}),
    "comments": ("a: x#2  # said\nb: 'Pump #2'\nc: Pump # two\n", {"a": "x#2", "b": "Pump #2", "c": "Pump"}),
    "windows line ends": ("a: 1\r\nb:\r\n  - x\r\n", {"a": "1", "b": ["x"]}),
    "byte-order mark": ("\ufeffa: 1\n", {"a": "1"}),
    "document marks": ("---\na: 1\n...\n", {"a": "1"}),
    "flow style": ("a: {b: [1, '2,3', \"4\"], c: {}}\n", {"a": {"b": ["1", "2,3", "4"], "c": {}}}),
    "blocks": ("a: |\n  x\n  y\nb: >\n  x\n  y\n", {"a": "x\ny\n", "b": "x y\n"}),
    "escapes": ('a: "\\x41\\u1EC7\\t"\n', {"a": "A\u1ec7\t"}),
    "special signs inside": ("a: b & c * d ! e\nb: a@b\nc: 50%\n", {"a": "b & c * d ! e", "b": "a@b", "c": "50%"}),
    "no-break space in a value": ("a: 12\u00a0500 kWh\n", {"a": "12\u00a0500 kWh"}),
    "decomposed value stays": ("a: " + unicodedata.normalize("NFD", "tấn") + "\n", {
        "a": unicodedata.normalize("NFD", "tấn")
    }),
    "decomposed key is composed": (unicodedata.normalize("NFD", "tấn") + ": 1\n", {"tấn": "1"}),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_read_as_written(case: str, pure: ModuleType) -> None:
    text, expected = READ[case]
    for read_bytes in (read, pure.read):
        document = read_bytes(text.encode(), "f")
        assert (document.tree, [item.name for item in document.diagnostics]) == (expected, [])


def test_texts_know_their_path_and_whether_they_run_over_lines() -> None:
    tree = read(b"a: {b: [x, y]}\nc: 12\n  kWh\n", "f").tree
    assert tree["a"]["b"][1].path == ("a", "b", 1)
    assert type(tree["c"]) is reader.FoldedText
    assert type(tree["a"]["b"][0]) is reader.Text


def test_places_are_the_same_with_both_parsers(pure: ModuleType) -> None:
    text = "á: {b: [x, 'y  z'], c:}\nd:\n  - e: 1\n    f:  tấn/năm  # g\n"
    text = text.replace("c:}", "c: 5}")
    paths: tuple[tuple[str | int, ...], ...] = (
        ("á",), ("á", "b"), ("á", "b", 1), ("á", "c"), ("d",), ("d", 0), ("d", 0, "f"), ("d", 0, "g"), ("no",), (),
    )  # fmt: skip
    first, second = read(text.encode(), "f"), pure.read(text.encode(), "f")
    for path in paths:
        for on_key in (False, True):
            assert first.place(path, on_key=on_key) == second.place(path, on_key=on_key)
    assert first.place(("d", 0, "f")) == (4, 9, 4, 16)
    assert first.place(("d", 0, "f"), on_key=True) == (4, 5, 4, 6)
    assert first.place(("á", "b", 1)) == (1, 12, 1, 18)


def test_a_place_counts_characters_not_bytes() -> None:
    document = read("tên: Hải Dương\nđịa: {x: 1, y: 2}\n".encode(), "f")
    assert document.place(("địa", "y")) == (2, 16, 2, 17)


def test_a_document_that_could_not_be_read_has_no_places() -> None:
    document = read(b"a: [", "f")
    assert document.tree is None
    assert document.place(("a",)) is None


def test_a_file_above_the_bound_is_not_even_decoded() -> None:
    [found] = read(b"a" * (LARGEST_FILE_BYTES + 1), "f").diagnostics
    assert found.name == "file-too-large"
    assert read(b"# " + b"a" * (LARGEST_FILE_BYTES - 10) + b"\na: 1", "f").tree == {"a": "1"}


def test_only_the_first_foreign_characters_are_listed() -> None:
    assert len(read(b"a: " + b"\x07" * 5000, "f").diagnostics) == 20


@pytest.mark.parametrize(
    "escape", [r"\e", r"\0", r"\r", r"\x9b", r"\u0085", r"\u2028", r"\a", r"\b", r"\x7f"]
)
@pytest.mark.parametrize("text", ['a: "x{}y"\n', '"k{}": x\n', 'a: {{b: ["x{}y"]}}\n'])
def test_an_escape_brings_in_nothing_that_may_not_stand_in_a_file(escape: str, text: str) -> None:
    (problem,) = read(text.format(escape).encode(), "x.yaml").diagnostics
    assert problem.name == "foreign-character"
    assert problem.span is not None


def test_escapes_of_what_a_text_may_hold_are_taken() -> None:
    document = read(rb'a: "Caf\u00e9\n\t\"x\""', "x.yaml")
    assert document.diagnostics == []
    assert document.tree == {"a": 'Café\n\t"x"'}
