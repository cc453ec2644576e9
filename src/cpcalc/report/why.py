"""Where a figure comes from, formula by formula, down to lines of the file and cited factors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.report.json_result import figure_data
from cpcalc.report.layout import harmless, wrapped
from cpcalc.report.numbers import decimal, in_language, shown
from cpcalc.report.words import equation_words, number_word, operand_word, reason, word

WIDTH_CELLS = 80
SMALLEST_PLAIN = 1e-3
LEAST_SAID_IN_WORDS = 1e6
DEFINITION = "definition"
VAR_POSITIONAL = inspect.Parameter.VAR_POSITIONAL


class Sources(NamedTuple):
    """What origins refer to: the place of a path (``file:line:column``), a factor's citation."""

    place: Callable[[Any], str]
    citations: Mapping[str, str]


def why_lines(name: str, figure: Reported, sources: Sources, language: str) -> Iterator[str]:
    """The tree as text, each step indented under what it is a part of."""
    if isinstance(figure, NotApplicable):
        yield f"{harmless(name)}: {word(figure.code, language)}"
        yield f"  {reason(figure.because, language)}"
        for field in figure.missing:
            yield f"  {word('missing', language)}: {field}"
    else:
        yield from _lines(harmless(name), figure, sources, language, "", set())


def _lines(
    name: str, figure: Figure, sources: Sources, language: str, indent: str, known: set[int]
) -> Iterator[str]:
    while len(figure.operands) == 1 and _is_sum(figure):
        figure = figure.operands[0]  # a sum of one term is that term: not worth a line
    head = f"{indent}{name} = {precise(figure, language)}"
    deeper = indent + "  "
    if id(figure) in known:
        yield f"{head}   ({word('as-above', language)})"
        return
    known.add(id(figure))
    if figure.formula is None:
        origin, more = _origin(figure, sources, language)
        yield f"{head}   {origin}"
    else:
        yield head
        more = _equation(figure, language)
    if more:
        yield from (deeper + line for line in wrapped(more, WIDTH_CELLS - len(deeper)))
    for label, operand in operands(figure):
        shown_label = operand_word(label, language)
        yield from _lines(shown_label, operand, sources, language, deeper, known)


def _equation(figure: Figure, language: str) -> str:
    """The formula of a step with its symbol and source; nothing where it has no card."""
    card = getattr(figure.formula, "card", None)
    if card is None:
        return ""
    source = "" if card.source == DEFINITION else f"; {card.source}"
    return f"{equation_words(card.symbol, card.equation, language)}   [{card.symbol}{source}]"


def _origin(figure: Figure, sources: Sources, language: str) -> tuple[str, str]:
    """Where an input or a factor stands, and what is cited for it."""
    origin = _origin_of(figure)
    text = harmless(str(origin.text))
    if origin.kind == "input":
        return f"`{text}`  {harmless(sources.place(origin.reference))}", ""
    if origin.kind == "factor":
        citation = sources.citations.get(str(origin.reference), "")
        return f"`{text}`  {origin.reference}", harmless(citation)
    return f"({text or word('by-definition', language)})", ""


def _origin_of(figure: Figure) -> Origin:
    return figure.operands[0] if figure.operands else Origin("definition", (), "")


def _is_sum(figure: Figure) -> bool:
    return any(parameter.kind is VAR_POSITIONAL for parameter in _parameters(figure))


def _parameters(figure: Figure) -> list[inspect.Parameter]:
    if figure.formula is None:
        return []
    return list(inspect.signature(figure.formula).parameters.values())


def operands(figure: Figure) -> Iterator[tuple[str, Figure]]:
    """The operands of a step with the names its formula gives them."""
    names: list[str] = []
    for parameter in _parameters(figure):
        if parameter.kind is VAR_POSITIONAL:
            one = parameter.name.rstrip("s")
            names += [f"{one} {number}" for number in range(1, len(figure.operands) + 1)]
        else:
            names.append(parameter.name)
    yield from zip(names, figure.operands, strict=False)


def precise(figure: Figure, language: str) -> str:
    """A figure to follow a calculation: six digits in its canonical unit, and as people say it."""
    value = figure.value
    unit = in_language(str(figure.unit), language)
    tiny = f"{value:.6g}".replace(".", number_word("decimal-sign", language))
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
    sign = number_word("decimal-sign", language)
    return text.rstrip("0").rstrip(sign) if sign in text else text


def why_data(name: str, figure: Reported, sources: Sources) -> dict[str, Any]:
    """The graph as data: the figures, each once, the one asked for first; operands by number."""
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
    origin = _origin_of(figure)
    written: dict[str, Any] = {"origin": origin.kind, "text": origin.text}
    if origin.kind == "input":
        written["place"] = sources.place(origin.reference)
    elif origin.kind == "factor":
        written["factor"] = origin.reference
        written["citation"] = sources.citations.get(str(origin.reference), "")
    return written
