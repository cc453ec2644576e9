"""The generated table of conversions is pint's word, entry by entry, and belongs to the committed units.txt."""

from __future__ import annotations

import subprocess
import sys

from cpcalc import units, units_pint

TABLE = units._TABLE


def test_the_table_belongs_to_the_committed_definitions() -> None:
    assert units_pint.fingerprint() == TABLE["fingerprint"]
    assert units_pint.order() == units.ORDER
    assert units_pint.names() == units.NAMES


def test_every_entry_is_what_pint_answers() -> None:
    assert len(TABLE["conversions"]) > 600
    for expression in TABLE["conversions"]:
        assert units._conversion(expression, expression) == units_pint.ask(expression), expression


def test_every_name_is_a_unit_of_the_registry_and_converts_to_base_units() -> None:
    for canonical in set(units.NAMES.values()):
        factor, exponents = units_pint.ask(canonical)
        assert factor > 0
        assert {base for base, _ in exponents} <= set(units.ORDER)


def test_pint_takes_every_plain_name_for_the_same_unit() -> None:
    registry = units_pint.registry()
    for name, canonical in units.NAMES.items():
        if name.replace("_", "").isalnum() and not set(name) & set(
            "²³"
        ):  # other signs never reach pint
            assert registry.parse_units(name) == registry.parse_units(canonical)


def test_the_registry_has_nothing_of_pints_own() -> None:
    registry = units_pint.registry()
    for foreign in ("parsec", "knot", "boltzmann_constant", "mile", "celsius"):
        assert foreign not in registry


def test_an_expression_outside_the_table_is_asked_of_pint_at_run_time() -> None:
    script = (
        "import sys; from cpcalc.units import read_unit; read_unit('kWh/year'); before = 'pint' in sys.modules;"
        "r = read_unit('Gcal/short_ton'); print(before, 'pint' in sys.modules, r.factor, r.unit)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    before, after, factor, unit = done.stdout.split()
    assert (before, after, unit) == ("False", "True", "kWh/t")
    assert abs(float(factor) - 1163 / 0.90718474) < 1e-9
