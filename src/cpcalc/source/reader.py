"""Read a file's bytes as a safe subset of YAML 1.2: plain data, with a place for every key and value.

One pass of the C parser builds the nodes; every scalar stays the text that was written (no surprises with ``no``,
``12:30`` or ``1e5``); what the subset refuses becomes a diagnostic with a place. Nothing here raises for bad input.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from cpcalc.diagnostics import Diagnostic, Path, Span
from cpcalc.source.strictness import has_glued_marks, refused_leniencies
from cpcalc.source.text import LARGEST_FILE_BYTES, decode, foreign_characters

# An assessment is some hundred lines; these bounds keep a hostile file from taking time or memory.
DEEPEST_NESTING = 24
MOST_ENTRIES = 2000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


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


def _bounded_descent() -> tuple[Callable[[Any, Any], None], Callable[[], None]]:
    """PyYAML's two hooks around each node, used to bound the nesting while composing.

    libyaml before 0.2.6 overflows the stack far above the bound. Closures, because they run twice a node.
    """
    depth = 0

    def descend(parent: Any, index: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST_NESTING:
            raise _TooDeep(parent.start_mark if parent is not None else None)

    def ascend() -> None:
        nonlocal depth
        depth -= 1

    return descend, ascend


def _untyped(kind: Any, value: Any, implicit: Any) -> None:
    """Stands in for PyYAML's resolver: no scalar gets a type."""


if yaml.__with_libyaml__:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    class _Composer(CParser):
        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)
            self.descend_resolver, self.ascend_resolver = _bounded_descent()
            self.resolve = _untyped

else:  # the pure parser: about 25 times slower, the same answers

    class _Composer(
        yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer
    ):  # type: ignore[no-redef]
        def __init__(self, text: str) -> None:
            yaml.reader.Reader.__init__(self, text)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)
            yaml.composer.Composer.__init__(self)
            self.descend_resolver, self.ascend_resolver = _bounded_descent()
            self.resolve = _untyped


class Document:
    """A file read: ``tree`` of dict, list, Text and None; diagnostics; places of keys and values on demand."""

    __slots__ = ("_lines", "_root", "diagnostics", "name", "text", "tree")

    def __init__(
        self, name: str, text: str, tree: Any, root: Node | None, diagnostics: list[Diagnostic]
    ) -> None:
        self.name = name
        self.text = text
        self.tree = tree
        self.diagnostics = diagnostics
        self._root = root
        self._lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """The text in lines."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines

    def with_tree(self, tree: Any) -> Document:
        """The same file with other values in its tree: a what-if."""
        return Document(self.name, self.text, tree, self._root, self.diagnostics)

    def place(self, path: Path, *, on_key: bool = False) -> Span | None:
        """Where a path stands in the text; the nearest enclosing place where the path itself is not there."""
        node = self._root
        key: Node | None = None
        for step in path:
            if step == 0 and isinstance(node, MappingNode | ScalarNode):
                continue  # a single item that stands without its list
            found = _child(node, step)
            if found is None:
                return (
                    _span(key)
                    if key is not None
                    else (_first_span(node) if node is not None else None)
                )
            key, node = found
        if node is None:
            return None
        if key is not None and (on_key or not isinstance(node, ScalarNode)):
            return _span(key)
        if isinstance(node, ScalarNode):
            return _span(
                key if key is not None and node.start_mark.index == node.end_mark.index else node
            )
        return _first_span(node)

    def is_quoted(self, path: Path) -> bool:
        """Whether the value at a path is written in quotes."""
        node = self._root
        for step in path:
            found = _child(node, step)
            if found is None:
                return False
            node = found[1]
        return isinstance(node, ScalarNode) and node.style in ("'", '"')


def read(data: bytes, name: str) -> Document:
    """Read the bytes of a file called ``name``; all problems found are in the document's diagnostics."""
    if len(data) > LARGEST_FILE_BYTES:
        megabytes = f"{LARGEST_FILE_BYTES // 1024 // 1024}"
        return Document(
            name,
            "",
            None,
            None,
            [Diagnostic("file-too-large", (), {"limit": megabytes}, span=_START)],
        )
    text, problem = decode(data)
    if problem is not None:
        return Document(name, text, None, None, [problem])
    diagnostics = _Found(foreign_characters(text))
    if diagnostics:
        return Document(name, text, None, None, diagnostics)
    diagnostics.extend(_refused_constructs(text))
    if diagnostics:
        return Document(name, text, None, None, diagnostics)
    try:
        # A text that ends without a line end would lose the last one of a block text.
        root = _Composer(text if text.endswith("\n") else text + "\n").get_single_node()
    except yaml.YAMLError as error:
        if isinstance(error, _TooDeep) or getattr(error, "problem", None) == _TOO_DEEP_FOR_LIBYAML:
            mark = getattr(error, "problem_mark", None)
            place = _START if mark is None else _mark_span(mark, mark)
            deep = Diagnostic("nesting-too-deep", (), {"limit": str(DEEPEST_NESTING)}, span=place)
            return Document(name, text, None, None, [deep])
        from cpcalc.source.slips import slip  # only a file that cannot be read pays for it

        return Document(name, text, None, None, [slip(error, text)])
    except (
        ValueError,
        OverflowError,
    ):  # the pure parser's own slip on an escape above the last character
        return Document(
            name, text, None, None, [Diagnostic("yaml-escape", (), {}, span=_escape(text))]
        )
    if root is None or (isinstance(root, ScalarNode) and not root.value):
        return Document(name, text, None, None, [Diagnostic("empty-file", (), {}, span=_START)])
    if not isinstance(root, MappingNode):
        return Document(
            name, text, None, root, [Diagnostic("not-a-mapping", (), {}, span=_first_span(root))]
        )
    tree = _build(root, (), diagnostics)
    crowded = next((problem for problem in diagnostics if problem.name == "too-many-entries"), None)
    if crowded is not None:
        return Document(name, text, None, root, [crowded])
    glued = has_glued_marks(text)
    if glued or diagnostics.several_lines:
        diagnostics.extend(refused_leniencies(root, text, on_one_line=glued))
    if " #" in text and _LOST_COMMENT.search(text):
        diagnostics.extend(_lost_comments(root, (), text.split("\n")))
    return Document(name, text, tree, root, diagnostics)


_START = Span(1, 1, 1, 1)
# From 0.2.6 on libyaml stops by itself, at a thousand levels that it looks ahead.
_TOO_DEEP_FOR_LIBYAML = "exceeded maximum nesting depth"
# Escapes that libyaml refuses and the pure parser lets through or stumbles over.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_TOO_HIGH = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")
_NO_BREAK = re.compile("[\u00a0\u2007\u202f\u2060\u200b]")
_MARKS = ("%", "---", "...")
_MARKS_ON_A_LINE = ("\n%", "\n---", "\n...")
_LOST_COMMENT = re.compile(r" #[^\s#!]")


class _Found(list[Diagnostic]):
    """The diagnostics so far, and whether a value runs over several lines (which asks for a closer look)."""

    several_lines = False


def _build(node: Node, path: Path, diagnostics: _Found) -> Any:
    if node.tag is not None:
        tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
        diagnostics.append(Diagnostic("yaml-tag", path, {"tag": tag}, span=_first_span(node)))
    if type(node) is ScalarNode:
        value = node.value
        if value in _NULLS and not node.style:
            return None
        if node.style == '"' and not value.isascii() and _HALF_CHARACTER.search(value):
            diagnostics.append(Diagnostic("yaml-escape", path, {}, span=_span(node)))
        kind = Text
        if node.start_mark.line != node.end_mark.line:
            kind = FoldedText
            diagnostics.several_lines = True
        text = kind(value)
        text.path = path
        return text
    if (
        isinstance(node, CollectionNode)
        and node.flow_style
        and node.start_mark.line != node.end_mark.line
    ):
        diagnostics.several_lines = True
    if len(node.value) > MOST_ENTRIES:
        values = {"limit": str(MOST_ENTRIES)}
        diagnostics.append(Diagnostic("too-many-entries", path, values, span=_first_span(node)))
        return None
    if type(node) is MappingNode:
        return _mapping(node, path, diagnostics)
    return [
        _build(child, (*path, position), diagnostics) for position, child in enumerate(node.value)
    ]


def _mapping(node: MappingNode, path: Path, diagnostics: _Found) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if type(key_node) is not ScalarNode or key_node.tag is not None:
            diagnostics.append(
                Diagnostic("yaml-key-not-text", path, {}, span=_first_span(key_node))
            )
            continue
        if not key.isascii():
            key = unicodedata.normalize("NFC", key)
            if _NO_BREAK.search(key):
                shown = _NO_BREAK.sub(" ", key)
                diagnostics.append(
                    Diagnostic("no-break-space-in-key", path, {"key": shown}, span=_span(key_node))
                )
                continue
        if key == "<<" and not key_node.style:
            diagnostics.append(Diagnostic("yaml-merge-key", path, {}, span=_span(key_node)))
            continue
        child_path = (*path, key)
        value = _build(value_node, child_path, diagnostics)
        if value is None and node.flow_style and built and _has_no_colon(key_node, value_node):
            before = next(reversed(built))
            last = diagnostics[-1] if diagnostics else None
            if last is not None and last.name == "comma-ends-value" and last.path == path:
                whole = {"whole": f"{last.values['whole']},{key}"}
                diagnostics[-1] = last._replace(values={**last.values, **whole})
            else:
                values = {"key": before, "rest": key, "whole": f"{built[before]},{key}"}
                diagnostics.append(
                    Diagnostic("comma-ends-value", path, values, span=_span(key_node))
                )
            continue
        if value is None:
            diagnostics.append(
                Diagnostic(
                    "empty-value",
                    child_path,
                    {},
                    span=_span(value_node if value_node.value else key_node),
                )
            )
        if key in built:
            diagnostics.append(
                Diagnostic(
                    "duplicate-key",
                    child_path,
                    {"key": key},
                    span=_span(key_node),
                    related=(("first-given-here", child_path),),
                )
            )
            continue
        built[key] = value
    return built


def _escape(text: str) -> Span:
    found = _TOO_HIGH.search(text)
    before = text[: found.start()] if found is not None else ""
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return Span(line, column, line, column + 1)


def _has_no_colon(key: Node, value: Node) -> bool:
    """Whether a key of a flow mapping stands alone: what follows a comma inside a value that has no quotes."""
    return bool(
        value.start_mark.index - key.end_mark.index <= 1
        and value.start_mark.index == value.end_mark.index
    )


def _lost_comments(node: Node, path: Path, lines: list[str]) -> Iterator[Diagnostic]:
    """Texts that end where a comment without a space after ``#`` begins: ``Pump #2`` is only ``Pump``."""
    if isinstance(node, ScalarNode):
        end = node.end_mark
        rest = lines[end.line][end.column :] if end.line < len(lines) else ""
        if not node.style and node.value and re.match(r" +#[^\s#!]", rest):
            yield Diagnostic(
                "comment-cuts-text",
                path,
                {"kept": node.value, "lost": rest.strip()},
                span=_span(node),
            )
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _lost_comments(value, (*path, key.value), lines)
    else:
        for position, value in enumerate(node.value):
            yield from _lost_comments(value, (*path, position), lines)


def _refused_constructs(text: str) -> Iterator[Diagnostic]:
    """Anchors, aliases, directives and further documents; only files with their characters pay for the look."""
    if not (
        "&" in text
        or "*" in text
        or text.startswith(_MARKS)
        or any(mark in text for mark in _MARKS_ON_A_LINE)
    ):
        return
    documents = 0
    try:
        for event in _events(text):
            span = _mark_span(event.start_mark, event.end_mark)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if event.version or event.tags:
                    yield Diagnostic("yaml-directive", (), {}, span=span)
                if documents == 2:
                    yield Diagnostic("several-documents", (), {}, span=span)
                    return
            elif isinstance(event, yaml.AliasEvent):
                yield Diagnostic("yaml-alias", (), {"anchor": str(event.anchor)}, span=span)
            elif getattr(event, "anchor", None):
                yield Diagnostic("yaml-anchor", (), {"anchor": str(event.anchor)}, span=span)
    except yaml.YAMLError:
        return  # the composing pass reports it


def _events(text: str) -> Iterator[Any]:
    parser = _Composer(text)
    while parser.check_event():
        yield parser.get_event()


def _child(node: Node | None, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and (
                key.value == step or unicodedata.normalize("NFC", key.value) == step
            ):
                return key, value
    elif (
        node is not None
        and not isinstance(node, ScalarNode)
        and isinstance(step, int)
        and step < len(node.value)
    ):
        return None, node.value[step]
    return None


def _span(node: Node) -> Span:
    return _mark_span(node.start_mark, node.end_mark)


def _first_span(node: Node) -> Span:
    """The first key or item of a collection stands for it: a caret under forty lines helps nobody."""
    while not isinstance(node, ScalarNode) and node.value:
        node = node.value[0][0] if isinstance(node, MappingNode) else node.value[0]
    return _span(node)


def _mark_span(start: Any, end: Any) -> Span:
    if end.line == start.line:
        return Span(
            start.line + 1, start.column + 1, end.line + 1, max(end.column, start.column + 1) + 1
        )
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
