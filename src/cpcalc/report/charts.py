"""Charts of results, drawn by matplotlib only when a writer asks for one.

The same figures always give the same bytes. Colours differ in lightness too (Okabe and Ito's), what
is negative or lost is hatched, and each figure stands in the text alternative.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import accumulate
from typing import Any
from warnings import catch_warnings

from cpcalc.figures import Figure
from cpcalc.report.layout import Picture
from cpcalc.report.numbers import cell, decimal, scale_of, shown
from cpcalc.report.tables import cut
from cpcalc.texts import word

BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#595959"
INCHES_WIDE, INCHES_A_BAR, DOTS_AN_INCH = 7.0, 0.3, 200
LONGEST_LABEL, MOST_BARS = 28, 40  # of more bars a table says more
WIDEST_LINEAR = 30  # the largest over the smallest of an axis without powers
GAP = 0.1  # between the streams of a side, of what goes through
CURVE = 24  # steps of a ribbon's edge
# Text as outlines looks the same on every machine; the words stand in the alternative.
STYLE: Any = {
    "svg.hashsalt": "cpcalc", "svg.fonttype": "path", "text.parse_math": False, "font.size": 9,
    "axes.spines.top": False, "axes.spines.right": False, "hatch.color": "white",
    "hatch.linewidth": 0.6,
}  # fmt: skip
Bar = tuple[str, Figure]


def _picture(
    title: str, said: Sequence[str], inches: float, paint: Callable[[Any], None]
) -> Picture:
    def draw(form: str) -> bytes:
        from matplotlib import rc_context
        from matplotlib.figure import Figure as Canvas

        with rc_context(STYLE), catch_warnings(action="ignore"):  # letters that its font lacks
            canvas = Canvas(figsize=(INCHES_WIDE, inches), layout="constrained")
            paint(canvas.subplots())
            file, nothing = BytesIO(), "Date" if form == "svg" else "Software"
            canvas.savefig(file, format=form, dpi=DOTS_AN_INCH, metadata={nothing: None})
        return file.getvalue()

    return Picture(title, "; ".join(said), draw)


def _said(bars: Sequence[Bar], language: str) -> list[str]:
    return [f"{label}: {shown(figure, language)}" for label, figure in bars]


def waterfall(
    key: str, named: Iterable[tuple[str, object]], total: object, language: str
) -> Iterator[Picture]:
    """A bar for each figure that begins where the last one ends, and one for their total."""
    bars = [(name, figure) for name, figure in named if isinstance(figure, Figure)]
    if not 2 <= len(bars) <= MOST_BARS or not isinstance(total, Figure):
        return
    rows = [*bars, (word("total", language), total)]
    scale = scale_of([figure for _, figure in rows], language)

    def paint(axes: Any) -> None:
        starts = [*accumulate((figure.value for _, figure in bars[:-1]), initial=0.0), 0.0]
        for place, ((_, figure), start) in enumerate(zip(rows, starts, strict=True)):
            is_less = figure.value < 0
            colour = GREY if place == len(bars) else ORANGE if is_less else BLUE
            axes.barh(place, figure.value, left=start, color=colour, hatch="///" * is_less)
            text = f" {cell(figure, scale, language)}"
            axes.text(max(start, start + figure.value), place, text, va="center")
        axes.set_yticks(range(len(rows)), [cut(label, LONGEST_LABEL) for label, _ in rows])
        axes.set_xticks([])
        axes.set_xlabel(scale.unit)
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.margins(x=0.12)
        axes.invert_yaxis()

    inches = 0.6 + INCHES_A_BAR * len(rows)
    yield _picture(word(key, language), _said(rows, language), inches, paint)


def paybacks(named: Iterable[tuple[str, object, object]], language: str) -> Iterator[Picture]:
    """A point for each measure: how soon what investment is paid back."""
    points = [
        (name, one, other)
        for name, one, other in named
        if isinstance(one, Figure) and isinstance(other, Figure)
    ]
    if len(points) < 2:
        return
    scale = scale_of([investment for _, investment, _ in points], language)

    def paint(axes: Any) -> None:
        points.sort(key=lambda point: point[2].value)
        for number, (name, investment, payback) in enumerate(points):
            at = (investment.value / scale.divisor, payback.value)
            beside = (4, 11 * (number % 2) - 8)
            axes.plot(*at, "o", color=BLUE)
            axes.annotate(cut(name, LONGEST_LABEL), at, xytext=beside, textcoords="offset points")
        low, *_, high = sorted(investment.value for _, investment, _ in points)
        axes.set_xscale("log" if 0 < low * WIDEST_LINEAR < high else "linear")
        axes.set_ylim(bottom=0)
        axes.margins(x=0.15)
        _axis(axes.xaxis, f"{word('investment', language)}, {scale.unit}", language)
        _axis(axes.yaxis, word("payback-years", language), language)

    said = [
        f"{name}: {shown(one, language)}, {shown(other, language)}" for name, one, other in points
    ]
    yield _picture(word("payback-chart", language), said, 3.2, paint)


def cash_flow(
    net: Sequence[Figure], cumulative: Sequence[Figure] | None, language: str
) -> Iterator[Picture]:
    """A bar for what each year pays or brings; a line for the sum of present values."""
    scale = scale_of([*net, *(cumulative or ())], language)

    def paint(axes: Any) -> None:
        values = [figure.value / scale.divisor for figure in net]
        hatches = ["///" if value < 0 else "" for value in values]
        colours = [ORANGE if value < 0 else BLUE for value in values]
        axes.bar(range(len(net)), values, color=colours, hatch=hatches)
        if cumulative is not None:
            sums = [figure.value / scale.divisor for figure in cumulative]
            axes.plot(sums, "o-", color="black", label=word("cumulative", language))
            axes.legend(frameon=False)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set_xticks(range(len(net)))
        axes.set_xlabel(word("year", language))
        _axis(axes.yaxis, scale.unit, language)

    bars = [(f"{word('year', language)} {year}", figure) for year, figure in enumerate(net)]
    yield _picture(word("chart", language), _said(bars, language), 3.0, paint)


def _axis(axis: Any, label: str, language: str) -> None:
    from matplotlib.ticker import NullFormatter

    axis.set_label_text(label)
    axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(lambda value, _: decimal(value, _digits(value), language))


def _digits(value: float) -> int:
    """How many decimals a mark of an axis has."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def sankey(
    key: str, inputs: Sequence[Bar], outputs: Sequence[Bar], lost: Collection[Bar], language: str
) -> Iterator[Picture]:
    """What goes in at the left and where it goes at the right; what is ``lost`` is hatched, and
    what nothing is said of is left open."""
    if not inputs or not outputs:
        return
    whole = max(sum(figure.value for _, figure in side) for side in (inputs, outputs))

    def paint(axes: Any) -> None:
        for side, (outer, inner) in ((inputs, (0.0, 1.0)), (outputs, (2.0, 1.0))):
            gap, at, middle = GAP * whole, 0.0, 0.0
            for name, figure in side:
                is_lost = (name, figure) in lost
                _ribbon(axes, (outer, at), (inner, middle), figure.value, is_lost=is_lost)
                text = f"{cut(name, LONGEST_LABEL)}\n{shown(figure, language)}"
                place = at + figure.value / 2
                align = "right" if side is inputs else "left"
                axes.text(outer + (outer - inner) * 0.04, place, text, va="center", ha=align)
                at, middle = at + figure.value + gap, middle + figure.value
        axes.set_xlim(-0.9, 2.9)
        axes.invert_yaxis()
        axes.axis("off")

    ins, outs = _said(inputs, language), _said(outputs, language)
    said = [f"{', '.join(ins)} \u2192 {', '.join(outs)}"]
    inches = 0.8 + 0.5 * max(len(inputs), len(outputs))
    yield _picture(word(key, language), said, inches, paint)


def _ribbon(
    axes: Any, start: tuple[float, float], end: tuple[float, float], width: float, *, is_lost: bool
) -> None:
    """A band from one height to another, along half a wave."""
    steps = [step / CURVE for step in range(CURVE + 1)]
    along = [start[0] + (end[0] - start[0]) * step for step in steps]
    edge = [start[1] + (end[1] - start[1]) * step * step * (3 - 2 * step) for step in steps]
    colour, hatch = (ORANGE, "///") if is_lost else (BLUE, "")
    upper = [height + width for height in edge]
    look = {"facecolor": colour, "edgecolor": "white", "hatch": hatch, "linewidth": 0}
    axes.fill_between(along, edge, upper, **look)
