"""Where a figure comes from: formula by formula, down to the lines of the file and the cited factors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.report.formula_words import equation_words, operand_word
from cpcalc.report.json_result import figure_data
from cpcalc.report.layout import harmless, wrapped
from cpcalc.report.numbers import decimal, in_language, shown
from cpcalc.report.reasons import reason
from cpcalc.report.words import word

WIDTH_CELLS = 80
SMALLEST_PLAIN = 1e-3
LEAST_SAID_IN_WORDS = 1e6
DEFINITION = "definition"


class Sources(NamedTuple):
    """What origins refer to: the place of a document path (``file:line:column``), the citation of a factor."""

    place: Callable[[Any], str]
    citations: Mapping[str, str]


def why_lines(name: str, figure: Reported, sources: Sources, language: str) -> Iterator[str]:
    """The tree as text, each step indented under what it is a part of."""
    if isinstance(figure, NotApplicable):
        yield f"{harmless(name)}: {word(figure.code, language)}"
        yield f"  {reason(figure.because, language)}"
        for field in figure.missing:
            yield f"  {word('missing', language)}: {field}"
        return
    yield from _lines(harmless(name), figure, sources, language, 0, {})


def _lines(
    name: str, figure: Figure, sources: Sources, language: str, depth: int, known: dict[int, str]
) -> Iterator[str]:
    indent = "  " * depth
    figure = _told(figure)
    head = f"{indent}{name} = {precise(figure, language)}"
    if id(figure) in known:
        yield f"{head}   ({word('as-above', language)})"
        return
    known[id(figure)] = name
    if figure.formula is None:
        yield from _origin(head, figure, sources, language, depth)
        return
    card = getattr(figure.formula, "card", None)
    yield head
    if card is not None:
        source = "" if card.source == DEFINITION else f"; {card.source}"
        equation = equation_words(card.symbol, card.equation, language)
        lines = wrapped(
            f"{equation}   [{card.symbol}{source}]", WIDTH_CELLS - len(indent) - len("  ")
        )
        yield from (f"{indent}  {line}" for line in lines)
    for operand_name, operand in operands(figure):
        yield from _lines(
            operand_word(operand_name, language), operand, sources, language, depth + 1, known
        )


def _told(figure: Figure) -> Figure:
    """A sum of one term is that term: the step is not worth a line."""
    while figure.formula is not None and len(figure.operands) == 1 and _is_sum(figure.formula):
        figure = figure.operands[0]
    return figure


def _is_sum(formula: Any) -> bool:
    return any(
        p.kind is inspect.Parameter.VAR_POSITIONAL
        for p in inspect.signature(formula).parameters.values()
    )


def _origin(
    head: str, figure: Figure, sources: Sources, language: str, depth: int
) -> Iterator[str]:
    origin = figure.operands[0] if figure.operands else Origin("definition", (), "")
    text = harmless(str(origin.text))
    if origin.kind == "input":
        yield f"{head}   `{text}`  {harmless(sources.place(origin.reference))}"
    elif origin.kind == "factor":
        yield f"{head}   `{text}`  {origin.reference}"
        citation = sources.citations.get(str(origin.reference), "")
        indent = "  " * (depth + 1)
        for line in wrapped(harmless(citation), WIDTH_CELLS - len(indent)) if citation else ():
            yield indent + line
    else:
        yield f"{head}   ({text or word('by-definition', language)})"


def operands(figure: Figure) -> Iterator[tuple[str, Figure]]:
    """The operands of a step with the names its formula gives them."""
    assert figure.formula is not None
    names: list[str] = []
    for parameter in inspect.signature(figure.formula).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            names += [
                f"{parameter.name.rstrip('s')} {number}"
                for number in range(1, len(figure.operands) + 1)
            ]
        else:
            names.append(parameter.name)
    yield from ((name, operand) for name, operand in zip(names, figure.operands, strict=False))


def precise(figure: Figure, language: str) -> str:
    """A figure for following a calculation: six significant digits in its canonical unit, and as people say it."""
    value = figure.value
    unit = in_language(str(figure.unit), language)
    tiny = f"{value:.6g}".replace(".", "," if language == "vi" else ".")
    digits = tiny if value and abs(value) < SMALLEST_PLAIN else _plain(value, language)
    text = digits if unit == "1" else f"{digits} {unit}"
    is_duration = figure.unit.exponents == (("year", 1),)
    if is_duration or (figure.unit.currency is not None and abs(value) >= LEAST_SAID_IN_WORDS):
        return f"{text} ({shown(figure, language)})".replace("\u00a0", " ")
    return text


def _plain(value: float, language: str) -> str:
    whole = len(f"{abs(value):.0f}")
    decimals = max(0, min(6, 7 - whole))
    text = decimal(value, decimals, language).replace("\u00a0", " ")
    sign = "," if language == "vi" else "."
    return text.rstrip("0").rstrip(sign) if sign in text else text


def why_data(name: str, figure: Reported, sources: Sources) -> dict[str, Any]:
    """The graph as JSON data: the figures, each once, the one asked for first; operands by number."""
    steps: list[dict[str, Any]] = []
    if isinstance(figure, NotApplicable):
        steps.append({"number": 1, **figure_data(figure)})
    else:
        _number(figure, sources, steps, {})
    return {"schema": "cpcalc/why/1", "figure": name, "steps": steps}


def _number(
    figure: Figure, sources: Sources, steps: list[dict[str, Any]], known: dict[int, int]
) -> int:
    """The number of a figure in the list of steps, where it is put with all it is made of."""
    if id(figure) in known:
        return known[id(figure)]
    number = known[id(figure)] = len(steps) + 1
    step: dict[str, Any] = {"number": number, **figure_data(figure)}
    steps.append(step)
    if figure.formula is None:
        step.update(_written_origin(figure, sources))
        return number
    card = getattr(figure.formula, "card", None)
    if card is not None:
        step["formula"] = {"symbol": card.symbol, "equation": card.equation, "source": card.source}
    step["operands"] = {
        name: _number(operand, sources, steps, known) for name, operand in operands(figure)
    }
    return number


def _written_origin(figure: Figure, sources: Sources) -> dict[str, Any]:
    origin = figure.operands[0] if figure.operands else Origin("definition", (), "")
    written: dict[str, Any] = {"origin": origin.kind, "text": origin.text}
    if origin.kind == "input":
        written["place"] = sources.place(origin.reference)
    elif origin.kind == "factor":
        written["factor"] = origin.reference
        written["citation"] = sources.citations.get(str(origin.reference), "")
    return written
