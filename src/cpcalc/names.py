"""The figures of a measure, a group or a total: each name declared once, with all that is known
of it.

The order is that of the JSON contract. Whatever reads or writes figures by name asks here: JSON,
CSV, sums over enterprises, tables, `why`, `expect` and the published schemas.
"""

from functools import cache
from typing import NamedTuple

from cpcalc.schema import assessment as schema
from cpcalc.units import Unit

SUM, RATIO, ALONE = "sum", "ratio", "alone"
END_OF_PIPE = "end_of_pipe."


def _as_keys(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.replace("-", "_") for name in names)


CATEGORIES = _as_keys(schema.CATEGORIES)
# The categories that a programme's saving of "material, water, energy and chemicals" counts.
CONSUMPTION = ("material", "water", "energy", "chemical")
REDUCTIONS = (
    "wastewater", "solid_waste", "chemical_waste", "co2", "co2e", "dust", "so2", "nox", "cod",
    "bod", "tss",
)  # fmt: skip
OVER_LIVES = ("co2", "co2e")
# Of the plant and of each product, before and after all measures.
USES = ("energy", "materials", "water")
POLLUTION = (*REDUCTIONS, "waste")
SCOPES = (
    "scope_1", "scope_2_location", "scope_2_market", "scope_3", "biogenic",
    "outside_scopes", "on_site", "off_site", "generated",
)  # fmt: skip


class Name(NamedTuple):
    """What is known of a figure, or of a family of them: ``savings`` stands for
    ``savings.energy`` and its like."""

    key: str
    adds: str = SUM  # over enterprises: as a sum, as a ratio of sums, or not at all
    label: str = ""  # of tables: a key of the words
    family: tuple[str, ...] | None = None  # what may stand after the dot, in the order of sums
    is_always_there: bool = False  # written in JSON even where a line has none
    is_of_enterprises: bool = True  # stands in the rows of batches and programmes
    column: str = ""  # of CSV; of a family a pattern
    unit: str = "t/year"  # of the columns whose header says it


NAMES = (
    Name("investment", label="investment", is_always_there=True, column="investment"),
    Name("grant", label="grant", column="grant"),
    Name("running_cost", label="running-cost", is_always_there=True,
    column="running_cost_per_year"),
    Name("savings", label="saving-of", family=CATEGORIES, is_always_there=True, column="saving_{}"),
    Name("consumption_saving", label="material-water-energy-chemical", column="consumption_saving"),
    Name("annual_saving", label="gross-saving", is_always_there=True, column="annual_saving"),
    Name("annual_net_saving", label="net-saving", is_always_there=True, column="annual_net_saving"),
    Name("npv", ALONE),
    Name("stand_alone.savings", family=CATEGORIES, is_always_there=True, is_of_enterprises=False),
    Name("stand_alone.annual_saving", is_of_enterprises=False, column="stand_alone_saving"),
    Name("stand_alone.annual_net_saving", is_of_enterprises=False),
    Name("overlap", is_of_enterprises=False),
    Name("order_free_saving", ALONE, is_of_enterprises=False),
    Name("simple_payback", RATIO, is_always_there=True, column="simple_payback_year"),
    Name("simple_payback_with_other_benefits", RATIO, is_always_there=True,
    is_of_enterprises=False),
    Name("simple_payback_of_complete", RATIO),
    Name("other_benefits", label="other-benefits", family=tuple(sorted(schema.OTHER_BENEFITS)),
    is_always_there=True),
    Name("reductions", label="reduction-of", family=REDUCTIONS, is_always_there=True,
    column="{} [{unit}]"),
    Name(
        "stated_reductions", label="reduction-of",
        family=tuple(sorted(_as_keys(schema.STATED_REDUCTIONS))),
        is_always_there=True,
    ),
    Name("avoided_emissions", label="avoided-of", family=SCOPES, is_always_there=True),
    Name("lifetime_avoided", label="avoided-over-lives", family=SCOPES, is_of_enterprises=False),
    Name(
        "lifetime_reductions", label="reduction-over-lives", family=OVER_LIVES,
        is_of_enterprises=False,
        column="{}_over_lives [{unit}]", unit="t",
    ),
    Name("economics", ALONE, is_of_enterprises=False),
)  # fmt: skip
# The figures of the totals by name, those of families one by one.
OF_TOTALS = tuple(
    f"totals.{name.key}{f'.{one}' if one else ''}" for name in NAMES for one in name.family or ("",)
)
BY_KEY = {name.key: name for name in NAMES}

# The figures of a line that are quoted, besides its investment, its NPV and its reductions.
HEADLINES = ("annual_saving", "annual_net_saving", "simple_payback")
# Those of which a result says on which tiers of data they rest.
JUDGED = ("annual_saving", "reductions.co2")

# The figures under ``economics``, in the order of the contract; after them its lists and its cash
# flow.
ECONOMICS = (
    "study_period", "npv", "irr", "mirr", "savings_to_investment", "adjusted_internal_rate",
    "annual_worth",
    "discounted_payback", "life_cycle_cost", "return_on_investment",
)  # fmt: skip
EQUITY = ("npv", "irr", "debt_service_cover", "average_debt_service_cover", "loan")
LEVELISED, NPV_WITH = ("energy", "water"), ("carbon_price", "other_benefits")

# Dust is shown in kg a year, as programmes publish it; everything else in its canonical unit.
DUST_UNIT = "kg TSP/year"
DUST = Unit.of((("t", 1), ("year", -1), ("TSP", 1)))
# Columns with another unit than that of their family.
COLUMN_UNITS = {"reductions.wastewater": "m3/year", "reductions.dust": "kg/year"}


def declared(name: str) -> Name:
    """What is declared of a figure, by its name or by that of its family."""
    key = name.removeprefix(END_OF_PIPE)
    while key and key not in BY_KEY:
        key = key.rpartition(".")[0]
    return BY_KEY[key]


def is_dust(name: str) -> bool:
    """Whether a name is that of a reduction of dust, which is shown in its own unit."""
    return name.endswith("reductions.dust")


def order(name: str) -> tuple[int, int, str]:
    """A key to sort names by, the same whatever order enterprises come in."""
    if name.startswith(END_OF_PIPE):
        return len(NAMES), 0, name
    found = declared(name)
    member = name.removeprefix(f"{found.key}.")
    place = found.family.index(member) if found.family and member in found.family else 0
    return NAMES.index(found), place, name


@cache
def column(name: str) -> str:
    """The header of a figure's column in CSV."""
    found = declared(name)
    member = name.removeprefix(f"{found.key}.")
    return found.column.format(member, unit=COLUMN_UNITS.get(name, found.unit))


def members(key: str) -> list[str]:
    """The names of a family's figures."""
    return [f"{key}.{member}" for member in BY_KEY[key].family or ()]
