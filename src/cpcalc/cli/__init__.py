"""The command line: the only floor that prints and exits. Its exit codes are these."""

OK = 0
FILES_HAVE_ERRORS = 1  # or warnings, under --strict
NOT_DONE = 2  # usage, a missing file, an output that cannot be written
FAULT = 3  # of cpcalc itself
INTERRUPTED = 130  # as shells report Ctrl-C
