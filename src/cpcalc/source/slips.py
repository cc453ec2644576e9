"""The slips that people make most in YAML: from the parser's complaint to what was done, and where."""

from __future__ import annotations

import re
from typing import Any

import yaml

from cpcalc.diagnostics import Diagnostic, Span

_NO_BREAK_AFTER_COLON = re.compile(" *(?:- +)*([^ :#-][^ :#]*:)[\u00a0\u2007\u202f]")
# The parsers' own words for the slips that people make most, the diagnostic that explains each, and whether the place
# where the construct began says more than the place where the parser gave up.
_SYNTAX = (
    ("cannot start any token", "yaml-stray-character", False),
    ("mapping values are not allowed", "yaml-colon-in-value", False),
    ("mapping keys are not allowed", "yaml-stray-character", False),
    ("found a tab character", "yaml-tab", False),
    ("while scanning an alias", "yaml-stray-character", True),
    ("while scanning an anchor", "yaml-stray-character", True),
    ("while scanning a block scalar", "yaml-stray-character", True),
    ("found unknown escape character", "yaml-escape", False),
    ("invalid Unicode character escape", "yaml-escape", False),
    ("expected escape sequence of", "yaml-escape", False),
    ("did not find expected hexdecimal number", "yaml-escape", False),
    ("while scanning a double-quoted scalar", "yaml-unclosed-quote", True),
    ("while scanning a quoted scalar", "yaml-unclosed-quote", True),
    ("found unexpected ':'", "yaml-missing-colon", False),
    ("while parsing a flow", "yaml-unclosed-bracket", True),
    ("could not find expected ':'", "yaml-missing-colon", True),
    ("did not find expected key", "yaml-indentation", False),
    ("did not find expected '-' indicator", "yaml-indentation", False),
    ("expected <block end>", "yaml-indentation", False),
    ("sequence entries are not allowed", "yaml-indentation", False),
    ("undefined alias", "yaml-alias", False),
    ("expected a single document", "several-documents", False),
    ("expected <document start>", "several-documents", False),
    ("expected '<document start>'", "several-documents", False),
)


def slip(error: yaml.YAMLError, text: str) -> Diagnostic:
    """The diagnostic for what the parser could not read, where the person slipped."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    span = Span(1, 1, 1, 1) if mark is None else _at(mark)
    problem = str(getattr(error, "problem", "") or error)
    context = str(getattr(error, "context", "") or "")
    lines = text.split("\n")
    no_break = _no_break_space_after_colon(lines, span.line)
    if no_break is not None:
        return no_break
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    if "\t" in line[: max(span.column, 1)] and "token" in problem:
        return Diagnostic("yaml-tab", (), {}, span=span)
    for words, name, at_start in _SYNTAX:
        if words in problem or words in context:
            if name == "yaml-colon-in-value" and line[: span.column].count(":") < 2:
                name = "yaml-indentation"  # noqa: PLW2901 - the line above went on into this one
            start = getattr(error, "context_mark", None)
            return Diagnostic(
                name, (), {}, span=_at(start) if at_start and start is not None else span
            )
    return Diagnostic("yaml-syntax", (), {"reason": problem}, span=span)


def _at(mark: Any) -> Span:
    return Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)


def _no_break_space_after_colon(lines: list[str], last: int) -> Diagnostic | None:
    """The slip behind many odd errors: ``key:`` and then a space that YAML does not take for one."""
    for number in range(max(last - 1, 1), min(last, len(lines)) + 1):
        found = _NO_BREAK_AFTER_COLON.match(lines[number - 1])
        if found is not None:
            span = Span(number, found.start(1) + 1, number, found.end() + 1)
            return Diagnostic("no-break-space-in-key", (), {"key": found.group(1)}, span=span)
    return None
