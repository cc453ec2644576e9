"""The use case behind `verify`: a result computed again from what it names, and held against it."""

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path as FilePath
from typing import Any

from cpcalc import __version__
from cpcalc.app import assess, many, programme, questions
from cpcalc.app.batch import Counted, Job, assess_all, unheard
from cpcalc.app.files import NotReadableError, folder_of, read_bytes
from cpcalc.app.sets import set_sha256
from cpcalc.app.written import as_json, batch_json, portable, programme_json
from cpcalc.checks import FULL
from cpcalc.figures import Figure, Reported, steps
from cpcalc.report import json_result
from cpcalc.report.trust import Cause, Changed, Verified
from cpcalc.results import Figures, figures_by_path

# Another machine's mathematics may differ in the last digits; an editor does not.
TOLERANCE = 1e-12
# What a text that is no result, or none any more, makes of reading it.
NO_RESULT = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
Find = Callable[[str], str]  # the name of a file in a result -> its path here
Again = tuple[str, Figures]  # the text of a result, and of assessments the figures in it by place
Causes = Sequence[tuple[str, Cause]]  # each after how the names of what it changes begin
# The lists of several files, and by what the items of a list are known.
_OF_FILES = ("assessments", "enterprises")
_KEYS = ("file", "id", "figure", "reference", "name", "key")


def verify(name: str, where: str | None = None) -> Verified:
    """Compute a JSON result of `assess`, `batch` or `programme` again, and compare all of it.

    ``where`` is the file, or the folder of the files; else they are looked for beside the result
    and from the working folder on. OSError or NotReadableError where one of them is not there, and
    one of NO_RESULT where this is no such result, unless it was one that was edited.
    """
    text = FilePath(name).read_text(encoding="utf-8")
    is_sealed = json_result.is_as_written(text)
    edited = [Cause("edited", name)] if json_result.SEAL in text and not is_sealed else []
    try:
        said = json.loads(text)
        find = partial(_found, name, where)
        made, figures = _AGAIN[said["schema"]](said, find)
        causes = list(_causes(said, find))
    except (NotReadableError, *NO_RESULT):
        if not edited or '"cpcalc/' not in text:
            raise
        return Verified(name, tuple(edited), ())
    now = json.loads(made)
    # A file that failed has left no hash: where it fails otherwise now, it is another.
    failed = [item for item in said.get("failed", ()) if item not in now.get("failed", ())]
    causes += [("", Cause("input", item["file"])) for item in failed if is_sealed]
    every = dict.fromkeys([*edited, *(cause for _, cause in causes)])
    return Verified(name, tuple(every), tuple(_changed(said, now, causes, figures, is_sealed)))


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
    files, outcomes, options = {}, [], assess.Options(tier=FULL)
    entries = said.get("assessments", [said])
    for entry in [*entries, *said.get("failed", ())]:
        about = entry.get("provenance", entry)
        if about is not entry:
            options = assess.Options(tier=FULL).as_stated(about.get("options", {}))
        path = find(about["file"])
        files[path] = about["file"]
        outcomes.append(assess.assess_file(path, options))
    measure = next((item["measure"]["id"] for item in entries if "measure" in item), None)
    if measure is None:
        outcomes = questions.counted_once(outcomes)
    figures: dict[str, Reported] = {}
    for number, result in enumerate(item.result for item in outcomes if item.result is not None):
        begins = f"assessments.{number}." if "assessments" in said else ""
        figures |= {f"{begins}{name}": item for name, item in figures_by_path(result).items()}
    return as_json(outcomes, measure, lambda path: files.get(path) or portable(path)), figures


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
        return "{}", {}
    return programme_json(outcome, options, about["file"]), {}


_AGAIN: Mapping[str, Callable[[json_result.Data, Find], Again]] = {
    **{f"cpcalc/{kind}/1": _assessed for kind in ("result", "results", "measure", "measures")},
    "cpcalc/batch/1": _batch,
    "cpcalc/programme/1": _programme,
}


# ---- what differs, and why -----------------------------------------------------------------------


def _files(data: json_result.Data) -> Iterator[tuple[str, json_result.Data]]:
    """What a result says of each file it rests on, after how the names of its values begin."""
    about = data.get("provenance", {"cpcalc": data.get("cpcalc", __version__)})
    yield "", about
    for kind in _OF_FILES:
        for name, entry in (_parts(data.get(kind, [])) or {}).items():
            of_entry = entry.get("provenance", entry)
            file = os.path.join(os.path.dirname(about.get("file", "")), of_entry["file"])
            yield f"{kind}.{name}.", {**of_entry, "file": file.replace(os.sep, "/")}


def _causes(said: json_result.Data, find: Find) -> Iterator[tuple[str, Cause]]:
    """What is another now: the program, a file, a factor set; and which values rest on it."""
    for begins, about in _files(said):
        moved = [("version", "cpcalc", str(about.get("cpcalc", __version__)), __version__)]
        if "file" in about:
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
        yield from ((begins, Cause(*cause)) for cause in moved if cause[2] != cause[3])


def leaves_of(said: Any, now: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, Any, Any]]:
    """The path of every value that two trees do not share, with both; items of lists by name."""
    one, other = _parts(said), _parts(now)
    if one is not None and other is not None:
        for key in dict.fromkeys([*one, *other]):
            yield from leaves_of(one.get(key), other.get(key), (*path, key))
    elif said != now:
        yield path, said, now


def _parts(node: Any) -> Mapping[str, Any] | None:
    if not isinstance(node, list):
        return node if isinstance(node, dict) else None
    for key in _KEYS:
        names = [str(item[key]) for item in node if isinstance(item, dict) and key in item]
        if len(set(names)) == len(node):
            return dict(zip(names, node, strict=True))
    return {str(number): item for number, item in enumerate(node)}


def _changed(
    said: json_result.Data, now: json_result.Data, causes: Causes, figures: Figures, is_sealed: bool
) -> Iterator[Changed]:
    """Each value that changed with its causes, and the first figure of its workings that did."""
    otherwise = Cause("version" if is_sealed else "edited")  # other code of the same number
    known = [[cause.said, cause.now] for _, cause in causes]
    leaves = {
        ".".join(path).removesuffix(".value").replace("investment.converted", "investment"): pair
        for path, *pair in leaves_of(said, now)
        if path != ("checksum",) and pair not in known and not (is_sealed and _is_near(*pair))
    }
    changed = {id(figures[place]): place for place in reversed(leaves) if place in figures}
    for place, (one, other) in leaves.items():
        figure = figures.get(place)
        path = list(steps(figure)) if isinstance(figure, Figure) else []
        origins = [step.operands[0] for step in path if step.formula is None]
        sets = {str(origin.reference).partition("/")[0] for origin in origins}
        first = next((changed[id(step)] for step in path if id(step) in changed), place)
        own = dict.fromkeys(
            cause
            for begins, cause in causes
            if (place.startswith(begins) or not place.startswith(_OF_FILES))
            and (cause.kind != "factor-set" or not path or cause.name in sets)
        )
        yield Changed(
            place, one, other, tuple(own) or (otherwise,), first if first != place else ""
        )


def _is_near(said: Any, now: Any) -> bool:
    both = isinstance(said, float) and isinstance(now, float)
    return both and math.isclose(said, now, rel_tol=TOLERANCE)
