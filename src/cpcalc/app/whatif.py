"""The use case behind `--scenario` and `--set`: a file as it is, beside other values of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cpcalc.app.assess import Options, Outcome, assess_document
from cpcalc.app.files import NotReadableError, read_bytes, unreadable
from cpcalc.app.locate import placed
from cpcalc.app.scenarios import WhatIf, scenarios_of, varied
from cpcalc.checks import BASIC
from cpcalc.diagnostics import Diagnostic, Span
from cpcalc.source.reader import Document, read


class Comparison(NamedTuple):
    """One file as it is, and under each what-if."""

    base: Outcome
    scenarios: tuple[tuple[WhatIf, Outcome], ...]
    texts: Mapping[str, str]  # the values set on the command line, for excerpts


def assignment(text: str) -> tuple[str, str] | None:
    """The path and the value of ``PATH=VALUE``; None where it is neither."""
    path, _, value = (part.strip() for part in text.partition("="))
    return (path, value) if path and value else None


def compare(
    name: str, options: Options, names: Sequence[str], sets: Sequence[tuple[str, str]]
) -> Comparison:
    """Assess a file as it is, under its named scenarios, and with values of the command line."""
    try:
        data = read_bytes(name)
    except NotReadableError as error:
        return Comparison(Outcome(name, None, (unreadable(error),), None), (), {})
    document = read(data, name)
    base = assess_document(document, data, options)
    scenarios = scenarios_of(document)
    known = ", ".join(scenarios) or "-"
    what_ifs: list[WhatIf] = []
    unknown: list[Diagnostic] = []
    for wanted in names:
        if wanted in scenarios:
            what_ifs.append(scenarios[wanted])
        else:
            values = {"scenario": wanted, "known": known}
            unknown.append(Diagnostic("unknown-scenario", ("scenarios",), values, on_key=True))
    base = base._replace(diagnostics=(*base.diagnostics, *placed(unknown, document)))
    if sets:
        what_ifs.append(WhatIf("what-if", {"": "what-if"}, dict(sets)))
    outcomes = tuple((item, _under(document, data, options, item, base)) for item in what_ifs)
    return Comparison(base, outcomes, {_option(path): value for path, value in sets})


def scenario_errors(
    document: Document, data: bytes, options: Options, base: Outcome
) -> tuple[Diagnostic, ...]:
    """What would stop the named scenarios of a file: a check of the file is one of them too."""
    options = options._replace(tier=BASIC)  # a full check has no more errors
    return tuple(
        diagnostic
        for scenario in scenarios_of(document).values()
        for diagnostic in _under(document, data, options, scenario, base).diagnostics
        if diagnostic.severity == "error"
    )


def _under(
    document: Document, data: bytes, options: Options, what_if: WhatIf, base: Outcome
) -> Outcome:
    """The file under a what-if, with the problems that are its own, each where its value is set."""
    changed, origins, problems = varied(document, what_if)
    if problems:
        if not what_if.place:
            problems = [_at_value(item, item.values["path"], what_if) for item in problems]
        return Outcome(document.name, None, placed(problems, document), document)
    outcome = assess_document(changed, data, options._replace(is_varied=True))
    known = {(item.name, item.span) for item in base.diagnostics}
    own = []
    for item in outcome.diagnostics:
        set_by = [dotted for path, dotted in origins.items() if item.path[: len(path)] == path]
        if not set_by:
            own += [item] if (item.name, item.span) not in known else []
        elif what_if.place:
            own.append(item._replace(span=document.place((*what_if.place, set_by[0]))))
        else:
            own.append(_at_value(item, set_by[0], what_if))
    return outcome._replace(document=document, diagnostics=tuple(own))


def _at_value(problem: Diagnostic, dotted: str, what_if: WhatIf) -> Diagnostic:
    """A problem of a value set on the command line: its place is the value itself."""
    span = Span(1, 1, 1, len(what_if.values[dotted]) + 1)
    return problem._replace(file=_option(dotted), span=span)


def _option(dotted: str) -> str:
    return f"--set {dotted}"
