"""The use case behind `diff`: what changed between two results, and which kind of change did it.

Each kind of change is made alone in the older file, which is assessed again: what that does to a
figure is the kind's own effect. Where a kind cannot stand alone (a measure on a stream that is new
too), its effect is what the newer file loses without it. What all effects leave of the whole change
is the interaction.
"""

import io
import json
import math
import os
import posixpath
import subprocess
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from cpcalc import names
from cpcalc.app import assess, files, verify
from cpcalc.diagnostics import Path
from cpcalc.figures import Figure, NotApplicable, Reported, figures_in
from cpcalc.report import json_result
from cpcalc.report.trust import FIGURE, INTERACTION, KINDS, Attributed, Cause, Changed, Difference
from cpcalc.results import Figures, figures_of
from cpcalc.source.reader import Document, read
from cpcalc.units import Unit, read_unit

# What a change at a place of a file is, by the first key of its path that stands here.
KEYS_OF_KINDS = {
    "measures": "measures groups",
    "price": "price price-basis annual-cost carbon-price",
    "factor": "factor-sets grid gwp emission-factors ncv gcv heat-basis density mass-basis control"
    " gas boundary",
    "rate": "exchange-rates discount-rate inflation escalation tax loan finance-rate"
    " reinvestment-rate",
    "activity": "operation",
}
KIND_OF_KEY = {key: kind for kind, keys in KEYS_OF_KINDS.items() for key in keys.split()}
# What of its provenance makes a result another.
_WHAT = {
    "cpcalc": "version", "sha256": "input", "tables": "input", "factor_sets": "factor",
    "request": "basis", "options": "basis",
}  # fmt: skip
# How the texts of a file are read: two files that differ in this cannot be mixed.
_WRITING = ("numbers", "units")
PAYBACK = "simple_payback"
SIDES = (f"{PAYBACK}.investment", f"{PAYBACK}.annual_net_saving")
HEADLINES = ("investment", *names.HEADLINES, *SIDES, "economics.npv")
OPTIONS = assess.Options(is_varied=True)
# Of the largest effect on a figure: effects are whole multiples of it, so that sums are exact.
FINENESS = 2.0**-40
_NOTHING = Figure(0.0, Unit.of(()))
# Of one of the two: its figures, its JSON, and of a file what became of it.
Version = tuple[Figures, dict[str, Any], assess.Outcome | None]
Effects = Mapping[str, tuple[Figures, Figures]]  # of each kind: without it and with it


def diff(before: str, after: str) -> Difference:
    """What changed from one file, JSON result or ``REVISION:FILE`` of git to another.

    ProblemsError where a file has errors, NotReadableError where one is not there.
    """
    with TemporaryDirectory() as folder:
        one, other = (_version(name, f"{folder}/{at}") for at, name in enumerate((before, after)))
        outcomes = [item for item in (one[2], other[2]) if item is not None]
        if any(outcome.result is None for outcome in outcomes):
            problems = [problem for outcome in outcomes for problem in outcome.diagnostics]
            texts = [outcome.texts for outcome in outcomes]
            raise files.ProblemsError(problems, texts[0] | texts[-1])
        changes, effects = _of_files(*outcomes) if len(outcomes) > 1 else _of_results(one, other)
    rows = tuple(_rows(one[0], other[0], effects))
    below = () if rows else tuple(_below_totals(one[1], other[1]))
    return Difference(before, after, (*changes, *below), rows)


def _version(name: str, folder: str) -> Version:
    path = name if os.path.lexists(name) or ":" not in name else _from_git(name, folder)
    data = files.read_bytes(path)
    if data.lstrip(b"{ \n").startswith(b'"schema": "cpcalc/'):
        try:
            said = json.loads(files.text_of_result(path))
            return dict(_stated(said["totals"])), said, None
        except verify.NO_RESULT as error:
            raise files.NotReadableError(name, "not-a-result") from error
    outcome = assess.assess_document(read(data, path), OPTIONS)
    found = outcome.diagnostics
    problems = tuple(item._replace(file=item.file.replace(path, name)) for item in found)
    outcome = outcome._replace(name=name, diagnostics=problems)
    said = json_result.result_data(outcome.result, ()) if outcome.result is not None else {}
    return _headlines(outcome), said, outcome


def _from_git(name: str, folder: str) -> str:
    """A file of a revision with all that stands beside it, unpacked into a folder."""
    revision, _, path = name.partition(":")
    inside, file = posixpath.split(path)

    def git(otherwise: str, *arguments: str) -> bytes:
        try:
            return subprocess.run(["git", *arguments], capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            raise files.NotReadableError(name, otherwise) from error

    top = git("no-repository", "rev-parse", "--show-toplevel").decode().strip()
    verified = ("rev-parse", "--verify", "--end-of-options")
    git("no-revision", *verified, f"{revision}^{{tree}}")
    git("not-in-git", *verified, name)
    tree = git("not-in-git", *verified, f"{revision}:{inside and inside + '/'}").decode().strip()
    archive = git("not-in-git", "-C", top, "archive", "--format=zip", tree)
    ZipFile(io.BytesIO(archive)).extractall(folder)
    return os.path.join(folder, file)


def _headlines(outcome: assess.Outcome) -> Figures:
    """The figures that are attributed, with both sides of the payback; none of a broken file."""
    if outcome.result is None:
        return {}
    known = figures_of(outcome.result.totals)
    payback = known[PAYBACK]
    sides = payback.operands if isinstance(payback, Figure) else (payback, payback)
    return _attributable({**known, **dict(zip(SIDES, sides, strict=True))})


def _attributable(figures: Mapping[str, Any]) -> dict[str, Any]:
    wanted = [*HEADLINES, *names.members("reductions")]
    return {name: figures[name] for name in wanted if name in figures}


# ---- two files -----------------------------------------------------------------------------------


def _of_files(one: assess.Outcome, other: assess.Outcome) -> tuple[tuple[Changed, ...], Effects]:
    """The places that changed, and what each kind of change does to the figures."""
    before, after = one.document, other.document
    if before is None or after is None or one.result is None or other.result is None:
        return (), {}
    changes = tuple(
        Changed(".".join(path), said, now, (Cause(kind_of(path)),))
        for path, said, now in verify.leaves_of(before.tree, after.tree)
    )
    kinds = {change.causes[0].kind for change in changes}
    if one.result.provenance.factor_sets != other.result.provenance.factor_sets:
        kinds.add("factor")
    effects = {}
    for kind in kinds if all(before.tree.get(x) == after.tree.get(x) for x in _WRITING) else ():
        if alone := _mixed(before, after, {kind}):
            effects[kind] = (_headlines(one), alone)
        elif without := _mixed(before, after, kinds - {kind}):
            effects[kind] = (without, _headlines(other))
    return changes, effects


def kind_of(path: Path) -> str:
    """What a change at a place of the file is: price, rate, measures and the like."""
    steps = path[:1] + path[2:] if path[:1] == ("streams",) else path  # a stream has any name
    known = (KIND_OF_KEY[str(step)] for step in steps if step in KIND_OF_KEY)
    return next(known, "activity" if path[:1] in (("streams",), ("products",)) else "basis")


def _mixed(before: Document, after: Document, kinds: Collection[str]) -> Figures:
    """The figures of the older file with only these kinds of change; none where it has errors."""
    tree = _merged(before.tree, after.tree, (), kinds)
    beside = after if "factor" in kinds else before  # with the sets that stand there
    document = replace(before, name=beside.name, tree=tree)
    return _headlines(assess.assess_document(document, OPTIONS))


def _merged(one: Any, other: Any, path: Path, kinds: Collection[str]) -> Any:
    """Two trees as one; lists are taken whole, so each text stands where it knows that it does."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other if kind_of(path) in kinds else one
    keys = dict.fromkeys([*one, *other])
    merged = {key: _merged(one.get(key), other.get(key), (*path, key), kinds) for key in keys}
    return {key: value for key, value in merged.items() if value is not None}


# ---- two results ---------------------------------------------------------------------------------


def _of_results(one: Version, other: Version) -> tuple[tuple[Changed, ...], Effects]:
    """Of results only their provenance is known: where one kind of thing differs, it did all."""
    changes = tuple(
        Changed(".".join(path).lstrip("."), said, now, (Cause(_WHAT[(*path, "sha256")[1]]),))
        for path, said, now in verify.leaves_of(_rests_on(one[1]), _rests_on(other[1]))
    )
    kinds = {change.causes[0].kind for change in changes}
    return changes, {kind: (one[0], other[0]) for kind in kinds if len(kinds) == 1}


def _rests_on(said: dict[str, Any]) -> dict[str, Any]:
    """What a result says that it rests on, for each file."""
    return {
        begins.rstrip("."): {key: about[key] for key in _WHAT if about.get(key)}
        for begins, about in verify.files_of(said)
    }


def _stated(totals: Mapping[str, Any]) -> Iterator[tuple[str, Reported]]:
    """The same figures of the totals of a JSON result."""
    said = {**totals, **totals.get("figures", {})}
    investment = said.get("investment", {})
    said["investment"] = investment.get("converted", investment)
    said["economics.npv"] = said.get("economics", {}).get("npv", {})
    said |= {f"reductions.{name}": data for name, data in said.get("reductions", {}).items()}
    for name, data in _attributable(said).items():
        if "value" in data:
            factor, unit = read_unit(data["unit"])
            yield name, Figure(data["value"] * factor, unit.of_substance(data.get("of")))
        elif code := data.get("not_applicable"):
            yield name, NotApplicable(code, data["because"], tuple(data["missing"]))


def _below_totals(said: json_result.Data, now: json_result.Data) -> Iterator[Changed]:
    """The figures of measures, streams and the like that differ, where no total does."""
    for path, one, other in verify.leaves_of(said, now):
        if isinstance(one, dict) and isinstance(other, dict) and "unit" in one | other:
            yield Changed(".".join(path), one, other, (Cause(FIGURE),))


# ---- attribution ---------------------------------------------------------------------------------


def _rows(before: Figures, after: Figures, effects: Effects) -> Iterator[Attributed]:
    """Each figure that changed, with the effect of each kind of change on it."""
    weights = _weights(before, after)
    for name in dict.fromkeys([*before, *after]):
        terms = weights if name == PAYBACK and weights else {name: weights.get(name, 1.0)}
        is_side = name in SIDES
        one, other = (None if is_side else ends.get(name) for ends in (before, after))
        known = figures_in([after.get(PAYBACK)] if is_side else [one, other])
        change = _effect(terms, before, after)
        if is_side and not weights:
            continue
        if change is None or len({figure.unit for figure in known}) > 1:
            if known or _absent(one) != _absent(other):
                yield Attributed(name, one, other, None, {})
        elif abs(change) > verify.TOLERANCE * max(abs(figure.value) for figure in known):
            own = {kind: _effect(terms, *pair) for kind, pair in effects.items()}
            yield Attributed(name, one, other, *_summing(change, own, known[0].unit))


def _absent(figure: Reported | None) -> str | None:
    """Why a figure is none; None where it is not known, which not every result says."""
    code = figure.code if isinstance(figure, NotApplicable) else None
    return code if code != "incomplete" else None


def _effect(terms: Mapping[str, float], without: Figures, with_it: Figures) -> float | None:
    """How much more a weighted sum of figures is; a reduction that no measure brings is 0."""
    effect = 0.0
    for name, weight in terms.items():
        absent = _NOTHING if name.startswith("reductions.") else None
        one, other = (figures.get(name, absent) for figures in (without, with_it))
        if not isinstance(one, Figure) or not isinstance(other, Figure):
            return None
        effect += (other.value - one.value) * weight
    return effect


def _weights(before: Figures, after: Figures) -> Mapping[str, float]:
    """What a change of its investment I and of its saving A does to the payback t = I / A.

    From 1 to 2 dt = dI (1/A1 + 1/A2)/2 - dA (I1 + I2)/(2 A1 A2), additive in dI and in dA.
    """
    known = figures_in(ends.get(side) for side in SIDES for ends in (before, after))
    if len(known) < 4 or len({figure.unit.currency for figure in known}) > 1:
        return {}
    paid, paid_after, saved, saved_after = (figure.value for figure in known)
    per_paid = (1 / saved + 1 / saved_after) / 2
    return dict(zip(SIDES, (per_paid, -(paid + paid_after) / 2 / saved / saved_after), strict=True))


def _summing(
    change: float, own: Mapping[str, float | None], unit: Unit
) -> tuple[Figure, dict[str, Figure]]:
    """The change and the effects that make it up, with what these leave as the interaction.

    All are whole multiples of one small step, so that they sum to the last digit.
    """
    known = {kind: own[kind] or 0.0 for kind in KINDS if kind in own}
    step = FINENESS * 2.0 ** math.frexp(max(map(abs, (change, *known.values()))))[1]
    whole = {kind: round(effect / step) * step for kind, effect in known.items()}
    total = round(change / step) * step
    whole[INTERACTION] = total - sum(whole.values())
    return Figure(total, unit), {kind: Figure(part, unit) for kind, part in whole.items() if part}
