"""Law: a form says of any plant what a file written by hand says, in either language, its columns in any order."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from form_files import Row, write_form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpcalc.app.assess import Options, assess
from cpcalc.app.form import sheets
from cpcalc.app.importing import import_files
from cpcalc.app.new import quoted
from cpcalc.diagnostics import has_errors
from cpcalc.results import figures_by_path

# What a plant says, by the keys of the file format; an amount is a pair of number and unit.
# A spreadsheet program keeps 15 digits of what is typed.
AMOUNTS = st.one_of(
    st.integers(1, 10**7),
    st.floats(1e-3, 1e7).map(lambda number: float(f"{number:.15g}")),
    st.just(1e-9),
)
SHARES = st.sampled_from([0.1, 0.3, 2.5, 7, 12.75])
TITLES = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20
).map(lambda text: f"a{text}z")


def amount(
    unit: str, numbers: st.SearchStrategy[Any] = AMOUNTS
) -> st.SearchStrategy[tuple[Any, str]]:
    return numbers.map(lambda number: (number, unit))


def maybe(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {}, optional={key.replace("_", "-"): part for key, part in parts.items()}
    )


UNITS = {"electricity": "kWh", "water": "m3", "coal": "t"}
KINDS = {"electricity": "energy", "water": "water", "coal": "energy"}


@st.composite
def streams(draw: st.DrawFn) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for name, unit in UNITS.items():
        found[name] = {"kind": KINDS[name], "quantity": draw(amount(f"{unit}/year"))}
        money = draw(st.sampled_from(["VND", "USD"]))
        if name == "electricity" and draw(st.booleans()):
            share = draw(st.integers(1, 99))
            found[name]["tariff"] = {
                "peak": {"price": draw(amount("VND/kWh")), "share": (share, "%")},
                "normal": {"price": draw(amount("VND/kWh")), "share": (100 - share, "%")},
            }
        else:
            found[name]["price"] = draw(amount(f"{money}/{unit}"))
        found[name] |= draw(
            maybe(name=TITLES, notes=TITLES, quality=st.sampled_from(["metered", "estimated"]))
        )
    if draw(st.booleans()):
        found["wastewater"] = {
            "kind": "wastewater",
            "price": draw(amount("VND/m3")),
            "follows": {"water": (0.85, "m3/m3")},
        }
    return found


@st.composite
def effects(draw: st.DrawFn) -> Row:
    name = draw(st.sampled_from([*UNITS]))
    change = draw(st.sampled_from(["reduce", "increase", "from"]))
    if change == "from":
        return {
            "stream": name,
            "from": draw(amount(f"{UNITS[name]}/t", st.sampled_from([5, 6.25, 8.1]))),
            "to": draw(amount(f"{UNITS[name]}/t", st.sampled_from([1, 2.5, 4.05]))),
            "per": "fish",
        }
    unit = draw(st.sampled_from(["%", f"{UNITS[name]}/year"]))
    return {"stream": name, change: draw(amount(unit, SHARES if unit == "%" else AMOUNTS))}


@st.composite
def measures(draw: st.DrawFn) -> list[Row]:
    found: list[Row] = []
    for number in range(draw(st.integers(1, 4))):
        one: Row = {"id": f"m{number}", "title": draw(TITLES)}
        one |= draw(
            maybe(
                type=st.sampled_from(["good-housekeeping", "process-control"]),
                status=st.sampled_from(["considered", "planned", "implemented", "rejected"]),
                cost_class=st.just("low-cost"), grant=amount("VND"), lifetime=amount("year", st.integers(1, 20)),
                running_cost=amount("VND/year"), responsible=TITLES, due=st.just("2026-03-31"), source=TITLES,
                effects=st.lists(effects(), min_size=1, max_size=3),
                investment=st.one_of(
                    amount("million VND"), amount("USD"),
                    st.lists(st.fixed_dictionaries({"item": TITLES, "amount": amount("VND")}, optional={"year": st.integers(0, 3)}), min_size=1, max_size=3),
                ),
                benefits=st.lists(st.fixed_dictionaries({"saves": amount("VND/year"), "as": st.sampled_from(["energy", "labour"])}), min_size=1, max_size=2),
            )
        )  # fmt: skip
        follows: bool = draw(st.booleans())
        if found and follows:
            one["after"] = [found[-1]["id"]]
        found.append(one)
    return found


PLANTS = st.fixed_dictionaries({
    "enterprise": st.fixed_dictionaries({"id": st.just("P-1"), "name": TITLES}),
    "data-status": st.just("draft"),
    "basis": st.just({
        "period": 2024, "currency": "VND", "discount-rate": {"real": (10, "%")},
        "exchange-rates": {"USD": {"rate": (25400, "VND/USD"), "year": 2024, "source": "bank"}},
    }),
    "products": st.just([{"id": "fish", "output": (4000.5, "t/year")}]),
    "streams": streams(),
    "measures": measures(),
})  # fmt: skip


def by_hand(node: Any) -> Any:
    """A plant as the file written by hand: JSON is YAML, and each amount one text."""
    if isinstance(node, dict):
        return {key: by_hand(part) for key, part in node.items()}
    if isinstance(node, tuple):
        return f"{Decimal(repr(node[0])):f} {node[1]}"
    return [by_hand(part) for part in node] if isinstance(node, list) else str(node)


def rows_of(plant: Row) -> dict[str, list[Row]]:
    """The same as somebody fills in the form."""
    basis = plant["basis"]
    rows: dict[str, list[Row]] = {key: [] for key in sheets()}
    rows["enterprise"] = [{
        "enterprise.id": plant["enterprise"]["id"], "enterprise.name": plant["enterprise"]["name"], "data-status": "draft",
        "basis.period": basis["period"], "basis.currency": basis["currency"], "basis.discount-rate.real": basis["discount-rate"]["real"],
    }]  # fmt: skip
    rows["products"] = plant["products"]
    rows["rates"] = [{"currency": key, **rate} for key, rate in basis["exchange-rates"].items()]
    for name, stream in plant["streams"].items():
        rows["streams"].append(
            {
                "id": name,
                **{key: value for key, value in stream.items() if key not in ("tariff", "follows")},
            }
        )
        rows["tariff"] += [
            {"stream": name, "period": key, **part}
            for key, part in stream.get("tariff", {}).items()
        ]
        rows["links"] += [
            {"stream": name, "link": "follows", "of": of, ".": part}
            for of, part in stream.get("follows", {}).items()
        ]
    for measure in plant["measures"]:
        name = measure["id"]
        plain = {
            key: value
            for key, value in measure.items()
            if key not in ("effects", "benefits", "after") and not isinstance(value, list)
        }
        rows["measures"].append(
            plain | ({"after": ", ".join(measure["after"])} if "after" in measure else {})
        )
        parts = measure.get("investment")
        rows["investment"] += (
            [{"measure": name, **part} for part in parts] if isinstance(parts, list) else []
        )
        is_plain = all("from" not in effect for effect in measure.get("effects", []))
        for at, part in enumerate(measure.get("effects", [])):
            if not is_plain:
                rows["effects"].append({"measure": name, "list": "effects", **part})
                continue
            if at:
                rows["measures"].append({})
            rows["measures"][-1] |= {f"effects.{key}": value for key, value in part.items()}
        for part in measure.get("benefits", []):
            if any(key.startswith("benefits") for key in rows["measures"][-1]):
                rows["measures"].append({})
            rows["measures"][-1] |= {f"benefits.{key}": value for key, value in part.items()}
    return rows


def figures(text: bytes) -> dict[str, Any]:
    outcome = assess(text, "plant.yaml", Options())
    assert outcome.result is not None, (outcome.diagnostics, text.decode())
    return {
        name: getattr(figure, "value", repr(figure))
        for name, figure in figures_by_path(outcome.result).items()
    }


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(PLANTS, st.sampled_from(["en", "vi"]), st.randoms())
def test_a_form_gives_the_figures_of_the_file_written_by_hand(
    tmp_path: Path, plant: Row, language: str, order: Any
) -> None:
    hand = {"cpcalc": "1", "numbers": "international", **by_hand(plant)}
    text = json.dumps(hand, ensure_ascii=False).encode()
    if has_errors(assess(text, "plant.yaml", Options()).diagnostics):
        return  # what a file may not say, a form may not say either
    write_form(tmp_path / "plant.xlsx", rows_of(plant), language, order)
    made = import_files([str(tmp_path / "plant.xlsx")], None)
    assert not has_errors(made.problems), made.problems
    assert figures(made.text.encode()) == figures(text), made.text


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "1e3",
        "=cmd|' /C calc'!A0",
        "a # b",
        "a: b",
        "a\tb",
        "a\nb",
        "- x",
        "'",
        "\u00a0x\u2028",
        "Đá vôi, 50 %",
        "{a}",
        "null",
        "0123",
    ],
)
def test_a_text_stays_what_was_typed(text: str, tmp_path: Path) -> None:
    rows: dict[str, list[Row]] = {key: [] for key in sheets()}
    rows["measures"] = [{"id": "m1", "title": "a", "source": text}]
    write_form(
        tmp_path / "plant.xlsx",
        rows
        | {"enterprise": [{"enterprise.id": "P", "enterprise.name": text, "data-status": "draft"}]},
        "en",
    )
    made = import_files([str(tmp_path / "plant.xlsx")], None)
    assert quoted(text.strip()) in made.text
    result = assess(made.text.encode(), "plant.yaml", Options()).result
    assert result is not None, made.problems
    assert result.enterprise["name"][""] == text.strip()
