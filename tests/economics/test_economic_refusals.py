"""What has no meaning is refused where it stands, with a remedy; no figure is printed from nonsense."""

from __future__ import annotations

import pytest
from small_bundle import HEAD, outcome_of, problems_of

from cpcalc.report.problems import rendered

MEASURE = (
    "  - {id: m1, title: M, investment: 1000 USD, benefits: {saves: 300 USD/year, as: energy}%s}\n"
)


def plant(
    basis: str = "discount-rate: {real: 10 %}",
    economics: str = "lifetime: 10 year",
    measure: str = "",
) -> str:
    """Basis on line 1, economics on line 2, the measure on line 4."""
    return f"basis: {{currency: USD, {basis}}}\neconomics: {{{economics}}}\nmeasures:\n{MEASURE % measure}"


@pytest.mark.parametrize(
    "text, name, line",
    [
        (plant(basis="discount-rate: {real: -100 %}"), "rate-out-of-range", 1),
        (plant(basis="discount-rate: {nominal: -250 %}, inflation: 4 %"), "rate-out-of-range", 1),
        (plant(basis="discount-rate: {real: 5 000 %}"), "rate-out-of-range", 1),
        (plant(basis="discount-rate: {real: 10 %}, inflation: -100 %"), "rate-out-of-range", 1),
        (plant(basis="discount-rate: {real: 10 %, nominal: 12 %}"), "keys-exclude-each-other", 1),
        (plant(basis="discount-rate: {}"), "one-of-keys-needed", 1),
        (plant(economics="lifetime: 0 year"), "too-small", 2),
        (plant(economics="lifetime: 1000 year"), "lifetime-out-of-range", 2),
        (plant(economics="lifetime: -3 year"), "too-small", 2),
        (plant(economics="lifetime: 10 kWh"), "wrong-kind-of-unit", 2),
        (plant(economics="lifetime: 10 year, study-period: 7 month"), "whole-years-needed", 2),
        (plant(economics="lifetime: 10 year, study-period: 101 year"), "lifetime-out-of-range", 2),
        (
            plant(economics="lifetime: 10 year, escalation: {energy: {real: -100 %}}"),
            "rate-out-of-range",
            2,
        ),
        (plant(economics="lifetime: 10 year, escalation: {coal: {real: 1 %}}"), "unknown-key", 2),
        (
            plant(economics="escalation: {energy: {real: 1 %, nominal: 2 %}}"),
            "keys-exclude-each-other",
            2,
        ),
        (plant(economics="lifetime: 10 year, tax: {rate: 120 %}"), "out-of-range", 2),
        (
            plant(economics="lifetime: 10 year, tax: {rate: 20 %, depreciation: fast}"),
            "not-a-choice",
            2,
        ),
        (
            plant(economics="lifetime: 10 year, carbon-price: {price: 10 USD/kWh}"),
            "wrong-kind-of-unit",
            2,
        ),
        (plant(economics="lifetime: 10 year, payback-limit: 0 year"), "too-small", 2),
        (plant(measure=", lifetime: 0 year"), "too-small", 4),
        (plant(measure=", lifetime: 1000 year"), "lifetime-out-of-range", 4),
        (plant(measure=", salvage: -5 USD"), "too-small", 4),
        (plant(measure=", residual-value: 140 %"), "out-of-range", 4),
        (plant(measure=", residual-value: 5 kWh"), "wrong-kind-of-unit", 4),
        (plant(measure=", ramp-up: [50 %, 180 %]"), "out-of-range", 4),
        (plant(measure=", saving-loss: 150 %"), "out-of-range", 4),
        (plant(measure=", replaced: perhaps"), "not-true-or-false", 4),
        (plant(measure=", loan: {share: 70 %, rate: 12 %}"), "missing-field", 4),
        (
            plant(measure=", loan: {share: 70 %, amount: 5 USD, rate: 12 %, term: 5 year}"),
            "keys-exclude-each-other",
            4,
        ),
        (plant(measure=", loan: {share: 170 %, rate: 12 %, term: 5 year}"), "out-of-range", 4),
        (
            plant(measure=", loan: {share: 70 %, rate: -100 %, term: 5 year}"),
            "rate-out-of-range",
            4,
        ),
        (
            plant(measure=", loan: {share: 70 %, rate: 12 %, term: 5 year, grace: 5 year}"),
            "grace-too-long",
            4,
        ),
        (plant(measure=", loan: {share: 70 %, rate: 12 %, term: 0 year}"), "too-small", 4),
        (
            plant(measure=", loan: {amount: 1001 USD, rate: 12 %, term: 5 year}"),
            "loan-above-investment",
            4,
        ),
        (
            plant(measure=", grant: 500 USD, loan: {amount: 501 USD, rate: 12 %, term: 5 year}"),
            "loan-above-investment",
            4,
        ),
        (plant().replace("1000 USD", "-1000 USD"), "negative-investment", 4),
        (
            plant().replace("1000 USD", "[{item: a, amount: 9 USD, year: 1850}]"),
            "year-outside-study-period",
            4,
        ),
        (plant().replace("1000 USD", "[{item: a, amount: 9 USD, year: 2013}]"), "basis-missing", 4),
        (
            plant(economics="lifetime: 10 year, study-period: 10 year").replace(
                "1000 USD", "[{item: a, amount: 9 USD, year: 11}]"
            ),
            "year-outside-study-period",
            4,
        ),
    ],
)
def test_refused_where_it_stands(text: str, name: str, line: int) -> None:
    outcome = outcome_of(text)
    assert (name, line) in problems_of(text), [
        (item.name, item.span) for item in outcome.diagnostics
    ]
    assert outcome.result is None
    for language in ("en", "vi"):
        shown = "\n".join(
            rendered(outcome.diagnostics, {outcome.name: HEAD + text}, "full", language)
        )
        assert name in shown
        assert "{" + "text}" not in shown


@pytest.mark.parametrize(
    "links, name",
    [
        (("after: [m2]", "after: [m1]"), "circular-measures"),
        (("requires: [m2]", "requires: [m1]"), "circular-measures"),
        (("requires: [m2], excludes: [m2]", ""), "requires-what-it-excludes"),
        (("requires: [m2]", "excludes: [m1]"), "requires-what-it-excludes"),
        (("requires: [m2]", "requires: [m3]", "excludes: [m1]"), "requires-chain-excludes"),
        (("requires: [m2, m3]", "excludes: [m3]", ""), "requires-chain-excludes"),
        (("requires: [m9]",), "unknown-measure"),
        (("requires: [m1]",), "measure-names-itself"),
    ],
)
def test_links_that_contradict(links: tuple[str, ...], name: str) -> None:
    lines = [
        f"  - {{id: m{position}, title: M, {link + ', ' if link else ''}benefits: {{saves: 1 USD/year, as: energy}}}}"
        for position, link in enumerate(links, start=1)
    ]
    outcome = outcome_of("measures:\n" + "\n".join(lines) + "\n")
    assert name in [item.name for item in outcome.diagnostics]
    assert outcome.result is None


def test_requirements_that_do_not_contradict_are_fine() -> None:
    text = (
        "measures:\n  - {id: m1, title: M, requires: [m2], benefits: {saves: 1 USD/year, as: energy}}\n"
        "  - {id: m2, title: M, requires: [m3], benefits: {saves: 1 USD/year, as: energy}}\n"
        "  - {id: m3, title: M, excludes: [m4], benefits: {saves: 1 USD/year, as: energy}}\n"
        "  - {id: m4, title: M, benefits: {saves: 1 USD/year, as: energy}}\n"
    )
    assert problems_of(text) == []
