"""Streams linked: their yearly quantity, price, carriers, parts, followers, emission factors."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from graphlib import TopologicalSorter

from cpcalc.calc.money import implied_price
from cpcalc.calc.savings import annualised, consumption, converted, share_of, total
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure
from cpcalc.quantities import Quantity
from cpcalc.resolve import loads, model
from cpcalc.resolve.bills import average_price, price_paid, read_in_a_year
from cpcalc.resolve.context import Context, NotLinkedError, figure_of, link_or_none, of_substance
from cpcalc.resolve.effects import unit_in_effects
from cpcalc.resolve.factors import terms_and_treatments
from cpcalc.resolve.measures import closing_steps
from cpcalc.resolve.model import SUBSTANCE_OF, LinkedStream
from cpcalc.schema.assessment import LOADS, UNITS_OF_KIND, Stream
from cpcalc.schema.factor_rows import ORIGINS, substance_of
from cpcalc.schema.leaves import POWER
from cpcalc.units import ONE, SUBSTANCES, YEAR, Unit, base_unit

# Keys that mean something only in streams of some kinds.
KINDS_OF_KEY: Mapping[str, tuple[str, ...]] = {
    "gas": ("greenhouse-gas",),
    "pollutant": ("air-pollutant",),
    **dict.fromkeys(("boundary", "control", "gas-flow"), ("dust", "air-pollutant")),
    **dict.fromkeys(LOADS, ("wastewater",)),
}
# No plant's streams hang together in longer chains or in more ways; a hostile file's could.
DEEPEST_LINKS = 300
MOST_WAYS = 1000
# From a stream to the next, with the place in the file that says so.
Ways = dict[str, dict[str, Path]]


def link_streams(context: Context) -> None:
    """Link all streams of the file, in its order."""
    for name in dependency_order(context):
        context.linked[name] = _StreamLinker(context, name).linked_stream()
    linked, units = context.linked, loads.units_of_links(context)
    parts: dict[str | None, list[str]] = defaultdict(list)
    followers: dict[str, list[tuple[str, Figure]]] = defaultdict(list)
    for name, written in context.streams.items():
        parts[linked[name].parent].append(name)
        for leader, given in (written.follows or {}).items():
            ratio = loads.of_link(figure_of(given), units.get(leader), units[name])
            followers[leader].append((name, ratio))
    context.linked = {
        name: linked[name]._replace(
            parts=tuple(parts[name]),
            periods=tuple(part for part in parts[name] if linked[part].is_period),
            followers=tuple(followers[name]),
            made_from=tuple(
                (fuel, loads.of_link(ratio, units[name], units.get(fuel)))
                for fuel, ratio in linked[name].made_from
            ),
            unit=linked[name].unit or units.get(linked[name].parent or name) or units[name],
            price=loads.of_unit(linked[name].price, units[name]),
        )
        for name in context.streams
    }


# ---- one stream ----------------------------------------------------------------------------------


class _StreamLinker:
    """One stream of the file; those it depends on are linked already."""

    def __init__(self, context: Context, name: str) -> None:
        self.context = context
        self.name = name
        self.path: Path = ("streams", name)
        self.written = context.streams[name]
        self.parent = context.linked.get(self.written.part_of or "")
        self.kind = self.parent.kind if self.parent is not None else self.written.kind or "material"
        self._check_keys()
        self.substance = link_or_none(self._substance)
        self.quantity: Figure | None = None
        self.quantity = link_or_none(self._quantity)

    def linked_stream(self) -> LinkedStream:
        """The stream without its parts and followers, which are linked after it."""
        written, parent = self.written, self.parent
        unit = self._own_unit() or unit_in_effects(self.context, self.name, self.substance)
        emitted = list(terms_and_treatments(self.context, written, self.path, unit))
        terms = tuple(term for term in emitted if isinstance(term, model.EmissionTerm))
        paid_by = self.context.heat_of(written, terms, self._basis_of_price)
        price = link_or_none(lambda: self._price(paid_by))
        given = written.quantity
        if written.for_ is not None and written.for_ not in self.context.products:
            at = (*self.path, "for")
            self.context.unknown("unknown-product", at, written.for_, self.context.products)
        is_paid = written.price is not None or written.annual_cost is not None
        if written.made_from and is_paid and self.kind not in model.SOLD_KINDS:
            key = "price" if written.price is not None else "annual-cost"
            self.context.problem("carrier-with-price", (*self.path, key), stream=self.name)
        given_loads = [(load, getattr(written, load)) for load in LOADS if written.states(load)]
        return LinkedStream(
            id=self.name,
            name=written.name or {"": self.name},
            kind=self.kind,
            path=self.path,
            quantity=self.quantity,
            price=price,
            bill=self.context.yearly_money(written.annual_cost) if self.quantity is None else None,
            parent=parent.id if parent is not None else None,
            made_from=tuple(self._ratios(written.made_from)),
            terms=terms,
            treatments=tuple(term for term in emitted if isinstance(term, model.Treatment)),
            generated=written.boundary == "generated",
            control=figure_of(written.control) if written.control is not None else None,
            loads=tuple((load, figure_of(one, SUBSTANCE_OF[load])) for load, one in given_loads),
            lacks=self._lacks(),
            density=figure_of(written.density) if written.density is not None else None,
            unit=unit,
            substance=self.substance,
            gas=substance_of(written.gas) if written.gas is not None else None,
            readings={read.month[:7]: figure_of(read.quantity) for read in written.readings or ()},
            per=written.per,
            product=written.for_ or written.per,
            specific=figure_of(given, self.substance) if given and written.per else None,
            heat=self.context.heat_of(written, terms),
            is_period=parent is not None and written.price is not None,
        )

    def _check_keys(self) -> None:
        for key, kinds in KINDS_OF_KEY.items():
            if self.written.states(key.replace("-", "_")) and self.kind not in kinds:
                values = {"key": key, "kinds": ", ".join(kinds)}
                self.context.problem("key-does-not-fit-kind", (*self.path, key), **values)
        loads.check_heat_contents(self.context, self.written)

    def _substance(self) -> str | None:
        """What a mass of the stream is a mass of, unless the unit says so itself."""
        key = {"greenhouse-gas": "gas", "air-pollutant": "pollutant"}.get(self.kind)
        if key is None:
            return "TSP" if self.kind == "dust" else None
        stated: str | None = getattr(self.written, key)
        if stated is None:
            raise self.context.problem_of_key("missing-field", self.path, field=key)
        if key == "pollutant":
            return SUBSTANCE_OF[stated]
        gas = "CH4" if stated in ORIGINS else substance_of(stated)
        if gas not in SUBSTANCES:
            raise self.context.problem_of_key("gas-missing", self.path, gas=stated)
        return gas

    def _lacks(self) -> str:
        """The field that keeps the yearly quantity unknown; nothing where it is known."""
        written = self.written
        if self.quantity is not None:
            return ""
        if written.quantity is not None and written.per is not None:
            return f"products.{written.per}.output"
        # a share of another, or in proportion to it: what that lacks
        sources = [written.part_of or ""] if written.share is not None else written.follows or ()
        known = [self.context.linked[name] for name in sources if name in self.context.linked]
        lacking = [source.lacks for source in known if source.lacks]
        return lacking[0] if lacking else f"streams.{self.name}.quantity"

    # ---- quantity --------------------------------------------------------------------------------

    def _quantity(self) -> Figure | None:
        given = self.written.quantity
        if self.written.readings is not None:
            return self._read(self.written.readings[0].quantity)
        if given is None:
            return self._derived_quantity()
        if given.value < 0:
            self.context.problem("negative-quantity", given.path, text=given.text)
        if given.is_bare_zero:
            return self._nothing(given)
        if self.written.per is None:
            of, kind = self.written.for_, self.kind
            quantity = self.context.annual(given, substance=self.substance, kind=kind, product=of)
        else:
            output = self.context.output_of(self.written.per, (*self.path, "per"))
            if output is None:
                return None
            quantity = consumption(figure_of(given, self.substance), output)
            quantity = of_substance(quantity, self.substance)
        return self._checked(quantity, given)

    def _checked(self, quantity: Figure, given: Quantity) -> Figure:
        expected = self.parent.unit if self.parent is not None else None
        if expected is not None and quantity.unit is not expected:
            raise self.context.wrong_unit(given, loads.as_stated(given, expected, quantity.unit))
        if expected is None and given.path:  # else the product's output is checked
            self._check_kind(given, quantity.unit)
        return quantity

    def _read(self, first: Quantity) -> Figure:
        """What was read month by month; in the unit of the price, unless a heat content tells."""
        written, unit = self.written, self._own_unit()
        has_heat = written.ncv or written.gcv or written.emission_factors
        is_heat = unit is not None and unit.exponent("kWh") and has_heat
        expected = None if unit is None or is_heat else unit * YEAR
        read = read_in_a_year(self.context, written, self.path, expected, self.substance)
        return self._checked(read, first)

    def _nothing(self, given: Quantity) -> Figure:
        """A zero in the one unit that the stream can have: its price's, its whole's, its kind's."""
        units = UNITS_OF_KIND[self.kind]
        of_kind = base_unit(units[0]).of_substance(self.substance) / YEAR
        unit = self._own_unit() or (of_kind if len(units) == 1 else None)
        if unit is None:
            raise self.context.problem("unit-missing", given.path, text=given.text)
        return replace(figure_of(given), unit=unit)

    def _check_kind(self, given: Quantity, yearly: Unit) -> None:
        """An amount in a unit of the stream's kind; of power, where it is paid for by power."""
        price = self.written.price
        per = price.unit / base_unit(price.unit.currency) if price and price.unit.currency else ONE
        also = POWER if self.kind == "energy" and str(ONE / per) == POWER else ""
        self.context.check_kind(given, yearly * YEAR, self.kind, self.substance, also)

    def _derived_quantity(self) -> Figure | None:
        """A share of the parent, a load in a chimney, or what follows other streams."""
        share, whole = self.written.share, self.parent
        if whole is not None and whole.quantity is not None and share is not None:
            return share_of(whole.quantity, figure_of(share))
        if self.written.concentration is not None:
            load = loads.stack_load(self.context, self.written, self.path, self.substance)
            self._check_kind(self.written.concentration, load.unit)
            return load
        links = self.written.follows or {}
        periods = [period.quantity for period in (self.written.tariff or {}).values()]
        sizes = [self._size(one) for one in periods if one is not None]
        for size, period in zip(sizes, periods, strict=False):
            if size.unit is not sizes[0].unit and period is not None:
                raise self.context.wrong_unit(period, sizes[0].unit)
        if sizes:
            return total(*sizes)
        parts: list[Figure] = []
        for leader, ratio in self._ratios(links):
            leading = self.context.linked.get(leader)
            if leading is None or leading.quantity is None:
                return None
            parts.append(of_substance(converted(leading.quantity, ratio), self.substance))
        for part, given in zip(parts, links.values(), strict=False):
            self._check_kind(given, part.unit)
            if part.unit is not parts[0].unit:
                raise self.context.wrong_unit(given, parts[0].unit, part.unit)
        return total(*parts) if parts else None

    def _size(self, given: Quantity) -> Figure:
        """What is taken a year in a period of the tariff."""
        if given.is_bare_zero:
            return self._nothing(given)
        return self._checked(self.context.annual(given), given)

    def _ratios(self, links: Mapping[str, Quantity] | None) -> Iterator[tuple[str, Figure]]:
        for other, given in (links or {}).items():
            if other in self.context.streams:
                if given.value <= 0 or given.unit.exponent("year"):
                    self.context.too_small(given)
                yield other, figure_of(given)

    # ---- price -----------------------------------------------------------------------------------

    def _price(self, heat: Figure | None) -> Figure | None:
        given, bill = self.written.price, self.written.annual_cost
        if given is not None:
            return self.context.money(self._price_per_unit(given, heat), given)
        if self.written.tariff is not None:
            tariff, whole = self.written.tariff, self.quantity
            of_unit = partial(self._price_per_unit, heat=heat)
            return average_price(self.context, self.path, tariff, whole, of_unit, self._size)
        if self.written.readings is not None and bill is None:
            return price_paid(self.context, self.written.readings, self.substance)
        if bill is None or self.quantity is None or self.quantity.value <= 0:
            return None
        cost = self.context.yearly_money(bill)
        return implied_price(cost, self.quantity) if cost is not None else None

    def _price_per_unit(self, given: Quantity, heat: Figure | None) -> Figure:
        """The price per unit of the stream's quantity; per energy, through the heat content."""
        written, quantity = self.written, self.quantity
        if given.is_bare_zero:  # nothing for each unit of the quantity, where that is known
            if self.context.currency is None:
                raise self.context.problem("unit-missing", given.path, text=given.text)
            unit = quantity.unit if quantity is not None else None
            unit = unit or unit_in_effects(self.context, self.name, self.substance)
            return self.context.amount_of_money(given, per=unit and unit * YEAR)
        price = figure_of(given, self.substance)
        currency = base_unit(given.unit.currency or "")
        if quantity is None or price.unit * quantity.unit is currency / YEAR:
            self._check_basis(given, "quantity", written.heat_basis)
            return price
        if heat is not None and price.unit * heat.unit * quantity.unit is currency / YEAR:
            basis = self._basis_of_price
            if written.price_basis is None:
                self.context.problem("price-basis-missing", given.path, basis=basis)
            self._check_basis(given, "heat content", basis)
            return annualised(price, heat)
        raise self.context.wrong_unit(given, currency / (quantity.unit * YEAR))

    @property
    def _basis_of_price(self) -> str:
        """The heat content that a price per energy is on: gas is billed on gross heat."""
        written = self.written
        return "ncv" if not written.gcv else (written.ncv and written.price_basis) or "gcv"

    def _check_basis(self, given: Quantity, name: str, basis: str | None) -> None:
        """A price per net and an amount of gross heat, or the reverse, do not go together."""
        stated = self.written.price_basis
        if stated is not None and basis not in (None, stated):
            one, other = f"price ({stated})", f"{name} ({basis})"
            self.context.problem("heat-basis-mixed", given.path, one=one, other=other)

    def _own_unit(self) -> Unit | None:
        """The unit of an amount a year: the quantity's, else what the price is per, the whole's."""
        if self.quantity is not None:
            return self.quantity.unit
        prices = (period.price for period in (self.written.tariff or {}).values())
        price = self.written.price or next((one for one in prices if not one.is_bare_zero), None)
        if price is None or price.unit.currency is None or price.is_bare_zero:
            return self.parent.unit if self.parent is not None else None
        yearly = base_unit(price.unit.currency) / price.unit.of_substance(self.substance) / YEAR
        with suppress(NotLinkedError):
            self._check_kind(price, yearly)
            return yearly
        return None


# ---- what stands before what ---------------------------------------------------------------------


def dependency_order(context: Context) -> list[str]:
    """Parents before parts, leaders before followers, fuels before what is made from them.

    Circles, unknown names and too long or too many ways between streams are diagnostics.
    """
    streams = context.streams
    ways: Ways = {name: dict(_references(name, stream)) for name, stream in streams.items()}
    for name, references in ways.items():
        for other in [other for other in references if other not in streams]:
            known = filter(name.__ne__, streams)
            context.unknown("unknown-stream", references.pop(other), other, known)
    for name, other in list(closing_steps(ways)):
        context.problem("circular-streams", ways[name].pop(other), stream=other)
    order = list(TopologicalSorter(ways).static_order())
    depths: dict[str, int] = {}
    counts: dict[str, int] = {}  # in how many ways a stream leads to others
    for name in order:
        depths[name] = 1 + max((depths[other] for other in ways[name]), default=0)
        counts[name] = 1 + sum(counts[other] for other in ways[name])
        if depths[name] > DEEPEST_LINKS or counts[name] > MOST_WAYS:
            context.problem_of_key("too-many-links", ("streams", name), stream=name)
            depths[name] = counts[name] = 0
    return order


def _references(name: str, stream: Stream) -> Iterator[tuple[str, Path]]:
    if stream.part_of is not None:
        yield stream.part_of, ("streams", name, "part-of")
    for key, links in (("made-from", stream.made_from), ("follows", stream.follows)):
        for other in links or {}:
            yield other, ("streams", name, key, other)


def check_circles(context: Context, measures: Sequence[model.LinkedMeasure]) -> None:
    """Refuse a reduction that comes back to its stream by links of several kinds, or a switch."""
    streams = context.linked
    carriers = [name for name, stream in streams.items() if stream.made_from]
    is_known = any(diagnostic.name == "circular-streams" for diagnostic in context.diagnostics)
    if not carriers or is_known:  # other circles are met where the streams are linked
        return
    ways = {name: _ways_from(streams, name) for name in streams}
    for measure in measures:
        for effect in (*measure.predicted_effects, *measure.verified_effects):
            if isinstance(effect, model.LinkedEffect) and effect.target is not None:
                for name in carriers:
                    if effect.stream in ways[name]:
                        ways[name].setdefault(effect.target, (*effect.path, "replace-by"))
    for name, other in closing_steps(ways):
        context.problem("circular-streams", ways[name][other], stream=other)


def _ways_from(streams: Mapping[str, LinkedStream], name: str) -> dict[str, Path]:
    """Where a reduction of a stream goes; it lowers its parts, and what goes with them, too."""
    stream = streams[name]
    ways: dict[str, Path] = {}
    if stream.parent is not None:
        ways[stream.parent] = ("streams", name, "part-of")
    lowered_too = [name]
    for lowered in lowered_too:  # it grows by the parts of each
        lowered_too += streams[lowered].parts
        for follower, _ in streams[lowered].followers:
            ways.setdefault(follower, ("streams", follower, "follows", lowered))
        for fuel, _ in streams[lowered].made_from:
            ways.setdefault(fuel, ("streams", lowered, "made-from", fuel))
    return ways
