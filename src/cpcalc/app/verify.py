"""The use case behind `verify`: a result computed again from what it names, and held against it."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from cpcalc import __version__
from cpcalc.app.assess import Options, assess_file
from cpcalc.app.batch import Job, assess_all, shard_data, unheard, without_duplicates
from cpcalc.app.files import NotReadableError, folder_of, read_bytes, reason_of
from cpcalc.app.many import Listed, Shard
from cpcalc.app.programme import assess_programme
from cpcalc.app.questions import Comparison, counted_once
from cpcalc.app.written import as_json, batch_json, portable, programme_json
from cpcalc.checks import FULL
from cpcalc.figures import Figure, Reported, steps
from cpcalc.programme.totals import totals_of
from cpcalc.report.json_result import Data, is_as_written
from cpcalc.report.trust import Cause, Changed, Verified
from cpcalc.results import AssessmentResult, figures_by_path

# Another machine's mathematics may differ in the last digits; an editor does not.
TOLERANCE = 1e-12
Find = Callable[[str, str], str]  # a name and a hash in a result -> the file's path here
Again = tuple[str, Sequence[AssessmentResult]]  # the text of a result, and what it is of
# By what the items of a list are known, where they are known by something.
_KEYS = ("file", "id", "figure", "reference", "name", "key")
MISSING = object()


def verify(name: str, where: str | None = None) -> Verified:
    """Compute a JSON result of `assess`, `batch` or `programme` again, and compare all of it.

    ``where`` is the file, or the folder of the files; else they are looked for beside the result
    and from the working folder on. NotReadableError where the result or a file that it names is
    not there; ValueError where it is no such result, and was none when it was written.
    """
    try:
        text = FilePath(name).read_text(encoding="utf-8")
    except OSError as error:
        raise NotReadableError(name, reason_of(error)) from error
    edited = [] if is_as_written(text) else [Cause("edited", name)]
    try:
        said: Data = json.loads(text)
        made, results = _AGAIN[str(said["schema"])](said, _finder(name, where))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        if '"cpcalc/' in text and edited:  # one of ours once
            return Verified(name, tuple(edited), ())
        raise ValueError(name) from error
    except NotReadableError as error:
        if not edited:
            raise
        return Verified(name, (*edited, Cause("input", error.name, now=error.reason)), ())
    now: Data = json.loads(made)
    causes = [*edited, *_causes(said, now)]
    tolerance = 0.0 if edited else TOLERANCE
    known = [(cause.said, cause.now) for cause in causes]
    leaves = [
        leaf
        for leaf in leaves_of(said, now, ())
        if not _same(*leaf[1:], tolerance) and leaf[1:] not in known
    ]
    owners = dict(_owners(said))
    return Verified(name, tuple(causes), tuple(_explained(leaves, causes, results, owners)))


def _finder(result: str, where: str | None) -> Find:
    """What finds a file that a result names: of several the one with the right hash."""

    def find(name: str, sha256: str) -> str:
        if where is not None and os.path.isfile(where):
            return where
        folders = [folder_of(result), "."] if where is None else [where]
        names = (name, os.path.basename(name))
        paths = [os.path.normpath(os.path.join(a, b)) for b in names for a in folders]
        there = [path for path in paths if os.path.isfile(path)]
        if not there:
            raise NotReadableError(name, "not-beside-result")
        same = (path for path in there if hashlib.sha256(read_bytes(path)).hexdigest() == sha256)
        return next(same, there[0])

    return find


# ---- again ---------------------------------------------------------------------------------------


def _assessed(said: Data, find: Find) -> Again:
    entries = said.get("assessments", [said])
    files, outcomes, options = {}, [], Options(tier=FULL)
    for entry in [*entries, *said.get("failed", ())]:
        about = entry.get("provenance", {"file": entry.get("file")})
        path = find(about["file"], about.get("sha256", ""))
        files[path] = about["file"]
        if "sha256" in about:
            options = Options.as_stated(about.get("options", {}), tier=FULL)
        outcomes.append(assess_file(path, options))
    measure = next((item["measure"]["id"] for item in entries if "measure" in item), None)
    if measure is None:
        outcomes = [item.base for item in counted_once([Comparison(o, (), {}) for o in outcomes])]
    results = [item.result for item in outcomes if item.result is not None]
    return as_json(outcomes, measure, lambda path: files.get(path) or portable(path)), results


def _batch(said: Data, find: Find) -> Again:
    options = Options.as_stated(said["request"], totals_only=True)
    named = [*said["assessments"], *said["failed"]]
    files = [Listed(item["file"], find(item["file"], item.get("sha256", ""))) for item in named]
    whole = assess_all(sorted(files), Job(options, cached=False), unheard)
    batch = without_duplicates(whole)._replace(passed_over=said["passed_over"])
    group_by, part = said["group_by"], said["shard"]
    shard = part and shard_data(whole, Shard(part["number"], part["of"]))
    return "".join(batch_json(batch, totals_of(batch.rows, group_by), options, group_by, shard)), ()


def _programme(said: Data, find: Find) -> Again:
    about = said["provenance"]
    options = Options.as_stated(about["options"])
    path = find(about["file"], about["sha256"])
    outcome = assess_programme(path, Job(options, cached=False), unheard)
    if outcome.result is None:
        return json.dumps({"diagnostics": [item.name for item in outcome.problems]}), ()
    return programme_json(outcome, options, path, lambda _: str(about["file"])), ()


_AGAIN: Mapping[str, Callable[[Data, Find], Again]] = {
    **{f"cpcalc/{kind}/1": _assessed for kind in ("result", "results", "measure", "measures")},
    "cpcalc/batch/1": _batch,
    "cpcalc/programme/1": _programme,
}


# ---- what differs, and why -----------------------------------------------------------------------


def _abouts(data: Data) -> Iterator[Data]:
    """What a result says of each file that it rests on."""
    for entry in (data, *data.get("assessments", ()), *data.get("enterprises", ())):
        about = entry.get("provenance", entry)
        if "sha256" in about:
            yield about


def _owners(data: Data) -> Iterator[tuple[str, str]]:
    """With which names the figures of each of several files begin."""
    for kind in ("assessments", "enterprises"):
        for number, entry in enumerate(data.get(kind, ())):
            file = entry.get("provenance", entry).get("file", "")
            yield f"{kind}.{entry.get('file', number)}.", file


def _causes(said: Data, now: Data) -> Iterator[Cause]:
    """What of that a result rests on is another now: the program, a file, a factor set."""
    known = {about["file"]: about for about in _abouts(now)}
    versions = {item["cpcalc"] for item in (said, *_abouts(said)) if "cpcalc" in item}
    for version in sorted(versions - {__version__}):
        yield Cause("version", "cpcalc", version, __version__)
    sets: dict[str, Cause] = {}
    for about in _abouts(said):
        file, pins = about["file"], about.get("factor_sets", {})
        other = known.get(file, {})
        if other.get("sha256") != about["sha256"]:
            yield Cause("input", file, about["sha256"], other.get("sha256", ""))
        for pin, sha256 in pins.items():
            there = other.get("factor_sets", {}).get(pin, sha256)
            if there != sha256:
                sets[pin] = Cause("factor-set", pin, sha256, there)
    yield from sets.values()


Leaf = tuple[tuple[str, ...], Any, Any]


def leaves_of(said: Any, now: Any, path: tuple[str, ...]) -> Iterator[Leaf]:
    """Every value of two JSON texts side by side; items of lists by what they are known by."""
    one, other = _parts(said), _parts(now)
    if one is None or other is None:
        yield path, said, now
        return
    for key in dict.fromkeys([*one, *other]):
        if (*path, key) != ("checksum",):
            yield from leaves_of(one.get(key, MISSING), other.get(key, MISSING), (*path, key))


def _parts(node: Any) -> Mapping[str, Any] | None:
    if not isinstance(node, list):
        return node if isinstance(node, dict) else None
    for key in _KEYS:
        names = {item.get(key): item for item in node if isinstance(item, dict)}
        if len(names) == len(node) and None not in names:
            return {str(name): item for name, item in names.items()}
    return {str(number): item for number, item in enumerate(node)}


def _same(said: Any, now: Any, tolerance: float) -> bool:
    if isinstance(said, float) and isinstance(now, float):
        return math.isclose(said, now, rel_tol=tolerance)
    return type(said) is type(now) and bool(said == now)


def _explained(
    leaves: Iterable[Leaf],
    causes: Sequence[Cause],
    results: Sequence[AssessmentResult],
    owners: Mapping[str, str],
) -> Iterator[Changed]:
    """Each value that changed with its causes, and the first figure of its workings that did."""
    figures: dict[str, Reported] = {}
    for number, result in enumerate(results):
        before = f"assessments.{number}." if owners else ""
        figures |= {f"{before}{name}": item for name, item in figures_by_path(result).items()}
    listed = [(_figure_name(path), said, now) for path, said, now in leaves]
    changed = {id(figures[name]): name for name, *_ in listed if name in figures}
    for name, *values in listed:
        figure, first, pins = figures.get(name), name, None
        if isinstance(figure, Figure):
            rested_on = list(steps(figure))
            first = next(changed[id(step)] for step in rested_on if id(step) in changed)
            origins = [step.operands[0] for step in rested_on if step.formula is None]
            pins = {str(item.reference).partition("/")[0] for item in origins}
        owner = next((file for before, file in owners.items() if name.startswith(before)), None)
        own = tuple(cause for cause in causes if _can_change(cause, owner, pins))
        said, now = (None if value is MISSING else value for value in values)
        yield Changed(name, said, now, own or (Cause("edited"),), first if first != name else "")


def _figure_name(path: tuple[str, ...]) -> str:
    return ".".join(path).removesuffix(".value").replace("investment.converted", "investment")


def _can_change(cause: Cause, owner: str | None, pins: set[str] | None) -> bool:
    """Whether a value of the file ``owner``, or of all, can be another by a cause.

    ``pins`` are the factor sets that it rests on, where they are known.
    """
    if cause.kind == "factor-set":
        return pins is None or cause.name in pins
    return cause.kind == "version" or (cause.kind == "input" and owner in (None, cause.name))
