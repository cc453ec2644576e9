"""A province or a sector with blanks around or between its words is the same one."""

from __future__ import annotations

from cpcalc.app.assess import Options, assess


def test_blanks_around_a_name_say_nothing() -> None:
    text = (
        'cpcalc: 1\nenterprise: {id: a, name: A, province: " Hải  Dương\t", sector: "paper "}\n'
        "data-status: draft\n"
    )
    result = assess(text.encode(), "plant.yaml", Options()).result
    assert result is not None
    assert result.enterprise["province"] == "Hải Dương"
    assert result.enterprise["sector"] == "paper"
