"""The addresses of the project, put into its packages where GitHub builds and names it."""

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Addresses(MetadataHookInterface):
    """The project's addresses, as far as the place of the build knows them."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the addresses of the repository that is being built; elsewhere there are none."""
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        name = os.environ.get("GITHUB_REPOSITORY")
        pages = {
            "Repository": "",
            "Documentation": "/tree/main/docs",
            "Changelog": "/blob/main/CHANGELOG.md",
            "Issues": "/issues",
        }
        metadata["urls"] = {key: f"{server}/{name}{page}" for key, page in pages.items() if name}
