"""Our own validators give what pydantic's models of the same declarations give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import ValidationError

from cpcalc.app.load import kind_of, reading_of
from cpcalc.schema.as_pydantic import pydantic_model
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.base import Model
from cpcalc.schema.factor_set import FactorSet
from cpcalc.schema.leaves import Reading
from cpcalc.schema.lock import Lock
from cpcalc.schema.programme import Programme
from cpcalc.source.reader import read

ROOT = Path(__file__).parents[1]
MODELS: dict[str | None, type[Model]] = {
    "programme": Programme,
    "factor-set": FactorSet,
    "lock": Lock,
}


def plain(found: Any) -> Any:
    """What is in a model, whichever way it was made."""
    if isinstance(found, Model | BaseModel):
        stated = found.stated if isinstance(found, Model) else found.model_fields_set
        return (
            type(found).__name__,
            sorted(stated),
            {name: plain(value) for name, value in vars(found).items()},
        )
    if isinstance(found, dict):
        return {name: plain(value) for name, value in found.items()}
    return [plain(item) for item in found] if isinstance(found, list) else found


def outcome_of(validate: Any, tree: Any, context: dict[str, Any]) -> Any:
    """The model, or everything that is wrong."""
    try:
        return validate(tree, **context)
    except ValidationError as error:
        return error.errors(include_url=False)


def agree(model: type[Model], tree: Any, reading: Reading) -> Any:
    ours = outcome_of(model.read, tree, {"reading": reading})
    theirs = outcome_of(pydantic_model(model).model_validate, tree, {"context": reading})
    assert plain(ours) == plain(theirs)
    return ours


def files(pattern: str) -> list[Path]:
    return [path for path in sorted(ROOT.glob(pattern)) if path.is_file()]


@pytest.mark.parametrize(
    "pattern", ["tests/casebook/*/*.yaml", "assessments/**/*.yaml", "emission_factors/*/*.yaml"]
)
def test_both_give_the_same_of_every_file(pattern: str) -> None:
    right = wrong = 0
    for path in files(pattern):
        document = read(path.read_bytes(), path.name)
        if document.tree is not None:
            model = MODELS.get(kind_of(document), Assessment)
            found = agree(model, document.tree, reading_of(document.tree, []))
            right, wrong = right + isinstance(found, model), wrong + isinstance(found, list)
    assert right > 10
    assert wrong > 4 or "casebook" not in pattern


def spoiled(node: Any) -> Iterator[Any]:
    """The tree with one of its parts replaced, each part in turn, by things that do not belong there."""
    for key in (
        node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    ):
        for part in (None, [], {"x": None}, [node[key]], *spoiled(node[key])):
            yield (
                {**node, key: part}
                if isinstance(node, dict)
                else [*node[:key], part, *node[key + 1 :]]
            )


@pytest.mark.parametrize("name", ["portfolio", "pollutants", "readings"])
def test_both_refuse_the_same(name: str) -> None:
    paths = [path for path in files("tests/casebook/good/*.yaml") if name in path.name]
    assert paths
    tree = read(paths[0].read_bytes(), name).tree
    reading = reading_of(tree, [])
    assert sum(isinstance(agree(Assessment, other, reading), list) for other in spoiled(tree)) > 100


def test_a_model_is_frozen_and_another_is_made_of_it() -> None:
    one = Assessment.read(
        read(b"cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\n", "a.yaml").tree
    )
    other = one.but(programme="p")
    assert (one.programme, other.programme) == (None, "p")
    assert other.stated == {*one.stated, "programme"}
    assert other.enterprise is one.enterprise
    with pytest.raises(AttributeError, match="frozen"):
        one.programme = "p"
