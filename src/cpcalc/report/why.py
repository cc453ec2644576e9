"""Where a figure comes from, formula by formula, down to lines of the file and cited factors."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.report.json_result import Data, written
from cpcalc.report.layout import harmless, wrapped
from cpcalc.report.numbers import A_YEAR, GAP, decimal, in_language, shown
from cpcalc.texts import equation_words, number_word, operand_word, reason, word, words_of

WIDTH_CELLS = 80
INDENT = "  "
# A longer trace is shown only as deep as it stays within so many lines.
MOST_LINES = 80
SMALLEST_PLAIN = 1e-3
LEAST_SAID_IN_WORDS = 1e6


class Sources(NamedTuple):
    """What origins refer to: the place of a path (``file:line:column``), a factor's citation."""

    place: Callable[[Any], str]
    citations: Mapping[str, str]
    names: Mapping[int, str] = {}  # of the result's figures, by identity


def why_lines(
    name: str,
    figure: Reported,
    sources: Sources,
    language: str,
    known: dict[int, str] | None = None,
    depth: int | None = None,
) -> Iterator[str]:
    """The tree as text, each step indented under what it is a part of, ``depth`` levels of it.

    ``known`` are the steps that stand in other trees already, with the names of these; those of
    this tree are put into it.
    """
    if isinstance(figure, NotApplicable):
        yield f"{harmless(name)}: {word(figure.code, language)}"
        yield f"  {reason(figure.because, language)}"
        for field in figure.missing:
            yield f"  {word('missing', language)}: {field}"
        return
    known, root = {} if known is None else known, harmless(name)
    cited = set[str]()
    for indent, label, step, above in _steps(root, figure, "", known, root):
        if depth is not None and len(indent) > depth * len(INDENT):
            continue
        named = sources.names.get(id(step)) if indent and label.startswith("term ") else None
        head = f"{indent}{named or operand_word(label, language)} = {precise(step, language)}"
        if above is not None:
            where = f": {above}" if above != root else ""
            yield f"{head}   ({word('as-above', language)}{where})"
            continue
        beside, below = _explained(step, sources, language, cited)
        yield head + (f"   {beside}" if beside else "")
        if below:
            deeper = indent + INDENT
            yield from (deeper + line for line in wrapped(below, WIDTH_CELLS - len(deeper)))


def trace(
    name: str, figure: Reported, sources: Sources, language: str, depth: int | None = None
) -> list[str]:
    """The tree to a depth, by default as deep as it stays readable; at the end what is cut off."""

    def to(level: int) -> list[str]:
        return list(why_lines(name, figure, sources, language, depth=level))

    level = depth or 1
    lines, deeper = to(level), to(level + 1)
    while depth is None and len(lines) < len(deeper) <= MOST_LINES:
        level, lines, deeper = level + 1, deeper, to(level + 2)
    if len(lines) < len(deeper):
        lines.append(word("why-cut", language, depth=level, deeper=level + 1))
    return lines


def _steps(
    name: str, figure: Figure, indent: str, known: dict[int, str], root: str
) -> Iterator[tuple[str, str, Figure, str | None]]:
    """A figure and all it is made of: indent, name, figure, in which tree it stands above."""
    while len(figure.operands) == 1 and is_sum(figure):
        figure = figure.operands[0]  # a sum of one term is that term: not worth a line
    above = known.get(id(figure)) if indent else None  # what is asked for is always explained
    known.setdefault(id(figure), root)
    yield indent, name, figure, above
    if above is None:
        for label, operand in _operands(figure):
            yield from _steps(label, operand, indent + INDENT, known, root)


def _explained(figure: Figure, sources: Sources, language: str, cited: set[str]) -> tuple[str, str]:
    """What stands beside a step and below it: its formula, the first time with its equation, or
    where it stands and what is cited."""
    if figure.formula is not None:
        card = getattr(figure.formula, "card", None)
        if card is None:
            return "", ""
        if card.symbol in cited:
            return f"[{card.symbol}]", ""
        cited.add(card.symbol)
        said = words_of("remarks", language).get(card.symbol, card.source)
        source = "" if said == "definition" else f"; {said}"
        equation = equation_words(card.symbol, card.equation, language)
        return "", f"{equation}   [{card.symbol}{source}]"
    origin = _origin_data(figure, sources)
    text = harmless(str(origin["text"]))
    if "place" in origin:
        return f"`{text}`  {harmless(origin['place'])}", ""
    if "factor" in origin:
        return f"`{text}`  {origin['factor']}", harmless(origin["citation"])
    return f"({text or word('by-definition', language)})", ""


def _origin_data(figure: Figure, sources: Sources) -> Data:
    """Where an input or a factor comes from."""
    origin = figure.operands[0] if figure.operands else Origin("definition", (), "")
    data: Data = {"origin": origin.kind, "text": origin.text}
    if origin.kind == "input":
        data["place"] = sources.place(origin.reference)
    elif origin.kind == "factor":
        data["factor"] = origin.reference
        data["citation"] = sources.citations.get(str(origin.reference), "")
    return data


def _parameters(figure: Figure) -> Iterable[inspect.Parameter]:
    return inspect.signature(figure.formula).parameters.values() if figure.formula else ()


def is_sum(figure: Figure) -> bool:
    """Whether a step adds its operands up."""
    return any(parameter.kind is parameter.VAR_POSITIONAL for parameter in _parameters(figure))


def _operands(figure: Figure) -> Iterator[tuple[str, Figure]]:
    """The operands of a step with the names its formula gives them; those of a sum numbered."""
    names: list[str] = []
    for parameter in _parameters(figure):
        if parameter.kind is parameter.VAR_POSITIONAL:
            one = parameter.name.rstrip("s")
            first = 0 if one == "flow" else 1  # of year 0
            names += [f"{one} {number}" for number in range(first, len(figure.operands) + 1)]
        else:
            names.append(parameter.name)
    return zip(names, figure.operands, strict=False)


def precise(figure: Figure, language: str) -> str:
    """A figure to follow a calculation: six digits in its canonical unit, and as people say it."""
    value, sign = figure.value, number_word("decimal-sign", language)
    if value and abs(value) < SMALLEST_PLAIN:
        text = f"{value:.6g}".replace(".", sign)
    else:
        whole = len(f"{abs(value):.0f}")
        text = decimal(value, max(0, min(6, 7 - whole)), language)
        if sign in text:
            text = text.rstrip("0").rstrip(sign)
    unit = in_language(str(figure.unit), language)
    if unit != "1":
        text = f"{text} {unit}"
    is_much_money = figure.unit.currency is not None and abs(value) >= LEAST_SAID_IN_WORDS
    if is_much_money or figure.unit.exponents == A_YEAR:
        text = f"{text} ({shown(figure, language)})"
    return text.replace(GAP, " ")


def why_data(name: str, figure: Reported, sources: Sources) -> Data:
    """The graph as data: the figures, each once, the one asked for first; operands by number."""
    steps: list[Data] = []
    if isinstance(figure, NotApplicable):
        steps.append({"number": 1, **written(figure)})
    else:
        _number(figure, sources, steps, {})
    return {"schema": "cpcalc/why/1", "figure": name, "steps": steps}


def _number(figure: Figure, sources: Sources, steps: list[Data], known: dict[int, int]) -> int:
    """The number of a figure in the list of steps, where it is put with all it is made of."""
    if id(figure) in known:
        return known[id(figure)]
    number = known[id(figure)] = len(steps) + 1
    step: Data = {"number": number, **written(figure)}
    steps.append(step)
    if figure.formula is None:
        step.update(_origin_data(figure, sources))
        return number
    card = getattr(figure.formula, "card", None)
    if card is not None:
        step["formula"] = {"symbol": card.symbol, "equation": card.equation, "source": card.source}
    step["operands"] = {
        name: _number(operand, sources, steps, known) for name, operand in _operands(figure)
    }
    return number
