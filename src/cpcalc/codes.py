"""The catalogue of diagnostics: number, name and severity of each. The sentences are in the text tables."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "notice"]


class Code(NamedTuple):
    """One kind of problem."""

    number: str
    name: str
    severity: Severity


# CP1xx file and YAML · CP2xx shape, numbers and units · CP3xx references · CP4xx balances and plausibility ·
# CP5xx money · CP6xx factors and emissions · CP9xx ours. Numbers are never given twice.
CODES: tuple[Code, ...] = (
    Code("CP101", "file-not-readable", "error"),
    Code("CP102", "file-too-large", "error"),
    Code("CP103", "wrong-encoding", "error"),
    Code("CP104", "foreign-character", "error"),
    Code("CP105", "empty-file", "error"),
    Code("CP106", "not-a-mapping", "error"),
    Code("CP107", "not-a-cpcalc-file", "error"),
    Code("CP110", "yaml-syntax", "error"),
    Code("CP111", "yaml-tab", "error"),
    Code("CP112", "yaml-stray-character", "error"),
    Code("CP113", "yaml-colon-in-value", "error"),
    Code("CP114", "yaml-unclosed-quote", "error"),
    Code("CP115", "yaml-unclosed-bracket", "error"),
    Code("CP116", "yaml-missing-colon", "error"),
    Code("CP117", "yaml-indentation", "error"),
    Code("CP120", "duplicate-key", "error"),
    Code("CP121", "yaml-alias", "error"),
    Code("CP122", "yaml-anchor", "error"),
    Code("CP123", "yaml-merge-key", "error"),
    Code("CP124", "yaml-tag", "error"),
    Code("CP125", "yaml-directive", "error"),
    Code("CP126", "several-documents", "error"),
    Code("CP127", "yaml-key-not-text", "error"),
    Code("CP128", "no-break-space-in-key", "error"),
    Code("CP129", "comma-ends-value", "error"),
    Code("CP130", "comment-cuts-text", "warning"),
    Code("CP131", "nesting-too-deep", "error"),
    Code("CP201", "missing-field", "error"),
    Code("CP202", "unknown-key", "error"),
    Code("CP203", "wrong-kind-of-unit", "error"),
    Code("CP204", "empty-value", "error"),
    Code("CP205", "not-a-choice", "error"),
    Code("CP206", "wrong-shape", "error"),
    Code("CP207", "not-an-id", "error"),
    Code("CP208", "not-a-date", "error"),
    Code("CP209", "format-version", "error"),
    Code("CP210", "text-too-long", "error"),
    Code("CP211", "not-true-or-false", "error"),
    Code("CP212", "out-of-range", "error"),
    Code("CP213", "keys-exclude-each-other", "error"),
    Code("CP214", "one-of-keys-needed", "error"),
    Code("CP215", "multi-line-quantity", "error"),
    Code("CP220", "ambiguous-number", "error"),
    Code("CP221", "not-a-number", "error"),
    Code("CP222", "number-with-exponent", "error"),
    Code("CP223", "number-in-another-base", "error"),
    Code("CP224", "number-begins-with-zero", "error"),
    Code("CP225", "number-separators", "error"),
    Code("CP226", "number-without-digits-after-the-point", "error"),
    Code("CP227", "other-decimal-sign", "error"),
    Code("CP228", "number-too-large", "error"),
    Code("CP229", "arithmetic-in-a-number", "error"),
    Code("CP230", "range-in-a-number", "error"),
    Code("CP231", "foreign-digits", "error"),
    Code("CP232", "two-scale-words", "error"),
    Code("CP233", "not-a-whole-number", "error"),
    Code("CP240", "unit-missing", "error"),
    Code("CP241", "unit-unexpected", "error"),
    Code("CP242", "unknown-unit", "error"),
    Code("CP243", "misspelt-unit", "error"),
    Code("CP244", "refused-unit", "error"),
    Code("CP245", "unit-two-words", "error"),
    Code("CP246", "unit-unreadable", "error"),
    Code("CP247", "unit-with-number", "error"),
)

CATALOGUE: MappingProxyType[str, Code] = MappingProxyType({code.name: code for code in CODES})
BY_NUMBER: MappingProxyType[str, Code] = MappingProxyType({code.number: code for code in CODES})
