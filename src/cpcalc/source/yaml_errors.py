"""What is wrong with a text as YAML: slips behind the parser's complaints, and what it lets pass.

libyaml accepts some texts that YAML 1.2 forbids and that two readers would take for two things.
"""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from cpcalc.diagnostics import Diagnostic, Path, Span
from cpcalc.texts import read_texts

# ---- places -------------------------------------------------------------------------------------


def mark_span(start: Any, end: Any) -> Span:
    """The place from one mark of the parser to another; at least one character of a line."""
    end_column = end.column
    if end.line == start.line:
        end_column = max(end.column, start.column + 1)
    return Span(start.line + 1, start.column + 1, end.line + 1, end_column + 1)


def first_span(node: Node) -> Span:
    """The place of a scalar; of a collection that of its first key or item.

    A caret under forty lines helps nobody.
    """
    while not isinstance(node, ScalarNode) and node.value:
        node = node.value[0][0] if isinstance(node, MappingNode) else node.value[0]
    return mark_span(node.start_mark, node.end_mark)


def _at(mark: Any, offset: int = 0) -> Span:
    line, column = mark.line + 1, mark.column + 1 + offset
    return Span(line, column, line, column + 1)


# ---- what the parser cannot read ----------------------------------------------------------------

_NO_BREAK_AFTER_COLON = re.compile(" *(?:- +)*([^ :#-][^ :#]*:)[\u00a0\u2007\u202f]")


def unreadable_yaml(error: yaml.YAMLError, text: str) -> Diagnostic:
    """The diagnostic for what the parser could not read, where the person slipped."""
    start = getattr(error, "context_mark", None)
    mark = getattr(error, "problem_mark", None) or start
    span = Span(1, 1, 1, 1) if mark is None else _at(mark)
    problem = str(getattr(error, "problem", "") or error)
    context = str(getattr(error, "context", "") or "")
    lines = text.split("\n")
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    no_break = _no_break_space_after_colon(lines, span.line)
    if no_break is not None:
        return no_break
    if "\t" in line[: max(span.column, 1)] and "token" in problem:
        return Diagnostic("yaml-tab", (), {}, span=span)
    for complaint in read_texts("yaml_complaints")["complaints"]:
        if complaint["words"] not in problem and complaint["words"] not in context:
            continue
        name = complaint["name"]
        if name == "yaml-colon-in-value" and line[: span.column].count(":") < 2:
            name = "yaml-indentation"  # the line above went on into this one
        if "at-start" in complaint and start is not None:
            span = _at(start)
        return Diagnostic(name, (), {}, span=span)
    return Diagnostic("yaml-syntax", (), {"reason": problem}, span=span)


def _no_break_space_after_colon(lines: list[str], last: int) -> Diagnostic | None:
    """The slip behind many odd errors: ``key:``, then a space that YAML takes for none."""
    for number in range(max(last - 1, 1), min(last, len(lines)) + 1):
        match = _NO_BREAK_AFTER_COLON.match(lines[number - 1])
        if match is not None:
            span = Span(number, match.start(1) + 1, number, match.end() + 1)
            return Diagnostic("no-break-space-in-key", (), {"key": match[1]}, span=span)
    return None


# ---- what the parser lets pass ------------------------------------------------------------------

_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")
_ONLY_CLOSING = re.compile(r"[\]}]+[,\]}\s]*(?:#.*)?")
_LOST_COMMENT = re.compile(r" +#[^\s#!]")


def refused_leniencies(
    node: Node, text: str, lines: list[str], indent: int = -1
) -> Iterator[Diagnostic]:
    """Each place that libyaml accepts and YAML 1.2 forbids, once.

    ``indent`` is the column of the block around the node; what continues stands right of it.
    """
    is_flow = isinstance(node, CollectionNode) and node.flow_style
    is_quoted = isinstance(node, ScalarNode) and node.style in ("'", '"')
    if is_flow or is_quoted:
        yield from _continuation(node, indent, lines)
        if text.startswith("#", node.end_mark.index):
            yield Diagnostic("yaml-comment-needs-space", (), {}, span=_at(node.end_mark))
    if isinstance(node, ScalarNode):
        if node.style in ("|", ">"):
            yield from _block_text(node, text, lines)
        return
    inside = indent if is_flow else node.start_mark.column
    for part in node.value:
        if isinstance(node, MappingNode):
            key, value = part
            if text.startswith("?", key.start_mark.index - 1) and key.start_mark.index:
                span = _at(key.start_mark, -1)
                yield Diagnostic("yaml-stray-character", (), {"reason": ""}, span=span)
            yield from refused_leniencies(key, text, lines, inside)
            yield from refused_leniencies(value, text, lines, inside)
        else:
            yield from refused_leniencies(part, text, lines, inside)


def _continuation(node: Node, indent: int, lines: list[str]) -> Iterator[Diagnostic]:
    """The first line of a value on several lines that stands too far left."""
    for number in range(node.start_mark.line + 1, min(node.end_mark.line + 1, len(lines))):
        line = lines[number]
        rest = line.strip()
        depth = len(line) - len(line.lstrip(" "))
        if rest and depth <= indent and not _ONLY_CLOSING.fullmatch(rest):
            span = Span(number + 1, 1, number + 1, depth + 2)
            yield Diagnostic("yaml-indentation", (), {"reason": ""}, span=span)
            return


def _block_text(node: ScalarNode, text: str, lines: list[str]) -> Iterator[Diagnostic]:
    """A comment glued to the sign of a block text; blank lines deeper than its first line."""
    header = _BLOCK_HEADER.match(text, node.start_mark.index)
    if header is not None and text.startswith("#", header.end()):
        span = _at(node.start_mark, len(header[0]))
        yield Diagnostic("yaml-comment-needs-space", (), {}, span=span)
    below = [line.rstrip("\r") for line in lines[node.start_mark.line + 1 :]]
    blank = list(takewhile(lambda line: not line.strip(" "), below))
    for first in below[len(blank) : len(blank) + 1]:
        if max(map(len, blank), default=0) > len(first) - len(first.lstrip(" ")):
            place = node.start_mark.line + 2
            span = Span(place, 1, place, 2)
            yield Diagnostic("yaml-indentation", (), {"reason": ""}, span=span)


def lost_comments(node: Node, path: Path, lines: list[str]) -> Iterator[Diagnostic]:
    """Texts cut by a comment without a space after ``#``: ``Pump #2`` is only ``Pump``."""
    if isinstance(node, ScalarNode):
        end = node.end_mark
        rest = lines[end.line][end.column :] if end.line < len(lines) else ""
        if not node.style and node.value and _LOST_COMMENT.match(rest):
            values = {"kept": node.value, "lost": rest.strip()}
            yield Diagnostic("comment-cuts-text", path, values, span=first_span(node))
        return
    for position, part in enumerate(node.value):
        is_pair = isinstance(node, MappingNode)
        step, value = (part[0].value, part[1]) if is_pair else (position, part)
        yield from lost_comments(value, (*path, step), lines)
