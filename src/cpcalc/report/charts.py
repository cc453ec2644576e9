"""Charts of results, drawn by matplotlib only when a writer asks for one.

The same figures always give the same bytes. Colours differ in lightness too (Okabe and Ito's), what
is negative or lost is hatched, and each figure stands in the text alternative.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import accumulate
from math import fsum
from typing import Any
from warnings import catch_warnings

from cpcalc.figures import Figure, figures_in, without_residue
from cpcalc.plant import BeforeAfter
from cpcalc.report.layout import Picture
from cpcalc.report.numbers import cell, exact, scale_of, shown
from cpcalc.report.tables import cut
from cpcalc.texts import word, word_in

BLUE, ORANGE, GREY, LIGHT = "#0072B2", "#E69F00", "#595959", "#D9D9D9"
INCHES_WIDE, INCHES_A_BAR, DOTS_AN_INCH = 7.0, 0.3, 200
LONGEST_LABEL, MOST_BARS = 28, 40  # of more bars a table says more
WIDEST_LINEAR = 30  # the largest over the smallest of an axis without powers
MOST_LEVEL = 60  # letters under bars; more are set aslant
LEAST_SHOWN, LOWEST_SLOT = 0.005, 0.08  # of what goes through
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
    key: str, named: Iterable[tuple[str, object]], total: object, language: str,
    plant: BeforeAfter | None = None,
) -> Iterator[Picture]:  # fmt: skip
    """A bar for each figure that begins where the last one ends, and one for their total; or, where
    they take a ``plant`` from what it was to what it is after, these as the first and last bar."""
    bars = [(name, figure) for name, figure in named if isinstance(figure, Figure)]
    if not 2 <= len(bars) <= MOST_BARS or not isinstance(total, Figure):
        return
    scale = scale_of([total, *figures_in(dict(bars).values())], language)
    rows, ends, lowest, sign = [*bars, (word("total", language), total)], [len(bars)], 0.0, 1
    if plant is not None and (both := _ends_of(plant, total)):
        bars = [(name, replace(figure, value=-figure.value)) for name, figure in bars]
        (before, after), ends, sign = both, [0, len(bars) + 1], -1
        rows = [(word("baseline", language), before), *bars, (word("after", language), after)]
        lowest = max(0.0, after.value - total.value)

    def paint(axes: Any) -> None:
        starts = [*accumulate((figure.value for _, figure in rows[:-2]), initial=0.0), 0.0]
        for place, ((_, figure), start) in enumerate(zip(rows, starts, strict=True)):
            is_worse = place not in ends and sign * figure.value < 0
            colour = GREY if place in ends else ORANGE if is_worse else BLUE
            axes.barh(place, figure.value, left=start, color=colour, hatch="///" * is_worse)
            text = f" {cell(figure, scale, language)}"
            axes.text(max(start, start + figure.value), place, text, va="center")
        _labels(axes, rows)
        axes.set_xticks([])
        axes.set_xlabel(f"{scale.unit} ({word('cut-axis', language)})" if lowest else scale.unit)
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.margins(x=0.12)
        if lowest:
            axes.set_xlim(lowest, lowest + 1.2 * (axes.dataLim.xmax - lowest))

    title = word_in("plant" if sign < 0 else "", key, language)
    yield _picture(title, _said(rows, language), 0.6 + INCHES_A_BAR * len(rows), paint)


def _labels(axes: Any, rows: Sequence[tuple[str, Any]]) -> None:
    """A name beside each row, the first above."""
    axes.set_yticks(range(len(rows)), [cut(label, LONGEST_LABEL) for label, _ in rows])
    axes.invert_yaxis()


def _ends_of(plant: BeforeAfter, total: Figure) -> list[Figure]:
    """The plant before and after, where a total is what takes it from one to the other."""
    known = figures_in((plant.before, plant.after))
    if len(known) < 2 or total.value <= 0 or known[0].unit is not total.unit:
        return []
    values = known[0].value, -known[1].value, -total.value
    return [] if without_residue(fsum(values), *values) else known


def by_source(
    key: str, named: Iterable[tuple[str, BeforeAfter]], language: str
) -> Iterator[Picture]:
    """A bar for each source, of what the measures leave and of what they take away."""
    rows = [(name, sides) for name, each in named if len(sides := figures_in(each[:2])) > 1]
    if not rows:
        return
    scale = scale_of([before for _, (before, _) in rows], language)

    def paint(axes: Any) -> None:
        looks = {"avoided": {"color": ORANGE, "hatch": "///"}, "after": {"color": BLUE}}
        for side, (name, look) in enumerate(looks.items()):  # what is left covers what was
            lengths = [sides[side].value / scale.divisor for _, sides in rows]
            axes.barh(range(len(rows)), lengths, label=word(name, language), **look)
        _labels(axes, rows)
        axes.legend(frameon=False)
        _axis(axes.xaxis, scale.unit, language)

    texts = [(name, *(shown(one, language) for one in sides)) for name, sides in rows]
    said = [f"{name}: {before} \u2192 {after}" for name, before, after in texts]
    yield _picture(word(key, language), said, 1.2 + INCHES_A_BAR * len(rows), paint)


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
            beside = (4, 11 * (number % 3) - 11)
            axes.plot(*at, "o", color=BLUE)
            axes.annotate(cut(name, LONGEST_LABEL), at, xytext=beside, textcoords="offset points")
        _, costs, years = zip(*points, strict=True)
        for set_scale, figures in ((axes.set_xscale, costs), (axes.set_yscale, years)):
            low, *_, high = sorted(figure.value for figure in figures)
            set_scale("log" if 0 < low * WIDEST_LINEAR < high else "linear")
        axes.margins(0.15)
        _axis(axes.xaxis, f"{word('investment', language)}, {scale.unit}", language)
        _axis(axes.yaxis, word("payback-years", language), language)

    said = [
        f"{name}: {shown(one, language)}, {shown(other, language)}" for name, one, other in points
    ]
    yield _picture(word("payback-chart", language), said, 3.2, paint)


def upright(
    title: str, bars: Sequence[Bar], cumulative: Sequence[Figure] | None, language: str
) -> Picture:
    """A bar for what each year pays or brings, or was read each month; a line for a running sum."""
    labels, net = zip(*bars, strict=True)
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
        turned = 45 if sum(map(len, labels)) > MOST_LEVEL else 0
        axes.set_xticks(range(len(net)), labels, rotation=turned)
        _axis(axes.yaxis, scale.unit, language)

    return _picture(title, _said(bars, language), 3.0, paint)


def _axis(axis: Any, label: str, language: str) -> None:
    from matplotlib.ticker import NullFormatter

    axis.set_label_text(label)
    axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(lambda value, _: exact(round(float(value), 6), language))


def sankey(
    key: str, inputs: Sequence[Bar], outputs: Sequence[Bar], lost: Collection[Bar], language: str
) -> Iterator[Picture]:
    """What goes in at the left and where it goes at the right; what is ``lost`` is hatched, and
    what nothing is said of is light."""
    if not inputs or not outputs:
        return
    taken, given = (fsum(figure.value for _, figure in side) for side in (inputs, outputs))
    whole, rest = max(taken, given), replace(inputs[0][1], value=taken - given)
    open_ = [(word("not-stated", language), rest)] if rest.value > LEAST_SHOWN * whole else []
    outputs = [*outputs, *open_]

    def paint(axes: Any) -> None:
        for side, (outer, inner) in ((inputs, (0.0, 1.0)), (outputs, (2.0, 1.0))):
            gap, at, middle = GAP * whole, 0.0, 0.0
            for name, figure in side:
                is_lost, is_open = (name, figure) in lost, (name, figure) in open_
                colour = ORANGE if is_lost else LIGHT if is_open else BLUE
                look = {"facecolor": colour, "hatch": "///" if is_lost else ""}
                slot = max(figure.value, LOWEST_SLOT * whole)
                place = at + slot / 2
                start = outer, place - figure.value / 2
                _ribbon(axes, start, (inner, middle), figure.value, look)
                text = f"{cut(name, LONGEST_LABEL)}\n{shown(figure, language)}"
                align = "right" if side is inputs else "left"
                axes.text(outer + (outer - inner) * 0.04, place, text, va="center", ha=align)
                at, middle = at + slot + gap, middle + figure.value
        axes.set_xlim(-0.9, 2.9)
        axes.invert_yaxis()
        axes.axis("off")

    ins, outs = _said(inputs, language), _said(outputs, language)
    said = [f"{', '.join(ins)} \u2192 {', '.join(outs)}"]
    inches = 0.8 + 0.5 * max(len(inputs), len(outputs))
    yield _picture(word(key, language), said, inches, paint)


def _ribbon(
    axes: Any, start: tuple[float, float], end: tuple[float, float], width: float,
    look: Mapping[str, str],
) -> None:  # fmt: skip
    """A band from one height to another, along half a wave."""
    steps = [step / CURVE for step in range(CURVE + 1)]
    along = [start[0] + (end[0] - start[0]) * step for step in steps]
    edge = [start[1] + (end[1] - start[1]) * step * step * (3 - 2 * step) for step in steps]
    upper = [height + width for height in edge]
    axes.fill_between(along, edge, upper, edgecolor="white", linewidth=0, **look)
