"""List fields in which a single item may stand without its list."""

from __future__ import annotations

from typing import Any

from pydantic_core import core_schema

from cpcalc.schema.leaves import refuse


def _as_list(raw: Any) -> Any:
    if raw is None or raw == []:
        refuse("empty-value")
    return raw if isinstance(raw, list) else [raw]


class _OneOrMore:
    """Metadata of a list field: a single item may stand without the list."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_as_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        found: dict[str, Any] = handler(schema)
        return {"anyOf": [found["items"], found]} if "items" in found else found


ONE_OR_MORE = _OneOrMore()
