"""Training: courses and person-days, as far as they are published; what is not is said to be so, never made up."""

from __future__ import annotations

from typing import NamedTuple

from cpcalc.figures import Figure, NotApplicable, Origin, Reported
from cpcalc.schema import programme as files
from cpcalc.units import ONE

NOT_PUBLISHED = NotApplicable("not-applicable", "courses-not-published")


class Training(NamedTuple):
    """The courses of a file and what they add up to; ``NOT_PUBLISHED`` where no course is published."""

    listed: tuple[files.Course, ...]
    courses: Reported
    person_days: Reported  # participants x days
    participants: Reported
    women: Reported
    men: Reported


def training_of(training: files.Training | None) -> Training:
    """Add the courses up; a sum over courses that do not all say it is incomplete and names them."""
    courses = tuple((training.courses if training is not None else None) or ())
    if not courses:
        return Training(
            (), NOT_PUBLISHED, NOT_PUBLISHED, NOT_PUBLISHED, NOT_PUBLISHED, NOT_PUBLISHED
        )
    people = [course.participants for course in courses]
    return Training(
        courses,
        _number(len(courses)),
        _sum([_person_days(course) for course in courses], "days, participants"),
        _sum([who.number if who is not None else None for who in people], "participants"),
        _sum([who.women if who is not None else None for who in people], "participants.women"),
        _sum([who.men if who is not None else None for who in people], "participants.men"),
    )


def _person_days(course: files.Course) -> int | None:
    if course.days is None or course.participants is None:
        return None
    return course.days * course.participants.number


def _sum(parts: list[int | None], field: str) -> Reported:
    missing = tuple(
        f"training.courses.{position}.{name}"
        for position, part in enumerate(parts)
        if part is None
        for name in field.split(", ")
    )
    if missing:
        return NotApplicable("incomplete", "field-missing", missing)
    return _number(sum(part for part in parts if part is not None))


def _number(count: int) -> Figure:
    return Figure(
        float(count), ONE, None, (Origin("definition", (), "courses of the programme file"),)
    )
