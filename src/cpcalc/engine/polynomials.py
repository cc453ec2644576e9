"""Polynomials of what a measure finds, so that one step of the engine acts for all coalitions at once.

What is not a polynomial, or cannot be shown to be one, is still known by what it depends on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cpcalc.calc.savings import capped, scaled
from cpcalc.engine.games import PlainWorkings, Variable
from cpcalc.figures import Figure
from cpcalc.units import ONE

Monomial = tuple[Variable, ...]  # a product of variables, in their order
NO_VARIABLES: frozenset[Variable] = frozenset()
# Coefficients that should be equal differ by less than this share of the larger.
ROUNDING = 1e-12


class Polynomial:
    """A sum of monomials, each with its coefficient, or None where it is none; and all variables that it is made of."""

    __slots__ = ("reads", "terms")

    def __init__(
        self, terms: dict[Monomial, float] | None, reads: frozenset[Variable] = NO_VARIABLES
    ) -> None:
        self.terms = terms
        self.reads = reads

    def __add__(self, other: Any) -> Polynomial:
        other = polynomial(other)
        reads = self.reads | other.reads
        if self.terms is None or other.terms is None:
            return Polynomial(None, reads)
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            terms[monomial] = terms.get(monomial, 0.0) + coefficient
        return Polynomial(_without_zeros(terms), reads)

    __radd__ = __add__

    def __neg__(self) -> Polynomial:
        return self * -1

    def __sub__(self, other: Any) -> Polynomial:
        return self + -polynomial(other)

    def __rsub__(self, other: Any) -> Polynomial:
        return polynomial(other) + -self

    def __mul__(self, other: Any) -> Polynomial:
        other = polynomial(other)
        reads = self.reads | other.reads
        if {} in (self.terms, other.terms):
            return Polynomial({}, reads)
        if self.terms is None or other.terms is None:
            return Polynomial(None, reads)
        terms: dict[Monomial, float] = {}
        for one, a in self.terms.items():
            for two, b in other.terms.items():
                monomial = tuple(sorted(one + two)) if one and two else one + two
                terms[monomial] = terms.get(monomial, 0.0) + a * b
        return Polynomial(_without_zeros(terms), reads)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Polynomial:
        factor = multiple(self, polynomial(other))
        if factor is not None:
            return polynomial(factor)
        return Polynomial(None, self.reads | polynomial(other).reads)

    def __rtruediv__(self, other: Any) -> Polynomial:
        return polynomial(other) / self

    def __gt__(self, other: float) -> bool:
        """Whether it may be above: what is taken from nothing is nothing, so only a plain nothing says no."""
        return self.terms is None or any(self.terms) or self.terms.get((), 0.0) > other

    def __eq__(self, other: object) -> bool:
        terms = polynomial(other).terms
        return terms is not None and self.terms == terms

    __hash__ = None  # type: ignore[assignment]


def _without_zeros(terms: dict[Monomial, float]) -> dict[Monomial, float]:
    return {monomial: coefficient for monomial, coefficient in terms.items() if coefficient}


def polynomial(value: Any) -> Polynomial:
    """A number as a polynomial; a polynomial as it is."""
    if isinstance(value, Polynomial):
        return value
    return Polynomial({(): value} if value else {})


def multiple(one: Polynomial, other: Polynomial) -> float | None:
    """The number that one polynomial is of another; None where it is none."""
    if not one.terms or not other.terms or one.terms.keys() != other.terms.keys():
        return 0.0 if one.terms == {} and other.terms else None
    factors = [coefficient / other.terms[monomial] for monomial, coefficient in one.terms.items()]
    same = max(factors) - min(factors) <= ROUNDING * max(map(abs, factors))
    return factors[0] if same else None


def variable(name: Variable) -> Polynomial:
    """A variable as a polynomial."""
    return Polynomial({(name,): 1.0}, frozenset((name,)))


class PolynomialWorkings(PlainWorkings):
    """Steps on polynomials."""

    __slots__ = ()

    def apply(self, function: Any, *operands: Figure) -> Figure:
        """One step; a quantity in proportion to two others may be a polynomial where their ratio is none."""
        if function is scaled:
            quantity, numerator, denominator = (polynomial(operand.value) for operand in operands)
            factor = multiple(quantity, denominator)
            if factor is not None:
                return Figure(numerator * factor, ONE, None, ())  # type: ignore[arg-type]
        return super().apply(function, *operands)

    def choose(self, function: Callable[..., float], *operands: Figure) -> Figure:
        """A cap: nothing, where it is known that it never bites."""
        assert function is capped
        wanted, present = operands
        is_increase = not isinstance(wanted.value, Polynomial) and wanted.value <= 0
        if is_increase or self.is_never_cut(present):
            return wanted
        value = Polynomial(None, polynomial(wanted.value).reads | polynomial(present.value).reads)
        return Figure(value, ONE, None, ())  # type: ignore[arg-type]
