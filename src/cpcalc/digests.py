"""Digests: a result as a few flat texts and floats, small enough to keep, to send and to add up by the thousand.

A digest has no path and no clock in it. Its floats are exact; what it leaves out (fields that are missing, workings,
diagnostics) is found again by assessing the file.
"""

# No postponed annotations here: each named tuple would compile each of its own at every start.
import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.results import AssessmentResult, Economics, GroupResult, Line, MeasureResult
from cpcalc.units import ONE, Unit

# The categories that a programme's saving "from reduced material, water, energy and chemical consumption" counts.
CONSUMPTION = ("material", "water", "energy", "chemical")
CONSUMPTION_SAVING = "consumption_saving"

Named = tuple[str, Reported]
_JSON = json.JSONDecoder()


class Head(NamedTuple):
    """Who a digest is about, and how it stands."""

    id: str
    name: Mapping[str, str]
    sector: str
    province: str
    country: str
    programme: str
    data_status: str
    period: str  # "2011" or "2010-07-01 - 2011-06-30"; empty where the file states none
    currency: str
    measures: int
    warnings: int
    identities: int
    identities_holding: int
    expectations: int
    expectations_met: int


class Digest(NamedTuple):
    """One assessment, flat: ``head`` and ``detail`` are JSON texts, ``shape`` names the floats packed in ``values``.

    ``detail`` is empty unless asked for; it holds what only a programme needs (``detail_of``).
    """

    head: str
    shape: str
    values: bytes
    detail: str = ""


def digest_of(result: AssessmentResult, warnings: int, *, detailed: bool = False) -> Digest:
    """The digest of a result; ``warnings`` is how many were found in its file."""
    enterprise = result.enterprise
    judged = [item for item in result.expectations if item.because is None]
    head = Head(
        id=str(enterprise["id"]),
        name=dict(enterprise["name"]),
        sector=str(enterprise.get("sector") or ""),
        province=str(enterprise.get("province") or ""),
        country=str(enterprise.get("country") or ""),
        programme=str(enterprise.get("programme") or ""),
        data_status=result.data_status,
        period=result.basis.period or "",
        currency=result.basis.currency or "",
        measures=result.totals.measures_counted or 0,
        warnings=warnings,
        identities=len(result.identities),
        identities_holding=sum(item.holds for item in result.identities),
        expectations=len(judged),
        expectations_met=sum(item.outcome == "met" for item in judged),
    )
    shape, values = _packed(figures_of_line(result.totals))
    # Escapes take less memory than letters outside Latin-1, which make every letter of a text as wide as themselves.
    return Digest(
        json.dumps(list(head), allow_nan=False),
        shape,
        values,
        _dumps(_detail(result)) if detailed else "",
    )


def head_of(digest: Digest) -> Head:
    """Who the digest is about."""
    return Head(*_JSON.raw_decode(digest.head)[0])


def id_of(digest: Digest) -> str:
    """The id of the enterprise, the first text of the head, without reading the rest."""
    return str(_JSON.raw_decode(digest.head, 1)[0])


def standing_of(digest: Digest) -> tuple[Any, ...]:
    """The fields of the head from ``data_status`` on; the texts that hold them are few, and each is read once."""
    before = digest.head.rsplit(", ", len(Head._fields) - _STANDING)[
        0
    ]  # none of these fields has a comma in it
    return _standing(digest.head[len(before) + 2 : -1])


_STANDING = Head._fields.index("data_status")


@lru_cache(maxsize=1024)
def _standing(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(f"[{text}]"))


def figures_of_line(line: Line) -> Iterator[Named]:
    """The figures of a line under their flat names: ``savings.energy``, ``investment.USD``, ``reductions.co2`` ..."""
    if line.investment is not None:
        for amount in line.investment.amounts:
            yield f"investment.{amount.unit.currency or 'none'}", amount
        yield "investment", line.investment.converted
    if line.grant is not None:
        yield "grant", line.grant
    if line.running_cost is not None:
        yield "running_cost", line.running_cost
    for category, figure in line.savings.items():
        yield f"savings.{category}", figure
    consumption = _consumption(line)
    if consumption is not None:
        yield CONSUMPTION_SAVING, consumption
    yield "annual_saving", line.annual_saving
    yield "annual_net_saving", line.annual_net_saving
    if isinstance(line.economics, Economics):
        yield "npv", line.economics.npv
    yield "simple_payback", line.simple_payback
    if line.simple_payback_of_complete is not None:
        yield "simple_payback_of_complete", line.simple_payback_of_complete
    for group, figures in (
        ("other_benefits", line.other_benefits),
        ("reductions", line.reductions),
        ("stated_reductions", line.stated_reductions),
    ):
        for name, figure in figures.items():
            if (
                not isinstance(figure, Figure) or figure.unit is not ONE
            ):  # published shares add to nothing
                yield f"{group}.{name}", figure
    for scope, gases in line.avoided_emissions.items():
        for gas, figure in gases.items():
            yield f"avoided_emissions.{scope}.{gas}", figure
    if line.end_of_pipe is not None:
        for name, figure in figures_of_line(line.end_of_pipe):
            yield f"end_of_pipe.{name}", figure


def _consumption(line: Line) -> Reported | None:
    """The saving of the four consumption categories; partial where the saving of the line is."""
    parts = [line.savings[category] for category in CONSUMPTION if category in line.savings]
    known = [part for part in parts if isinstance(part, Figure)]
    if not known:
        return parts[0] if parts else None
    value, whole = known[0].value, line.annual_saving
    for part in known[1:]:
        value += part.value
    saving = Figure(value, known[0].unit)
    if not isinstance(whole, Figure):
        return saving
    return replace(saving, counted=whole.counted, of=whole.of, missing=whole.missing)


# ---- packing --------------------------------------------------------------------------------------------------------

_WITHOUT_UNIT = "1"  # of a pure number: no text at all would say that there is no figure


def _packed(figures: Iterable[Named]) -> tuple[str, bytes]:
    """The names and units as one text, and the floats of the figures that have one.

    ``name|unit``, then ``|counted/of`` of a partial sum and ``|at-least`` of a bound; ``name||reason`` without figure.

    The names and units of most files are the same, so their text is read once.
    """
    names, values = [], []
    for name, figure in figures:
        if isinstance(figure, NotApplicable):
            names.append(f"{name}||{figure.code} {figure.because}")
            continue
        unit = _written(figure.unit)
        partial = f"|{figure.counted}/{figure.of}" if figure.is_partial else ""
        bound = figure.bound
        names.append(f"{name}|{unit}{partial}{f'|{bound}' if bound else ''}")
        values.append(figure.value)
    return "\n".join(names), struct.pack(f"={len(values)}d", *values)


@lru_cache(maxsize=1024)
def _written(unit: Unit) -> str:
    return "*".join(f"{base}^{exponent}" for base, exponent in unit.exponents) or _WITHOUT_UNIT


class Field(NamedTuple):
    """One named figure of a shape: its unit and, of a partial sum, how much it counts; or why there is none."""

    name: str
    unit: Unit | None
    partial: tuple[int, int] | None
    reason: NotApplicable | None
    bound: str | None = (
        None  # at-least or at-most where it is not the value itself, estimate where bounds mix
    )


@lru_cache(maxsize=1024)
def fields_of(shape: str) -> tuple[Field, ...]:
    """The fields of a shape, in order; those with a unit have a float each."""
    return tuple(_field(text) for text in shape.split("\n")) if shape else ()


def _field(text: str) -> Field:
    name, unit, *rest = text.split("|")
    if not unit:
        code, _, because = rest[0].partition(" ")
        return Field(name, None, None, NotApplicable(code, because))
    partial = next(
        (tuple(int(part) for part in item.split("/")) for item in rest if "/" in item), None
    )
    bound = next((item for item in rest if "/" not in item), None)
    return Field(name, _unit(unit), partial, None, bound)  # type: ignore[arg-type]


@lru_cache(maxsize=1024)
def _unit(text: str) -> Unit:
    if text == _WITHOUT_UNIT:
        return ONE
    pairs = (base.rsplit("^", 1) for base in text.split("*"))
    return Unit.of(tuple((base, int(exponent)) for base, exponent in pairs))


def unpacked(values: bytes) -> tuple[float, ...]:
    """Packed floats, in the order of the fields with a unit."""
    return struct.unpack(f"={len(values) // 8}d", values)


def packed(figures: Mapping[str, Reported]) -> tuple[str, bytes]:
    """Figures by their flat names as a shape and its floats."""
    return _packed(figures.items())


def figures_of(
    digest: Digest, origin: str = "", only: frozenset[str] | None = None
) -> dict[str, Reported]:
    """The figures of a digest by their flat names, all or ``only`` some.

    ``origin`` is the enterprise's id; without it the figures do not say where they are from, as a page has no need to.
    """
    return _unpacked(_wanted(digest.shape, only), unpacked(digest.values), origin)


@lru_cache(maxsize=1024)
def _wanted(shape: str, only: frozenset[str] | None) -> tuple[tuple[Field, int], ...]:
    """The fields of a shape that are asked for, each with the position of its float."""
    position = 0
    found = []
    for field in fields_of(shape):
        if only is None or field.name in only:
            found.append((field, position))
        position += field.unit is not None
    return tuple(found)


def _unpacked(
    fields: Iterable[tuple[Field, int]], values: Sequence[float], origin: str
) -> dict[str, Reported]:
    found: dict[str, Reported] = {}
    for field, position in fields:
        if field.unit is None:
            found[field.name] = field.reason or NotApplicable("incomplete", "field-missing")
            continue
        source = (Origin("enterprise", origin, field.name),) if origin else ()
        counted, of = field.partial or (1, 1)
        found[field.name] = Figure(
            values[position], field.unit, None, source, counted, of, bound=field.bound
        )
    return found


# ---- what only a programme needs ------------------------------------------------------------------------------------


class Part(NamedTuple):
    """One entry of an enterprise's total: a measure in no group, or a group; ``figures`` by flat name."""

    id: str
    title: Mapping[str, str]
    status: str
    type: str
    cost_class: str
    is_group: bool
    is_end_of_pipe: bool
    figures: Mapping[str, Reported]


class Detail(NamedTuple):
    """What a programme needs of an enterprise beside its totals."""

    statuses: Mapping[str, Mapping[str, Reported]]
    parts: tuple[Part, ...]
    classes: tuple[
        tuple[str, str, Mapping[str, Reported]], ...
    ]  # measure, declared cost class, its investment
    qualities: Mapping[str, float]
    rates: tuple[tuple[str, float, int, str], ...]  # currency, rate, year, source
    factors: tuple[str, ...]  # references of factors that are not verified


def _detail(result: AssessmentResult) -> dict[str, Any]:
    grouped = {name for group in result.groups for name in group.measures}
    parts = [
        _measure_part(item) for item in result.measures if item.in_bundle and item.id not in grouped
    ]
    parts += [
        _group_part(item)
        for item in result.groups
        if item.status not in ("rejected", "not-implemented")
    ]
    return {
        "statuses": {status: _flat(line) for status, line in result.totals_by_status.items()},
        "parts": parts,
        "classes": [
            [item.id, item.cost_class, _flat(item.line, only="investment")]
            for item in result.measures
            if item.cost_class is not None
        ],
        "qualities": dict(result.qualities),
        "rates": [
            [currency, rate.value, year, source]
            for currency, rate, year, source in result.basis.rates
        ],
        "unverified": [item.reference for item in result.factors if item.quality == "unverified"],
    }


def _measure_part(item: MeasureResult) -> list[Any]:
    end = item.type == "end-of-pipe"
    about = [
        item.id,
        dict(item.title),
        item.status,
        item.type or "",
        item.cost_class or "",
        False,
        end,
    ]
    return [*about, _flat(item.line)]


def _group_part(item: GroupResult) -> list[Any]:
    return [item.id, dict(item.title), item.status, "", "", True, False, _flat(item.line)]


def _flat(line: Line, only: str = "") -> list[Any]:
    """The figures of a line, or only those whose flat name begins with a text."""
    shape, values = _packed(
        (name, figure) for name, figure in figures_of_line(line) if name.startswith(only)
    )
    return [shape, *unpacked(values)]


def detail_of(digest: Digest) -> Detail:
    """The detail of a digest that was made with it."""
    data = json.loads(digest.detail)
    origin = str(json.loads(digest.head)[0])

    def figures(flat: list[Any], place: str) -> dict[str, Reported]:
        return _unpacked(_wanted(flat[0], None), flat[1:], f"{origin}.{place}")

    return Detail(
        {
            status: figures(flat, f"totals_by_status.{status}")
            for status, flat in data["statuses"].items()
        },
        tuple(Part._make([*about, figures(flat, about[0])]) for *about, flat in data["parts"]),
        tuple((name, declared, figures(flat, name)) for name, declared, flat in data["classes"]),
        data["qualities"],
        tuple((currency, rate, year, source) for currency, rate, year, source in data["rates"]),
        tuple(data["unverified"]),
    )


def _dumps(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
