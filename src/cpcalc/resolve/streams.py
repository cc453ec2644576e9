"""Streams linked: their yearly quantity, price, carriers, parts, followers, emission factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from cpcalc.calc.money import implied_price
from cpcalc.calc.savings import annualised, consumption, converted, share_of, total
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure, Origin
from cpcalc.library import Library
from cpcalc.quantities import Quantity
from cpcalc.resolve.factors import terms_of
from cpcalc.resolve.link_units import of_link, unit_in_effects, units_of_links
from cpcalc.resolve.model import Stream, Term, Treatment
from cpcalc.resolve.scope import YEAR, Scope, of_substance, unit_of_substance
from cpcalc.resolve.stack import stack_load
from cpcalc.schema import assessment as files
from cpcalc.units import Unit

# What a mass of a stream of this kind is a mass of, unless the unit says so itself.
SUBSTANCE_OF_KIND: Mapping[str, str] = {"dust": "TSP"}
SUBSTANCE_OF_POLLUTANT: Mapping[str, str] = {
    "so2": "SO2", "nox": "NOx", "pm10": "PM10", "pm2.5": "PM2_5", "co": "CO", "voc": "VOC",
}  # fmt: skip
# Keys that mean something only in streams of some kinds.
KINDS_OF_KEY: Mapping[str, tuple[str, ...]] = {
    "gas": ("greenhouse-gas",),
    "pollutant": ("air-pollutant",),
    "boundary": ("dust", "air-pollutant"),
    "control": ("dust", "air-pollutant"),
    "gas_flow": ("dust", "air-pollutant"),
    "cod": ("wastewater",),
    "bod": ("wastewater",),
    "tss": ("wastewater",),
}
LOAD_SUBSTANCE: Mapping[str, str] = {"cod": "COD", "bod": "BOD", "tss": "TSS"}

# No plant's streams hang together in longer chains or in more ways; a hostile file's could for
# hours.
DEEPEST_LINKS = 50
MOST_WAYS = 1000
MOST_COMPARED = 150


def streams_of(scope: Scope, library: Library) -> dict[str, Stream]:
    """All streams of the file by id, each after those it depends on."""
    written = scope.assessment.streams or {}
    linked: dict[str, Stream] = {}
    for name in _dependency_order(scope, written):
        linked[name] = _stream(scope, name, written, linked, library)
    units = units_of_links(scope, written, linked)
    ordered = {name: linked[name] for name in written if name in linked}
    parts: dict[str, list[str]] = {}
    followers: dict[str, list[tuple[str, Quantity]]] = {}
    for name, stream in ordered.items():
        if stream.parent is not None:
            parts.setdefault(stream.parent, []).append(name)
        for leader, given in (written[name].follows or {}).items():
            followers.setdefault(leader, []).append((name, given))
    return {
        name: _with_links(stream, scope, units, parts.get(name, ()), followers.get(name, ()))
        for name, stream in ordered.items()
    }


def _dependency_order(scope: Scope, written: Mapping[str, files.Stream]) -> list[str]:
    """Parents before parts, fuels before what is made from them.

    Cycles and unknown names are diagnostics.
    """
    order = _Order(scope, written)
    for name in written:
        order.visit(name, ("streams", name), 0)
    return order.names


class _Order:
    """A walk from each stream to those it depends on, which stand before it."""

    def __init__(self, scope: Scope, written: Mapping[str, files.Stream]) -> None:
        self.scope = scope
        self.written = written
        self.names: list[str] = []
        self._state: dict[str, int] = {}
        self._ways: dict[
            str, int
        ] = {}  # in how many ways a stream leads to others: a reduction travels each of them

    def visit(self, name: str, came_from: Path, depth: int) -> None:
        """Stand what a stream depends on before it, then the stream itself."""
        if self._state.get(name) == 2:
            return
        if self._state.get(name) == 1:
            self.scope.problem("circular-streams", came_from, stream=name)
            return
        if depth > DEEPEST_LINKS:
            self.scope.problem("too-many-links", came_from, stream=name)
            return
        self._state[name] = 1
        references = list(_references(name, self.written[name]))
        for other, path in references:
            if other not in self.written:
                self.scope.problem(
                    "unknown-stream", path, stream=other, suggestion=nearest(other, self.written)
                )
            else:
                self.visit(other, path, depth + 1)
        ways = 1 + sum([self._ways.get(other, 0) for other, _ in references])
        if ways > MOST_WAYS:
            self.scope.problem("too-many-links", ("streams", name), on_key=True, stream=name)
            ways = 0
        self._ways[name] = ways
        self._state[name] = 2
        self.names.append(name)


def _references(name: str, stream: files.Stream) -> Iterator[tuple[str, Path]]:
    if stream.part_of is not None:
        yield stream.part_of, ("streams", name, "part-of")
    for key, links in (("made-from", stream.made_from), ("follows", stream.follows)):
        for other in links or {}:
            yield other, ("streams", name, key, other)


def nearest(name: str, known: Any) -> str:
    """The closest known name, for a suggestion; empty where none is close."""
    names = list(known)[:MOST_COMPARED]  # among more names the comparison takes too long
    return next(iter(get_close_matches(name, names, n=1, cutoff=0.6)), "")


def _stream(
    scope: Scope,
    name: str,
    written: Mapping[str, files.Stream],
    linked: Mapping[str, Stream],
    library: Library,
) -> Stream:
    stream = written[name]
    path: Path = ("streams", name)
    parent = linked.get(stream.part_of) if stream.part_of is not None else None
    kind = parent.kind if parent is not None else (stream.kind or "material")
    for key, kinds in KINDS_OF_KEY.items():
        if getattr(stream, key) is not None and kind not in kinds:
            written_key = key.replace("_", "-")
            scope.problem(
                "key-does-not-fit-kind",
                (*path, written_key),
                key=written_key,
                kinds=", ".join(kinds),
            )
    substance = _substance(scope, stream, kind, path)
    quantity = _quantity(scope, stream, name, parent, linked, substance)
    price = _price(scope, stream, quantity, substance)
    if stream.made_from and (stream.price is not None or stream.annual_cost is not None):
        scope.problem(
            "carrier-with-price",
            (*path, "price" if stream.price is not None else "annual-cost"),
            stream=name,
        )
    unit = _unit_of(stream, quantity, substance) or (parent.unit if parent is not None else None)
    unit = unit or unit_in_effects(scope, name, substance)
    found: tuple[Term | Treatment, ...] = ()
    if parent is None and stream.emission_factors:
        found = tuple(terms_of(scope, stream, path, unit, library))
    return Stream(
        id=name,
        name=stream.name or {"": name},
        kind=kind,
        path=path,
        quantity=quantity,
        price=price,
        parent=parent.id if parent is not None else None,
        parts=(),
        made_from=tuple(_ratios(scope, stream.made_from, name, "made-from"))
        if stream.made_from
        else (),
        followers=(),
        terms=tuple([term for term in found if isinstance(term, Term)]),
        factors_given=bool(stream.emission_factors),
        generated=stream.boundary == "generated",
        control=scope.figure(stream.control) if stream.control is not None else None,
        loads=tuple(
            [
                (load, scope.figure(given, substance_of_load))
                for load, substance_of_load in LOAD_SUBSTANCE.items()
                if (given := getattr(stream, load)) is not None
            ]
        ),
        treatments=tuple([term for term in found if isinstance(term, Treatment)]),
        lacks=_lacks(stream, name, quantity, linked),
        density=scope.figure(stream.density) if stream.density is not None else None,
        unit=unit,
        substance=substance,
    )


def _lacks(
    stream: files.Stream, name: str, quantity: Figure | None, linked: Mapping[str, Stream]
) -> str:
    """The field whose absence keeps the stream's yearly quantity unknown.

    Nothing where it is known.
    """
    if quantity is not None:
        return ""
    if stream.quantity is None:  # a share of, or in proportion to, another: what that one lacks
        sources = (
            [stream.part_of]
            if stream.part_of is not None and stream.share is not None
            else (stream.follows or ())
        )
        lacking = (linked[source].lacks for source in sources if source in linked)
        return next((field for field in lacking if field), f"streams.{name}.quantity")
    return f"streams.{name}.quantity" if stream.per is None else f"products.{stream.per}.output"


def _substance(scope: Scope, stream: files.Stream, kind: str, path: Path) -> str | None:
    if kind == "greenhouse-gas":
        if stream.gas is None:
            scope.problem("missing-field", path, on_key=True, field="gas")
            return None
        gas = stream.gas.replace("-", "_")
        if not Unit.of(((gas, 1),)).substance:
            scope.problem("gas-missing", path, on_key=True, gas=stream.gas)
            return None
        return gas
    if kind == "air-pollutant":
        if stream.pollutant is None:
            scope.problem("missing-field", path, on_key=True, field="pollutant")
            return None
        return SUBSTANCE_OF_POLLUTANT[stream.pollutant]
    return SUBSTANCE_OF_KIND.get(kind)


def _quantity(
    scope: Scope,
    stream: files.Stream,
    name: str,
    parent: Stream | None,
    linked: Mapping[str, Stream],
    substance: str | None,
) -> Figure | None:
    quantity: Figure | None = None
    if stream.quantity is not None:
        if stream.quantity.value < 0:
            scope.problem("negative-quantity", stream.quantity.path, text=stream.quantity.text)
        quantity = _stated_quantity(scope, stream, substance)
    elif parent is not None and stream.share is not None and parent.quantity is not None:
        quantity = share_of(parent.quantity, scope.figure(stream.share))
    elif stream.concentration is not None:
        quantity = stack_load(scope, stream, ("streams", name), substance)
    elif stream.follows:
        quantity = _followed(scope, stream, name, linked, substance)
    stated = stream.quantity
    if (
        parent is not None
        and quantity is not None
        and parent.unit is not None
        and stated is not None
    ):
        expected = parent.unit
        if quantity.unit is not expected:
            scope.problem(
                "wrong-kind-of-unit",
                stated.path,
                expected=str(expected),
                found=str(quantity.unit),
                text=stated.text,
            )
            return None
    return quantity


def _followed(
    scope: Scope,
    stream: files.Stream,
    name: str,
    linked: Mapping[str, Stream],
    substance: str | None,
) -> Figure | None:
    """The sum of what follows each leader.

    None where a leader's quantity is not known or they are of two kinds.
    """
    parts: list[Figure] = []
    for leader, ratio in _ratios(scope, stream.follows, name, "follows"):
        leading = linked[leader].quantity if leader in linked else None
        if leading is None:
            return None
        parts.append(of_substance(converted(leading, ratio), substance))
    for part, given in zip(parts[1:], list((stream.follows or {}).values())[1:], strict=False):
        if part.unit is not parts[0].unit:
            scope.problem(
                "wrong-kind-of-unit",
                given.path,
                expected=str(parts[0].unit),
                found=str(part.unit),
                text=given.text,
            )
            return None
    return total(*parts) if parts else None


def _stated_quantity(scope: Scope, stream: files.Stream, substance: str | None) -> Figure | None:
    given = stream.quantity
    assert given is not None
    if given.is_bare_zero:
        scope.problem("unit-missing", given.path, text=given.text)
        return None
    if stream.per is None:
        return scope.annual(given, substance=substance)
    output = output_of(scope, stream.per, (*given.path[:-1], "per"))
    if output is None:
        return None
    return of_substance(consumption(scope.figure(given, substance), output), substance)


def output_of(scope: Scope, product: str, path: Path) -> Figure | None:
    """The yearly output of a product named in the file.

    None where the product has no output (what needs it is incomplete) or, with a diagnostic, where
    there is no product.
    """
    position = scope.products.get(product)
    if position is None:
        scope.problem(
            "unknown-product", path, product=product, suggestion=nearest(product, scope.products)
        )
        return None
    output = (scope.assessment.products or [])[position].output
    return scope.annual(output) if output is not None else None


def _price(
    scope: Scope, stream: files.Stream, quantity: Figure | None, substance: str | None
) -> Figure | None:
    if stream.price is not None:
        price = _price_per_unit(scope, stream, stream.price, quantity, substance)
        if price is None:
            return None
        money = scope.money(price, stream.price.path)
        return money if isinstance(money, Figure) else None
    if stream.annual_cost is not None and quantity is not None and quantity.value > 0:
        cost = scope.annual(stream.annual_cost)
        if cost is None:
            return None
        money = scope.money(cost, stream.annual_cost.path)
        return implied_price(money, quantity) if isinstance(money, Figure) else None
    return None


def _price_per_unit(
    scope: Scope,
    stream: files.Stream,
    given: Quantity,
    quantity: Figure | None,
    substance: str | None,
) -> Figure | None:
    """The price per unit in which the stream's quantity is.

    Per energy it goes through the heat content.
    """
    if given.is_bare_zero:
        return _free(scope, given, quantity)
    price = scope.figure(given, substance)
    currency = Unit.of(((given.unit.currency or "", 1),))
    if quantity is None or price.unit * quantity.unit is currency / YEAR:
        one, other = stream.price_basis, stream.heat_basis
        if one is not None and other is not None and one != other:
            scope.problem(
                "heat-basis-mixed", given.path, one=f"price ({one})", other=f"quantity ({other})"
            )
        return price
    heat = stream.ncv if stream.ncv is not None else stream.gcv
    if heat is not None and price.unit * heat.unit * quantity.unit is currency / YEAR:
        basis = "ncv" if stream.ncv is not None else "gcv"
        if stream.price_basis is None:
            scope.problem("price-basis-missing", given.path, basis=basis)
        elif stream.price_basis != basis:
            scope.problem(
                "heat-basis-mixed",
                given.path,
                one=f"price ({stream.price_basis})",
                other=f"heat content ({basis})",
            )
        return annualised(price, scope.figure(heat))
    expected = str(currency / (quantity.unit * YEAR))
    scope.problem(
        "wrong-kind-of-unit", given.path, expected=expected, found=str(given.unit), text=given.text
    )
    return None


def _free(scope: Scope, given: Quantity, quantity: Figure | None) -> Figure | None:
    """A bare ``0`` as price: nothing for each unit of the quantity.

    Without one nobody knows for what.
    """
    if quantity is None or scope.currency is None:
        scope.problem("unit-missing", given.path, text=given.text)
        return None
    unit = Unit.of(((scope.currency, 1),)) / (quantity.unit * YEAR)
    return Figure(0.0, unit, None, (Origin("input", given.path, given.text),))


def _unit_of(stream: files.Stream, quantity: Figure | None, substance: str | None) -> Unit | None:
    """The unit an amount of the stream has (per year), from its quantity or, without one, from its
    price.
    """
    if quantity is not None:
        return quantity.unit
    if stream.price is not None and stream.price.unit.currency is not None:
        price = unit_of_substance(stream.price.unit, substance)
        return Unit.of(((stream.price.unit.currency, 1),)) / price / YEAR
    return None


def _ratios(
    scope: Scope, links: Mapping[str, Quantity] | None, name: str, key: str
) -> Iterator[tuple[str, Figure]]:
    for other, given in (links or {}).items():
        if other in (scope.assessment.streams or {}):
            if given.value <= 0 or given.unit.exponent("year"):
                scope.problem("too-small", given.path, found=given.text, low="0")
            yield other, scope.figure(given)


def _with_links(
    stream: Stream,
    scope: Scope,
    units: Mapping[str, Unit | None],
    parts: Sequence[str],
    followers: Sequence[tuple[str, Quantity]],
) -> Stream:
    unit = stream.unit or units.get(stream.parent or stream.id) or units.get(stream.id)
    if not parts and not followers and not stream.made_from and unit is stream.unit:
        return stream
    own = units.get(stream.id)
    return stream._replace(
        parts=tuple(parts),
        followers=tuple(
            [
                (name, of_link(scope.figure(given), own, units.get(name)))
                for name, given in followers
            ]
        ),
        made_from=tuple(
            [(fuel, of_link(ratio, own, units.get(fuel))) for fuel, ratio in stream.made_from]
        ),
        unit=unit,
    )
