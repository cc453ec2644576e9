"""What libyaml lets pass although YAML 1.2 forbids it: text that two readers would take for two things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from cpcalc.diagnostics import Diagnostic, Span

# A comment glued to a value, or a `?` glued to a key: only a file with one of these, or with a value that runs over
# several lines, is walked.
_GLUED = ('"#', "'#", "]#", "}#")
_QUESTIONS = ("{?", "{ ?", ",?", ", ?")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")
_ONLY_CLOSING = re.compile(r"[\]}]+[,\]}\s]*(?:#.*)?")


def has_glued_marks(text: str) -> bool:
    """Whether a text may hold such a place on one line."""
    return any(mark in text for mark in _GLUED) or (
        "?" in text and any(mark in text for mark in _QUESTIONS)
    )


def refused_leniencies(root: Node, text: str, *, on_one_line: bool) -> Iterator[Diagnostic]:
    """Each such place once; nothing for the usual file. ``on_one_line``: also in values that stand on one line."""
    yield from _walk(root, -1, text, text.split("\n"), on_one_line)


def _walk(
    node: Node, indent: int, text: str, lines: list[str], on_one_line: bool
) -> Iterator[Diagnostic]:
    """``indent`` is the column of the block collection that holds the node; what continues stands right of it."""
    if isinstance(node, ScalarNode):
        yield from _scalar(node, indent, text, lines)
        return
    if isinstance(node, CollectionNode) and node.flow_style:
        yield from _continuation(node, indent, lines)
        yield from _glued_comment(node, text)
        inside = indent
    else:
        inside = node.start_mark.column
    parts = node.value if on_one_line else _on_several_lines(node)
    if isinstance(node, MappingNode):
        for key, value in parts:
            if (
                text[key.start_mark.index - 1 : key.start_mark.index] == "?"
                and key.start_mark.index > 0
            ):
                yield Diagnostic(
                    "yaml-stray-character", (), {"reason": ""}, span=_at(key.start_mark, -1)
                )
            yield from _walk(key, inside, text, lines, on_one_line)
            yield from _walk(value, inside, text, lines, on_one_line)
    else:
        for item in parts:
            yield from _walk(item, inside, text, lines, on_one_line)


def _on_several_lines(node: Node) -> list[Any]:
    """The parts of a collection that run over several lines: most do not."""
    if isinstance(node, MappingNode):
        return [pair for pair in node.value if pair[0].start_mark.line != pair[1].end_mark.line]
    return [item for item in node.value if item.start_mark.line != item.end_mark.line]


def _scalar(node: ScalarNode, indent: int, text: str, lines: list[str]) -> Iterator[Diagnostic]:
    if node.style in ("'", '"'):
        yield from _glued_comment(node, text)
        yield from _continuation(node, indent, lines)
    elif node.style in ("|", ">"):
        header = _BLOCK_HEADER.match(text, node.start_mark.index)
        if header is not None and text[header.end() : header.end() + 1] == "#":
            yield Diagnostic(
                "yaml-comment-needs-space", (), {}, span=_at(node.start_mark, len(header.group()))
            )
        yield from _deep_blank_line(node, lines)


def _glued_comment(node: Node, text: str) -> Iterator[Diagnostic]:
    if text[node.end_mark.index : node.end_mark.index + 1] == "#":
        yield Diagnostic("yaml-comment-needs-space", (), {}, span=_at(node.end_mark, 0))


def _continuation(node: Node, indent: int, lines: list[str]) -> Iterator[Diagnostic]:
    for number in range(node.start_mark.line + 1, min(node.end_mark.line + 1, len(lines))):
        line = lines[number]
        rest = line.strip()
        depth = len(line) - len(line.lstrip(" "))
        if rest and depth <= indent and not _ONLY_CLOSING.fullmatch(rest):
            yield Diagnostic(
                "yaml-indentation",
                (),
                {"reason": ""},
                span=Span(number + 1, 1, number + 1, depth + 2),
            )
            return


def _deep_blank_line(node: ScalarNode, lines: list[str]) -> Iterator[Diagnostic]:
    """Blank lines before a block text that are deeper than its first line."""
    deepest = 0
    for number in range(node.start_mark.line + 1, len(lines)):
        line = lines[number].rstrip("\r")
        if line.strip(" "):
            if deepest > len(line) - len(line.lstrip(" ")) and number > node.start_mark.line + 1:
                place = node.start_mark.line + 2
                yield Diagnostic(
                    "yaml-indentation", (), {"reason": ""}, span=Span(place, 1, place, 2)
                )
            return
        deepest = max(deepest, len(line))


def _at(mark: object, offset: int) -> Span:
    line, column = mark.line + 1, mark.column + 1 + offset  # type: ignore[attr-defined]
    return Span(line, column, line, column + 1)
