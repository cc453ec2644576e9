"""From the document of a file to its validated model, with everything that is wrong with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from cpcalc.app import files, locate
from cpcalc.app.files import START, folder_of
from cpcalc.app.sets import factor_set, known_sets, versions_of
from cpcalc.diagnostics import Diagnostic, Path, errors_of, has_errors
from cpcalc.library import PIN, Library, PinnedSet
from cpcalc.quantities import INTERNATIONAL, VIETNAMESE
from cpcalc.resolve import context, resolve, with_properties
from cpcalc.schema import Model, diagnostics_of, has_part, leaves
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.basis import Basis, ExchangeRate, version_problem
from cpcalc.schema.programme import Lock, Programme
from cpcalc.source.reader import Document, leaves_of, read
from cpcalc.units import COUNT_NAME, Vocabulary, base_unit, is_taken

MOST_COUNTS = 9
AnyFile = TypeVar("AnyFile", bound=Model)


class Loaded(NamedTuple):
    """An assessment as far as it could be read: the model when its shape is right."""

    assessment: Assessment | None
    reading: leaves.Reading
    diagnostics: list[Diagnostic]


def kind_of(document: Document) -> str | None:
    """What a document is, by its first key; None for what cpcalc does not know or cannot read."""
    return files.kind_of(document.text) if document.tree is not None else None


def load_document(document: Document) -> Loaded:
    """Validate a document as an assessment; problems of reading and of shape together."""
    diagnostics = list(document.diagnostics)
    if document.tree is None or "cpcalc" not in document.tree:
        if document.tree is not None:
            diagnostics.append(_other_kind("not-a-cpcalc-file", document))
        return Loaded(None, leaves.Reading(), diagnostics)
    reading = reading_of(document.tree, diagnostics)
    return Loaded(_validated(document, Assessment, diagnostics, reading), reading, diagnostics)


def load_programme(document: Document) -> tuple[Programme | None, list[Diagnostic]]:
    """A programme, unless anything is wrong with its shape."""
    diagnostics = list(document.diagnostics)
    if document.tree is None:
        return None, diagnostics
    if kind_of(document) != "programme":
        return None, [*diagnostics, _other_kind("not-a-programme", document)]
    reading = reading_of(document.tree, diagnostics)
    programme = _validated(document, Programme, diagnostics, reading)
    if programme is not None and not base_unit(programme.currency).currency:
        values = {"currency": programme.currency[:20]}
        diagnostics.append(Diagnostic("unknown-currency", ("currency",), values))
    return (programme if not has_errors(diagnostics) else None), diagnostics


def load_lock(document: Document) -> tuple[Lock | None, list[Diagnostic]]:
    """The content of a lock file, or what is wrong with it."""
    diagnostics = list(document.diagnostics)
    if document.tree is None or diagnostics:
        return None, diagnostics
    return _validated(document, Lock, diagnostics), diagnostics


def _other_kind(name: str, document: Document) -> Diagnostic:
    values = {"first": str(next(iter(document.tree), ""))[:40], "kind": kind_of(document) or ""}
    return Diagnostic(name, (), values, span=document.place(()) or START)


def _validated(
    document: Document,
    model: type[AnyFile],
    diagnostics: list[Diagnostic],
    reading: leaves.Reading | None = None,
) -> AnyFile | None:
    """The model of a document; else None, and what is wrong is added to the diagnostics."""
    try:
        return model.model_validate(document.tree, context=reading)
    except ValidationError as error:
        spoiled = {item.path for item in diagnostics if item.severity == "error" and item.path}
        diagnostics += [
            problem
            for problem in diagnostics_of(error, document.tree, model)
            if not any(problem.path[: len(path)] == path for path in spoiled)
        ]
        return None


def reading_of(tree: Mapping[str, Any], diagnostics: list[Diagnostic]) -> leaves.Reading:
    """How the file writes numbers and which units it declares, with what is wrong with these."""

    def refuse(name: str, path: Path, **values: str) -> None:
        diagnostics.append(Diagnostic(name, path, values, on_key=True))

    style, units = tree.get("numbers"), tree.get("units")
    counts: list[str] = []
    ton = None
    for name, meaning in units.items() if isinstance(units, dict) else ():
        if meaning == "count" and is_taken(name):
            refuse("count-name-taken", ("units", name), unit=name)
        elif meaning == "count" and not COUNT_NAME.fullmatch(name):
            refuse("count-name-not-a-word", ("units", name), unit=name)
        elif meaning == "count":
            counts.append(name)
        elif meaning == "metric" and name in ("ton", "tons"):
            ton = "t"
        elif meaning == "metric":
            refuse("unit-declaration", ("units", name), unit=name)
    if len(counts) > MOST_COUNTS:
        refuse("too-many-counts", ("units",), most=str(MOST_COUNTS))
    vocabulary = Vocabulary(tuple(counts[:MOST_COUNTS]), ton)
    return leaves.Reading(str(style) if style in (INTERNATIONAL, VIETNAMESE) else None, vocabulary)


def library_of(assessment: Assessment, beside: str, diagnostics: list[Diagnostic]) -> Library:
    """The library of the sets that a file pins; for a pin that leads nowhere, what there is."""
    sets: dict[str, PinnedSet] = {}
    pins = (assessment.basis.factor_sets or []) if assessment.basis is not None else []
    for position, pin in enumerate(pins):
        path: Path = ("basis", "factor-sets", position)
        match = PIN.fullmatch(pin)
        if match is None:
            versions = versions_of(pin, beside)
            remedy = f"{pin}@{versions[-1]}" if versions else "ipcc-2006@1"
            values = {"pin": pin[:60], "remedy": remedy}
            diagnostics.append(Diagnostic("factor-set-not-a-pin", path, values))
            continue
        factors, problems = factor_set(pin, beside)
        diagnostics += problems
        if factors is not None:
            if factors.id in sets:
                diagnostics.append(Diagnostic("factor-set-twice", path, {"set": factors.id}))
            sets[factors.id] = factors
        elif not problems:
            known = [f"{match[1]}@{version}" for version in versions_of(match[1], beside)]
            values = {"pin": pin, "known": ", ".join(known or known_sets(beside)) or "-"}
            diagnostics.append(Diagnostic("unknown-factor-set", path, values))
    return Library(sets)


# ---- in another currency ------------------------------------------------------------------------


def in_currency(assessment: Assessment, currency: str, found: list[Diagnostic]) -> Assessment:
    """The same assessment reporting in ``currency``; else as it was, with a problem.

    With rates of F (the file's currency) per T (the wanted one) and per X, what is F counts 1/(F/T)
    and what is X counts (F/X)/(F/T).
    """
    basis = assessment.basis or Basis.model_construct()
    rates = basis.exchange_rates
    own = basis.currency or next(iter(dict.fromkeys(context.currencies_of(assessment))), None)
    if own is not None and own != currency:
        pair = f"{own}/{currency}"
        wanted = (rates or {}).get(currency)
        if wanted is None or wanted.rate.value <= 0 or str(wanted.rate.unit) != pair:
            field = f"basis.exchange-rates.{currency}"
            values = {"currency": own, "report": currency, "field": field, "pair": pair}
            found.append(Diagnostic("rate-needed", ("basis",), values, on_key=True))
            return assessment
        turned = {own: _per(wanted, wanted, currency, own)}
        for other, rate in (rates or {}).items():
            if other != currency:
                turned[other] = _per(wanted, rate, currency, other)
        rates = turned
    changed = basis.model_copy(update={"currency": currency, "exchange_rates": rates})
    return assessment.model_copy(update={"basis": changed})


def _per(wanted: ExchangeRate, rate: ExchangeRate, currency: str, other: str) -> ExchangeRate:
    """The rate of ``currency`` per ``other`` that two rates of the file's own currency give."""
    given, divisor = rate.rate, wanted.rate
    is_own = rate is wanted
    turned = replace(
        given,
        value=(1.0 if is_own else given.value) / divisor.value,
        unit=base_unit(currency) / base_unit(other),
        text=f"1 / ({divisor.text})" if is_own else f"({given.text}) / ({divisor.text})",
    )
    return rate.model_copy(update={"rate": turned})


# ---- a file with errors -------------------------------------------------------------------------

# Problems of names and links; others of what is in touch with a part that was taken out could come
# from that.
NAMING_PROBLEMS = frozenset({
    "unknown-stream", "unknown-product", "unknown-measure", "duplicate-id", "circular-streams",
    "circular-measures", "measure-names-itself", "after-a-later-status",
    "requires-what-it-excludes", "measure-in-two-groups", "factor-set-not-a-pin",
    "unknown-factor-set", "factor-set-twice", "factor-set-not-pinned", "unknown-factor",
})  # fmt: skip
MOST_ROUNDS = 6
_STAND_INS: dict[str, Any] = {
    "enterprise": {"id": "unread", "name": "unread"},
    "data-status": "draft",
    "cpcalc": "1",
}


def further_problems(
    document: Document, reading: leaves.Reading, diagnostics: Iterable[Diagnostic]
) -> list[Diagnostic]:
    """Problems of names in what is left of a file whose shape has errors.

    The wrong parts are taken out (or replaced by something neutral that keeps its name), the rest
    is validated and linked.
    """
    wrong = {diagnostic.path for diagnostic in diagnostics}
    for _ in range(MOST_ROUNDS):
        rest = deepcopy(document.tree)
        for path in sorted(wrong, key=len, reverse=True):  # a stand-in comes last
            _take_out(rest, path)
        rest = {**deepcopy(_STAND_INS), **rest}
        try:
            assessment = Assessment.model_validate(rest, context=reading)
        except ValidationError as error:
            paths = {diagnostic.path for diagnostic in diagnostics_of(error, rest, Assessment)}
            if paths <= wrong:
                return []
            wrong |= paths
            continue
        problems: list[Diagnostic] = []
        library = library_of(assessment, folder_of(document.name), problems)
        assessment = with_properties(assessment, library, problems)
        _, linked = resolve(assessment, reading, library)
        return [problem for problem in (*problems, *linked) if problem.name in NAMING_PROBLEMS]
    return []


def apart(document: Document, found: Iterable[Diagnostic]) -> tuple[Document, set[Path]] | None:
    """A document of only those streams, measures ... that no error has to do with, and the others,
    by place and by id; None where errors have to do with everything."""
    wrong = {diagnostic.path for diagnostic in errors_of(found)}
    in_touch = _in_touch(document.tree, wrong)
    if in_touch is None:
        return None
    rest = deepcopy(document.tree)
    for path in sorted({*wrong, *in_touch}, key=len, reverse=True):
        _take_out(rest, path)
    rest = {**deepcopy(_STAND_INS), **rest}
    ids = {(place[0], name) for place, name in in_touch.items()}
    return replace(document, tree=rest, diagnostics=[]), ids.union(in_touch)


# What may name each other; and what nothing else in a file depends on.
SECTIONS = ("streams", "measures", "groups", "products")
APART = frozenset({
    "cpcalc", "enterprise", "data-status", "programme", "source", "expect", "waivers", "scenarios",
})  # fmt: skip


def _in_touch(tree: Mapping[str, Any], wrong: set[Path]) -> dict[Path, str] | None:
    """The streams, measures ... with a wrong part, and all that they name or that name them; each
    with its id.

    None where a wrong part is not in one of these: everything could depend on it.
    """
    names: dict[Path, str] = {}
    words: dict[Path, set[str]] = {}
    for section in SECTIONS:
        part = tree.get(section)
        listed = part if isinstance(part, list) else [part]
        is_keyed = isinstance(part, dict) and section == "streams"
        keyed: Any = part if is_keyed else dict(enumerate(listed))
        for key, item in keyed.items():
            identity = item.get("id") if isinstance(item, dict) else None
            names[section, key] = str(key if section == "streams" else identity)
            words[section, key] = {
                str(step) for leaf in leaves_of(item) for step in (*leaf[0], leaf[1])
            }
    # a single item stands without its list
    found = {
        path[:2] if path[:2] in names else (*path[:1], 0)
        for path in wrong
        if path and path[0] not in APART
    }
    if not found <= names.keys():
        return None
    for _ in range(MOST_ROUNDS):
        named = {names[place] for place in found}
        said = set[str]().union(*(words[place] for place in found))
        more = {place for place in names if names[place] in said or words[place] & named} - found
        if not more:
            return {place: names[place] for place in found}
        found |= more
    return None


def _take_out(tree: dict[str, Any], path: Path) -> None:
    """Remove one path; an item takes its whole list with it, so that no other changes its place.

    Streams, measures and the like keep their names.
    """
    parent: Any = None
    node: Any = tree
    for step in path:
        if not has_part(node, step):
            return  # gone with something larger already
        parent, node = node, node[step]
    stand_in = _stand_in(path, node)
    if stand_in is not None:
        parent[path[-1]] = stand_in
    elif isinstance(parent, dict):
        del parent[path[-1]]
    elif len(path) > 1:
        _take_out(tree, path[:-1])


def _stand_in(path: Path, node: Any) -> Any:
    """Something neutral that keeps the name other parts use."""
    match path:
        case ["enterprise" | "data-status" | "cpcalc" as key]:
            return deepcopy(_STAND_INS[key])
        case ["streams", _]:
            return {"kind": "material"}
        case ["measures" | "groups" | "products" as section, int() as position]:
            identity = node.get("id") if isinstance(node, dict) else None
            neutral = {"id": identity if isinstance(identity, str) else f"unread-{position}"}
            return neutral if section == "products" else {**neutral, "title": "unread"}
    return None


# ---- from one version of a format to the next ----------------------------------------------------

# By the key that has the version: what leads from 1 to 2, then from 2 to 3, and so on. A step makes
# a text of a text, so that comments stay. Factor sets have a version of their content only.
Steps = Mapping[str, Sequence[Callable[[str], str]]]
STEPS: Steps = {"cpcalc": (), "cpcalc-programme": (), "cpcalc-lock": (), "factor-set": ()}


def migrated(document: Document, steps: Steps = STEPS) -> str | tuple[Diagnostic, ...]:
    """The text in the newest version of its format; problems where its own is not known."""
    text = document.text
    if kind_of(document) is None:
        return locate.placed(load_document(document).diagnostics, document)
    key, found = next(iter(document.tree.items()))
    newest = len(steps[key]) + 1
    problem = version_problem(found, newest) if key != "factor-set" else None
    if problem is not None:
        return locate.placed([Diagnostic(problem, (key,), {"found": str(found)[:20]})], document)
    for version in range(int(found) if steps[key] else newest, newest):
        lines = steps[key][version - 1](text).split("\n")
        span = read("\n".join(lines).encode(), "").place((key,)) or START
        row = lines[span.line - 1]
        lines[span.line - 1] = f"{row[: span.column - 1]}{version + 1}{row[span.end_column - 1 :]}"
        text = "\n".join(lines)
    return text
