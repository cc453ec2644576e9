"""Exit codes, as documented."""

from __future__ import annotations

OK = 0
FILES_HAVE_ERRORS = 1
NOT_DONE = 2
FAULT = 3
INTERRUPTED = 130  # as shells have it for Ctrl-C
