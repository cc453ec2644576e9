"""Properties of fuels that a file takes from a pinned set: heat contents and densities."""

from __future__ import annotations

from dataclasses import replace

from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.library import Library
from cpcalc.quantities import Quantity
from cpcalc.resolve.factors import is_mixed
from cpcalc.schema.assessment import Assessment, Stream

PROPERTIES = ("ncv", "gcv", "density")


def with_properties(
    assessment: Assessment, library: Library, found: list[Diagnostic]
) -> Assessment:
    """The assessment with every named property as its number, cited.

    What leads nowhere is a diagnostic.

    A property that is not found is taken out, so that everything else is still linked.
    """
    streams: dict[str, Stream] = {}
    for name, stream in (assessment.streams or {}).items():
        named = {key: value for key in PROPERTIES if isinstance(value := getattr(stream, key), str)}
        if named:
            changes = {
                key: _property(stream, key, str(reference), library, ("streams", name, key), found)
                for key, reference in named.items()
            }
            streams[name] = stream.model_copy(update=changes)
    if not streams:
        return assessment
    return assessment.model_copy(update={"streams": {**(assessment.streams or {}), **streams}})


def _property(
    stream: Stream, key: str, reference: str, library: Library, path: Path, found: list[Diagnostic]
) -> Quantity | None:
    cited = library.property(reference, key)
    if isinstance(cited, Diagnostic):
        found.append(cited._replace(path=path))
        return None
    if is_mixed(cited.mass_basis, stream.mass_basis):
        one = f"stream ({stream.mass_basis or 'mass-basis not stated'})"
        values = {
            "one": one,
            "other": f"{cited.reference} ({cited.mass_basis})",
            "factor": reference,
        }
        found.append(Diagnostic("mass-basis-mixed", path, values))
    library.cite(cited, "heat-content" if key != "density" else "density")
    assert cited.quantity is not None  # the library hands out no other
    return replace(cited.quantity, path=path, cited=cited.reference)
