"""What a project says once for all commands: cpcalc.toml, or [tool.cpcalc] of pyproject.toml."""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

OWN_FILE, SHARED_FILE = "cpcalc.toml", "pyproject.toml"


class Settings(BaseModel, extra="forbid", strict=True, defer_build=True):
    """The defaults of options, by the names that these have on the command line."""

    lang: Literal["en", "vi"] | None = None
    currency: str | None = None
    paths: list[str] | None = None
    strict: bool | None = None
    select: list[str] | None = None
    ignore: list[str] | None = None


class SettingsError(Exception):
    """A file of settings that cannot be used: its name, the key, and what there is."""


def settings(folder: Path) -> dict[str, Any]:
    """The parameters that are set for a folder, by the nearest file in it or above it."""
    for place in (folder, *folder.parents):
        for name in (OWN_FILE, SHARED_FILE):
            file = place / name
            try:
                table = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
                if table is not None and name == SHARED_FILE:
                    tools = table.get("tool")
                    table = tools.get("cpcalc") if isinstance(tools, dict) else None
                if table is None:
                    continue
                said = Settings.model_validate(table).model_dump(exclude_none=True)
            except ValidationError as error:
                key = ".".join(map(str, error.errors()[0]["loc"])) or "tool.cpcalc"
                raise SettingsError(str(file), key, ", ".join(Settings.model_fields)) from error
            except (OSError, ValueError) as error:
                raise SettingsError(str(file), str(error), "") from error
            if "paths" in said:
                said["paths"] = [
                    path if os.path.isabs(path) else os.path.relpath(place / path, folder)
                    for path in said["paths"]
                ]
            return {"language" if key == "lang" else key: value for key, value in said.items()}
    return {}
