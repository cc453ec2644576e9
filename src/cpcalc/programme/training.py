"""Training: courses and person-days, as far as they are published; what is not is said to be so,
never made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.results import Figures
from cpcalc.schema import programme as files
from cpcalc.units import ONE

# The fields of a course that a sum needs.
FIELDS = {
    "person_days": ("days", "participants"),
    "participants": ("participants",),
    "women": ("participants.women",),
    "men": ("participants.men",),
}
FIGURES = ("courses", *FIELDS)
NOT_PUBLISHED = NotApplicable("not-applicable", "courses-not-published")


class Training(NamedTuple):
    """The courses of a file and what they add up to; ``NOT_PUBLISHED`` where no course is
    published.

    The figures are ``courses``, ``person_days`` (participants x days), ``participants``,
    ``women`` and ``men``.
    """

    listed: tuple[files.Course, ...]
    figures: Figures


def training_of(training: files.Training | None) -> Training:
    """Add the courses up; a sum over courses that do not all say it is incomplete and names
    them."""
    courses = tuple((training.courses if training is not None else None) or ())
    if not courses:
        return Training((), dict.fromkeys(FIGURES, NOT_PUBLISHED))
    people = [course.participants for course in courses]
    of_each = {
        "person_days": [_person_days(course) for course in courses],
        "participants": [who.number if who is not None else None for who in people],
        "women": [who.women if who is not None else None for who in people],
        "men": [who.men if who is not None else None for who in people],
    }
    figures = {name: _sum(parts, FIELDS[name]) for name, parts in of_each.items()}
    return Training(courses, {"courses": count(len(courses)), **figures})


def _person_days(course: files.Course) -> int | None:
    if course.days is None or course.participants is None:
        return None
    return course.days * course.participants.number


def _sum(parts: Sequence[int | None], fields: Sequence[str]) -> Reported:
    missing = tuple(
        f"training.courses.{position}.{name}"
        for position, part in enumerate(parts)
        if part is None
        for name in fields
    )
    if missing:
        return NotApplicable("incomplete", "field-missing", missing)
    return count(sum(part for part in parts if part is not None))


def count(number: int) -> Figure:
    """A count as a figure without unit."""
    return Figure(float(number), ONE, None, ())
