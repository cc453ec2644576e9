"""The use case behind `verify`: a result computed again from what it names, and held against it."""

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial, reduce
from itertools import chain, zip_longest
from operator import ne
from typing import Any

from cpcalc import __version__
from cpcalc.app import assess, many, programme, questions
from cpcalc.app.batch import Counted, Job, assess_all, unheard
from cpcalc.app.files import NotReadableError, folder_of, read_bytes, text_of_result
from cpcalc.app.sets import set_sha256
from cpcalc.app.written import as_json, batch_json, portable, programme_json, what_ifs_json
from cpcalc.checks import FULL
from cpcalc.figures import Figure, Reported, figures_in, nudged, steps
from cpcalc.report import json_result
from cpcalc.report.problems import describe
from cpcalc.report.trust import Cause, Changed, Verified
from cpcalc.results import Figures, figures_by_path

# Another machine's mathematics may differ in the last digits; an editor does not.
TOLERANCE = 1e-12
# Two hashes of different bytes share one digit in sixteen: what shares half of them was edited.
LEAST_OTHER_DIGITS = 32
# What a text that is no result, or none any more, makes of reading it.
NO_RESULT = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)
Find = Callable[[str], str]  # the name of a file in a result -> its path here
# The text of a result, and the assessments in it after how the names of their figures begin.
Places = Mapping[str, assess.Outcome]
Again = tuple[str, Places]
Causes = Sequence[tuple[str, Cause]]  # each after how the names of what it changes begin
# The lists of several files, and by what the items of a list are known.
_OF_FILES = ("assessments", "enterprises")
_KEYS = ("file", "id", "figure", "reference", "name", "key", "scenario")


def verify(name: str, where: str | None = None) -> Verified:
    """Compute a JSON result of `assess`, `batch` or `programme` again, and compare all of it.

    ``where`` is the file, or the folder of the files; else they are looked for beside the result
    and from the working folder on. NotReadableError where one of them is not there, or this is no
    such result, unless it was one that was edited.
    """
    text = text_of_result(name)
    is_sealed = json_result.is_as_written(text)
    edited = [Cause("edited", name)] if json_result.SEAL in text and not is_sealed else []
    try:
        said = json.loads(text)
        find = partial(_found, name, where)
        made, places = _AGAIN[said["schema"]](said, find)
        causes = list(_causes(said, find))
    except (NotReadableError, *NO_RESULT) as error:
        lost = error if isinstance(error, NotReadableError) else None
        if not edited or '"cpcalc/' not in text:
            raise lost or NotReadableError(name, "not-a-result") from error
        wrong = lost.name if lost is not None else str(error.args[0])  # a line that is no JSON
        return Verified(name, tuple(edited), (Changed(wrong, None, None, tuple(edited)),))
    now = json.loads(made)
    # A file that failed has left no hash: where it fails otherwise now, it is another.
    failed = [item for item in said.get("failed", ()) if item not in now.get("failed", ())]
    if now["schema"] == json_result.FAILURE_SCHEMA and not causes:
        failed += [item for item in now["diagnostics"] if item["severity"] == "error"]
    causes += [("", Cause("input", item["file"])) for item in failed if is_sealed]
    every = dict.fromkeys([*edited, *(cause for _, cause in causes)])
    changed = list(_changed(said, now, causes, places, is_sealed))
    if edited and not changed:  # a digit that makes no other number
        lines = zip_longest(text.split("\n"), made.split("\n"))
        at, (one, other) = next(x for x in enumerate(lines, start=1) if ne(*x[1]))
        changed = [Changed(f"line {at}", one, other, tuple(edited))]
    return Verified(name, tuple(every), tuple(changed))


def _found(result: str, where: str | None, name: str) -> str:
    """The path here of a file that a result names, in whole or from one of its folders on."""
    if where is not None and os.path.isfile(where):
        return where
    parts = name.split("/")
    for folder in [folder_of(result), "."] if where is None else [where]:
        for first in range(len(parts)):
            path = os.path.normpath(os.path.join(folder, *parts[first:]))
            if os.path.isfile(path):
                return path
    raise NotReadableError(name, "not-beside-result")


# ---- again ---------------------------------------------------------------------------------------


def _assessed(said: json_result.Data, find: Find) -> Again:
    """One file or several, each as it is or under what-ifs too."""
    is_what_if = said["schema"] == json_result.SCENARIOS_SCHEMA
    options = assess.Options(tier=FULL, enterprise=is_what_if)
    files: dict[str, str] = {}
    places: dict[str, assess.Outcome] = {}
    compared: list[questions.Comparison] = []
    measure: str | None = None
    entries = [*said.get("assessments", [said]), *said.get("failed", ())]
    for number, entry in enumerate(entries):
        base, scenarios = (entry["file"], entry["scenarios"]) if is_what_if else (entry, ())
        about = base.get("provenance", base)
        if about is not base:
            options = options.as_stated(about.get("options", {}))
        path = find(about["file"])
        files[path] = about["file"]
        results = [base, *(item["result"] for item in scenarios)]
        measure = next((x["measure"]["id"] for x in results if "measure" in x), measure)
        asked = {item["scenario"]: item["set"] for item in scenarios}
        values = asked.pop(questions.OF_COMMAND, {})
        compared.append(questions.compare(path, options, list(asked), list(values.items())))
        begins = f"assessments.{number}." if "assessments" in said else ""
        places[f"{begins}file." if is_what_if else begins] = compared[-1].base
        what_ifs = compared[-1].scenarios
        places |= {f"{begins}scenarios.{one.name}.result.": outcome for one, outcome in what_ifs}

    def named(path: str) -> str:
        return files.get(path) or portable(path)

    if is_what_if:
        return what_ifs_json(compared, measure, named), places
    outcomes = [comparison.base for comparison in compared]
    outcomes = questions.counted_once(outcomes) if measure is None else outcomes
    return as_json(outcomes, measure, named), places


def _workings(places: Places) -> tuple[Figures, Mapping[int, str]]:
    """The figures of assessments by place, and in words the inputs that they rest on."""
    figures: dict[str, Reported] = {}
    inputs: dict[int, str] = {}
    for begins, outcome in places.items():
        own = figures_by_path(outcome.result) if outcome.result is not None else {}
        figures |= {f"{begins}{name}": figure for name, figure in own.items()}
        sources = questions.sources_of(outcome._replace(name=portable(outcome.name)))
        for step in _steps(own.values()):
            if step.formula is None and step.operands and step.operands[0].kind != "definition":
                kind, reference, written = step.operands[0]
                where = sources.place(reference) if kind == "input" else reference
                inputs[id(step)] = f"{written} ({where})"
    return figures, inputs


def _steps(figures: Iterable[Any]) -> Iterator[Figure]:
    """What figures rest on, and themselves, each once."""
    done = set[int]()
    return chain.from_iterable(steps(figure, done) for figure in figures_in(figures))


def _batch(said: json_result.Data, find: Find) -> Again:
    options = assess.Options(totals_only=True).as_stated(said["request"])
    names = [item["file"] for item in (*said["assessments"], *said["failed"])]
    files = [many.Listed(name, find(name)) for name in sorted(names)]
    answers = assess_all(files, Job(options, cached=False), unheard)
    answers.passed_over = said["passed_over"]
    shard = said["shard"] and many.Shard(**said["shard"])
    return "".join(batch_json(Counted(answers, said["group_by"]), options, shard)), {}


def _programme(said: json_result.Data, find: Find) -> Again:
    about = said["provenance"]
    options = assess.Options().as_stated(about.get("options", {}))
    outcome = programme.assess_programme(find(about["file"]), Job(options, cached=False), unheard)
    if outcome.result is None:  # it is refused now
        problems = [describe(problem, {}) for problem in outcome.problems]
        return json_result.dumps(json_result.failure_data(about["file"], problems)), {}
    return programme_json(outcome, options, about["file"]), {}


_OF_ASSESS = ("result", "results", "measure", "measures", "scenarios")
_AGAIN: Mapping[str, Callable[[json_result.Data, Find], Again]] = {
    **{f"cpcalc/{kind}/1": _assessed for kind in _OF_ASSESS},
    "cpcalc/batch/1": _batch,
    "cpcalc/programme/1": _programme,
}


# ---- what differs, and why -----------------------------------------------------------------------


def files_of(data: json_result.Data) -> Iterator[tuple[str, json_result.Data]]:
    """What a result says of each file it rests on, after how the names of its values begin."""
    about = data.get("provenance", data)
    yield "", about
    for kind in _OF_FILES:
        for name, entry in (_parts(data.get(kind, [])) or {}).items():
            of_file = entry["file"] if isinstance(entry.get("file"), dict) else entry
            of_entry = of_file.get("provenance", of_file)
            file = os.path.join(os.path.dirname(about.get("file", "")), of_entry["file"])
            yield f"{kind}.{name}.", {**of_entry, "file": file.replace(os.sep, "/")}


def _causes(said: json_result.Data, find: Find) -> Iterator[tuple[str, Cause]]:
    """What is another now: the program, a file, a factor set; and which values rest on it."""
    for begins, about in files_of(said):
        moved = [("version", "cpcalc", str(about.get("cpcalc", __version__)), __version__)]
        if "sha256" in about:
            path = find(about["file"])
            now = hashlib.sha256(read_bytes(path)).hexdigest()
            moved += [("input", about["file"], str(about["sha256"]), now)]
            for name, sha256 in about.get("tables", {}).items():
                beside = read_bytes(os.path.join(folder_of(path), name))
                moved.append(("input", name, str(sha256), hashlib.sha256(beside).hexdigest()))
            moved += [
                ("factor-set", pin, str(sha256), set_sha256(pin, folder_of(path)))
                for pin, sha256 in about.get("factor_sets", {}).items()
            ]
        yield from ((begins, Cause(*cause)) for cause in moved if _is_another(*cause[2:]))


def _is_another(said: str, now: str) -> bool:
    """Whether two versions or hashes are of different things, and not one of them edited."""
    is_hash = len(said) == len(now) == hashlib.sha256().digest_size * 2
    return said != now and not (is_hash and sum(map(ne, said, now)) < LEAST_OTHER_DIGITS)


def leaves_of(said: Any, now: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, Any, Any]]:
    """The path of every value that two trees do not share, with both; items of lists by name."""
    one, other = _parts(said), _parts(now)
    if one is not None and other is not None and not _is_moved(one, other):
        for key in dict.fromkeys([*one, *other]):
            yield from leaves_of(one.get(key), other.get(key), (*path, key))
    elif said != now:
        yield path, said, now


def _is_moved(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether these are a figure of another size, or one that is none any more."""
    values = one.get("value"), other.get("value")
    are_figures = all("unit" in part or "not_applicable" in part for part in (one, other))
    return are_figures and values[0] != values[1] and not _is_near(*values)


def _parts(node: Any) -> Mapping[str, Any] | None:
    if not isinstance(node, list):
        return node if isinstance(node, dict) else None
    for key in _KEYS:
        named = [item.get(key) for item in node if isinstance(item, dict)]
        names = [name for name in named if isinstance(name, str)]
        if len(set(names)) == len(node):
            return dict(zip(names, node, strict=True))
    return {str(number): item for number, item in enumerate(node)}


def _changed(
    said: json_result.Data, now: json_result.Data, causes: Causes, places: Places, is_sealed: bool
) -> Iterator[Changed]:
    """Each value that changed with its causes, the first figure of its workings that did, and the
    inputs of these on which nothing rests that holds."""
    figures, inputs = _workings(places)
    otherwise = Cause("version" if is_sealed else "edited")  # other code of the same number
    known = [[cause.said, cause.now] for _, cause in causes]
    leaves = {
        ".".join(path).removesuffix(".value").replace("investment.converted", "investment"): pair
        for path, *pair in leaves_of(said, now)
        if path != ("checksum",) and pair not in known and not (is_sealed and _is_near(*pair))
    }
    changed = {id(figures[place]): place for place in reversed(leaves) if place in figures}
    holding = [figure for at, figure in figures.items() if at not in leaves and _at(said, at)]
    held_by = list(_steps(holding))

    @cache
    def is_held(text: str) -> bool:  # a figure that holds would follow this input
        moved = nudged(held_by, [key for key, name in inputs.items() if name == text])
        return any(
            not math.isclose(moved.get(id(one), one.value), one.value, rel_tol=TOLERANCE)
            for one in figures_in(holding)
        )

    for place, (one, other) in leaves.items():
        path = list(_steps([figures.get(place)]))
        rests_on = dict.fromkeys(inputs[id(step)] for step in path if id(step) in inputs)
        sets = {name.rpartition("(")[2].partition("/")[0] for name in rests_on}
        first = next((changed[id(step)] for step in path if id(step) in changed), place)
        own = dict.fromkeys(
            cause
            for begins, cause in causes
            if (f"{place}.".startswith(begins) or not place.startswith(_OF_FILES))
            and (cause.kind != "factor-set" or not path or cause.name in sets)
        )
        suspects = tuple(name for name in rests_on if own and is_sealed and not is_held(name))
        first = first if first != place else ""
        yield Changed(place, one, other, tuple(own) or (otherwise,), first, suspects)


def _at(data: Any, place: str) -> Any:
    """What stands at a place; nothing where there is none."""
    return reduce(lambda node, key: (_parts(node) or {}).get(key), place.split("."), data)


def _is_near(said: Any, now: Any) -> bool:
    both = isinstance(said, float) and isinstance(now, float)
    return both and math.isclose(said, now, rel_tol=TOLERANCE)
