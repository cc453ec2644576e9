"""Read a file's bytes as a safe subset of YAML 1.2: plain data, each key and value with its place.

The bytes are UTF-8 or a message names the encoding they seem to be in. Every scalar stays the text
that was written (no surprises with ``no``, ``12:30`` or ``1e5``); what the subset refuses becomes a
diagnostic with a place. Nothing here raises for bad input.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from cpcalc.diagnostics import Diagnostic, Path, Span
from cpcalc.source import yaml_errors

# An assessment is some hundred lines: a file above this is none, and is not read; and these bounds
# keep a hostile one from taking time or memory.
LARGEST_FILE_BYTES = 1024 * 1024
DEEPEST_NESTING = 24
MOST_ENTRIES = 2000

_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"), (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"),
)  # fmt: skip
# Letters that only one of the old Vietnamese encodings puts after or in place of a vowel.
_WINDOWS_1258_TONES = re.compile(rb"[aeiouyAEIOUY\xe2\xea\xf4\xe3\xf5\xfd][\xcc\xd2\xde\xec\xf2]")
_VNI_TONES = re.compile(
    rb"[aeiouyAEIOUY][\xf9\xf8\xfb\xf5\xef\xd9\xd8\xdb\xd5\xcf\xe2\xe1\xe0\xe5\xe3\xe4]"
)
_TCVN3_LETTERS = re.compile(
    rb"[\xa8-\xae\xb5-\xb9\xbb-\xbe\xc6-\xcb\xce-\xd8\xdc-\xdf\xe1-\xe8\xea-\xed\xee-\xf8\xf9-\xfe]"
)
# Line separators that some editors insert and YAML counts as line ends; characters of no text file.
_FOREIGN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)"
)
MOST_FOREIGN_CHARACTERS = 20


def decode(data: bytes) -> tuple[str, Diagnostic | None]:
    """The text of UTF-8 bytes (a byte-order mark is allowed), or what encoding it looks like."""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if len(data) >= 4 and data[:4].count(b"\x00") >= 2:
        encoding = encoding or "UTF-16"
    offset = 0
    if encoding is None:
        try:
            return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"), None
        except UnicodeDecodeError as error:
            encoding, offset = _guess(data), error.start
    span = span_after(data[:offset].decode("latin-1"))
    return "", Diagnostic("wrong-encoding", (), {"encoding": encoding}, span=span)


def _guess(data: bytes) -> str:
    if _WINDOWS_1258_TONES.search(data):
        return "Windows-1258"
    vni, tcvn3 = len(_VNI_TONES.findall(data)), len(_TCVN3_LETTERS.findall(data))
    if tcvn3 > 2 * vni:
        return "TCVN3 (ABC)"
    return "VNI" if vni else "Windows-1252"


def foreign_characters(text: str) -> Iterator[Diagnostic]:
    """Control characters and foreign line separators, the first few, each with its place."""
    for match in islice(_FOREIGN.finditer(text), MOST_FOREIGN_CHARACTERS):
        span = span_after(text[: match.start()])
        yield Diagnostic("foreign-character", (), {"character": _code_of(match)}, span=span)


def _code_of(match: re.Match[str]) -> str:
    """The code of a character found: ``U+001B``."""
    return f"U+{ord(match.group()):04X}"


def span_after(before: str) -> Span:
    """The place of the one character that follows a text."""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Span(line, column, line, column + 1)


_START = Span(1, 1, 1, 1)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# From 0.2.6 on libyaml stops by itself, at a thousand levels that it looks ahead.
_TOO_DEEP_FOR_LIBYAML = "exceeded maximum nesting depth"
# Escapes that libyaml refuses and the pure parser lets through or stumbles over.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_TOO_HIGH = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")
# What an anchor, an alias, a directive or a further document begins with.
_MAY_BE_REFUSED = re.compile(r"[&*]|^(?:%|---|\.\.\.)", re.MULTILINE)
_NO_BREAK = re.compile("[\u00a0\u2007\u202f\u2060\u200b]")


class Text(str):
    """A scalar as written, with its path in the document."""

    __slots__ = ("path",)
    path: Path


class FoldedText(Text):
    """A scalar written over several lines: fine for a text, refused for a quantity."""

    __slots__ = ()


class _TooDeep(yaml.YAMLError):
    def __init__(self, mark: Any) -> None:
        self.problem_mark = mark


# The pure parser is about 25 times slower and gives the same answers.
_Loader: Any = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader


class _Composer(_Loader):  # type: ignore[misc]
    """PyYAML's composer, which bounds the nesting and gives no scalar a type.

    libyaml before 0.2.6 overflows the stack far above the bound: it is kept while composing.
    """

    depth = 0

    def descend_resolver(self, parent: Any, index: Any) -> None:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise _TooDeep(parent.start_mark if parent is not None else None)

    def ascend_resolver(self) -> None:
        self.depth -= 1

    def resolve(self, kind: Any, value: Any, implicit: Any) -> None:
        return None


class ReadTable(NamedTuple):
    """A table that was read for a file: where from, the hash of its bytes, and its text."""

    file: str
    sha256: str
    text: str


@dataclass
class Document:
    """A file read: its ``tree`` of dict, list, Text and None, its problems, and all places."""

    name: str
    text: str
    diagnostics: list[Diagnostic]
    tree: Any = None
    root: Node | None = None
    sha256: str = ""  # of its bytes; of a file that cannot be read there is none
    # Tables beside the file by the name that it has for them, and what of the tree stands in one.
    tables: dict[str, ReadTable] = field(default_factory=dict)
    cells: dict[Path, tuple[str, Span]] = field(default_factory=dict)

    @cached_property
    def lines(self) -> list[str]:
        """The text in lines."""
        return self.text.split("\n")

    def cell(self, path: Path) -> tuple[str, Span] | None:
        """The table, and the place in it, of a part of the tree that does not stand in the text."""
        parts = (path[:length] for length in range(len(path), 0, -1) if self.cells)
        return next((self.cells[part] for part in parts if part in self.cells), None)

    def place(self, path: Path, *, on_key: bool = False) -> Span | None:
        """Where a path stands in the text; the nearest place around it where it is not there."""
        node, key = self.root, None
        for step in path:
            if step == 0 and isinstance(node, MappingNode | ScalarNode):
                continue  # a single item that stands without its list
            child = _child(node, step)
            if child is None:
                on_key = True
                break
            key, node = child
        if node is None:
            return None
        is_empty = node.start_mark.index == node.end_mark.index
        if key is not None and (on_key or is_empty or not isinstance(node, ScalarNode)):
            return yaml_errors.first_span(key)
        return yaml_errors.first_span(node)


def _child(node: Node | None, step: str | int) -> tuple[Node | None, Node] | None:
    """The key, if there is one, and the value at one step of a path."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and unicodedata.normalize("NFC", key.value) == step:
                return key, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def leaves_of(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar of a document, and every empty list or mapping, with its path."""
    if isinstance(node, (dict, list)) and node:
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves_of(value, (*path, key))
    else:
        yield path, node


def read(data: bytes, name: str) -> Document:
    """Read the bytes of a file called ``name``, with all problems as the document's diagnostics."""
    document = _read(data, name)
    document.sha256 = hashlib.sha256(data).hexdigest()
    return document


def _read(data: bytes, name: str) -> Document:
    if len(data) > LARGEST_FILE_BYTES:
        limit = {"limit": f"{LARGEST_FILE_BYTES // 1024 // 1024}"}
        return Document(name, "", [Diagnostic("file-too-large", (), limit, span=_START)])
    text, problem = decode(data)
    if problem is not None:
        return Document(name, text, [problem])
    refused = [*foreign_characters(text)]
    if not refused and _MAY_BE_REFUSED.search(text):
        refused = [*_refused_constructs(text)]
    if refused:
        return Document(name, text, refused)
    root = _composed(text)
    if isinstance(root, Diagnostic):
        return Document(name, text, [root])
    if root is None or (isinstance(root, ScalarNode) and not root.value):
        return Document(name, text, [Diagnostic("empty-file", (), {}, span=_START)])
    if not isinstance(root, MappingNode):
        return Document(name, text, [_problem("not-a-mapping", root, ())], root=root)
    problems: list[Diagnostic] = []
    tree = _built(root, (), problems)
    crowded = [problem for problem in problems if problem.name == "too-many-entries"]
    if crowded:
        return Document(name, text, crowded[:1], root=root)
    problems += yaml_errors.refused_leniencies(root, text, text.split("\n"))
    problems += yaml_errors.lost_comments(root, (), text.split("\n"))
    return Document(name, text, problems, tree, root)


def read_again(data: bytes) -> Any:
    """The tree of a file that is known to hold no problem, without places."""
    return yaml.load(data, _Loader)


def _composed(text: str) -> Node | Diagnostic | None:
    # A text that ends without a line end would lose the last one of a block text.
    whole = text if text.endswith("\n") else text + "\n"
    try:
        root: Node | None = _Composer(whole).get_single_node()
    except yaml.YAMLError as error:
        if isinstance(error, _TooDeep) or getattr(error, "problem", None) == _TOO_DEEP_FOR_LIBYAML:
            mark = getattr(error, "problem_mark", None)
            span = _START if mark is None else yaml_errors.mark_span(mark, mark)
            return Diagnostic("nesting-too-deep", (), {"limit": str(DEEPEST_NESTING)}, span=span)
        return yaml_errors.unreadable_yaml(error, text)
    except (ValueError, OverflowError):
        # the pure parser's own slip on an escape above the last character
        escape = _TOO_HIGH.search(text)
        before = text[: escape.start()] if escape is not None else ""
        return Diagnostic("yaml-escape", (), {}, span=span_after(before))
    return root


def _refused_constructs(text: str) -> Iterator[Diagnostic]:
    """Anchors, aliases, directives and further documents."""
    try:
        parser, depth, documents = _Composer(text), 0, 0
        # to the first event too deep: the pure parser needs minutes for the rest
        while depth <= DEEPEST_NESTING and parser.check_event():
            event = parser.get_event()
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            span = yaml_errors.mark_span(event.start_mark, event.end_mark)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if event.version or event.tags:
                    yield Diagnostic("yaml-directive", (), {}, span=span)
                if documents == 2:
                    yield Diagnostic("several-documents", (), {}, span=span)
                    return
            elif getattr(event, "anchor", None):
                name = "yaml-alias" if isinstance(event, yaml.AliasEvent) else "yaml-anchor"
                yield Diagnostic(name, (), {"anchor": str(event.anchor)}, span=span)
    except (yaml.YAMLError, ValueError, OverflowError):
        return  # the composing pass reports it


def _problem(name: str, node: Node, path: Path, **values: str) -> Diagnostic:
    return Diagnostic(name, path, values, span=yaml_errors.first_span(node))


def _built(node: Node, path: Path, problems: list[Diagnostic]) -> Any:
    if node.tag is not None:
        tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
        problems.append(_problem("yaml-tag", node, path, tag=tag))
    if isinstance(node, ScalarNode):
        return _scalar(node, path, problems)
    if len(node.value) > MOST_ENTRIES:
        problems.append(_problem("too-many-entries", node, path, limit=str(MOST_ENTRIES)))
        return None
    if isinstance(node, MappingNode):
        return _mapping(node, path, problems)
    return [_built(child, (*path, position), problems) for position, child in enumerate(node.value)]


def _check_escapes(node: ScalarNode, path: Path, problems: list[Diagnostic]) -> None:
    """No escape brings in what may not stand in the file itself."""
    if node.style == '"' and _HALF_CHARACTER.search(node.value):
        problems.append(_problem("yaml-escape", node, path))
    elif node.style == '"' and (foreign := _FOREIGN.search(node.value)) is not None:
        problems.append(_problem("foreign-character", node, path, character=_code_of(foreign)))


def _scalar(node: ScalarNode, path: Path, problems: list[Diagnostic]) -> Text | None:
    if node.value in _NULLS and not node.style:
        return None
    _check_escapes(node, path, problems)
    is_folded = node.start_mark.line != node.end_mark.line
    text = FoldedText(node.value) if is_folded else Text(node.value)
    text.path = path
    return text


def _mapping(node: MappingNode, path: Path, problems: list[Diagnostic]) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode) or key_node.tag is not None:
            problems.append(_problem("yaml-key-not-text", key_node, path))
            continue
        _check_escapes(key_node, path, problems)
        key = unicodedata.normalize("NFC", key_node.value)
        if _NO_BREAK.search(key):
            shown = _NO_BREAK.sub(" ", key)
            problems.append(_problem("no-break-space-in-key", key_node, path, key=shown))
            continue
        if key == "<<" and not key_node.style:
            problems.append(_problem("yaml-merge-key", key_node, path))
            continue
        value = _built(value_node, (*path, key), problems)
        if value is None and node.flow_style and built and _has_no_colon(key_node, value_node):
            _note_comma(key_node, key, path, built, problems)
            continue
        if value is None:
            where = value_node if value_node.value else key_node
            problems.append(_problem("empty-value", where, (*path, key)))
        if key in built:
            twice = _problem("duplicate-key", key_node, (*path, key), key=key)
            problems.append(twice._replace(related=(("first-given-here", (*path, key)),)))
            continue
        built[key] = value
    return built


def _has_no_colon(key: Node, value: Node) -> bool:
    """Whether a key in braces stands alone: what follows a comma inside a value without quotes."""
    is_empty = value.start_mark.index == value.end_mark.index
    return is_empty and bool(value.start_mark.index - key.end_mark.index <= 1)


def _note_comma(
    node: Node, rest: str, path: Path, built: dict[str, Any], problems: list[Diagnostic]
) -> None:
    """A value of a flow mapping that a comma ended; several commas of one value are one problem."""
    before, last = next(reversed(built)), problems[-1] if problems else None
    rest = rest if rest[:1].isdigit() else f" {rest}"
    of_one = last is not None and last.name == "comma-ends-value" and last.path == path
    if last is not None and of_one and last.values["key"] == before:
        whole = f"{last.values['whole']},{rest}"
        problems[-1] = last._replace(values={**last.values, "whole": whole})
        return
    whole = f"{built[before]},{rest}"
    values = {"key": before, "rest": rest.strip(), "whole": whole}
    problems.append(_problem("comma-ends-value", node, path, **values))
