"""The lock file: the versions of factor sets, by hash, and the rates that files rest on."""

from typing import Annotated

from cpcalc.schema.base import Model
from cpcalc.schema.leaves import OneOrMore, Words, choice


class LockedSet(Model):
    """One version of a factor set, by the hash of its file."""

    set: Words
    version: Words
    sha256: Words


class LockedRate(Model):
    """One exchange rate as one of the files gives it."""

    file: Words
    currency: Words
    rate: Words
    year: Words
    source: Words


class Lock(Model):
    """The whole lock file; files are named as they stand beside it."""

    cpcalc_lock: Annotated[str, choice("1")]
    files: OneOrMore[Words]
    factor_sets: list[LockedSet] | None = None
    rates: list[LockedRate] | None = None
