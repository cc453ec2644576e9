# Short names for what is done often. `just` lists them.

python := ".venv/bin/python"

# list the recipes
default:
    @just --list

# make the virtual environment
setup:
    python3 -m venv .venv
    .venv/bin/pip install -q -e '.[dev]'

# the fast tests
test *arguments:
    {{python}} -m pytest -m "not slow" {{arguments}}

# all tests, with branch coverage of the calculating floors
coverage:
    {{python}} -m coverage run -m pytest
    {{python}} -m coverage report --include "*/calc/*,*/engine/*,*/resolve/*,*/schema/*"

# lint, format, types, floors
lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy
    .venv/bin/lint-imports

# write generated files anew
generate:
    {{python}} docs/generate.py

# take the picture of a report in the README anew (needs chromium)
picture:
    {{python}} docs/pictures.py

# check all shipped data
check:
    .venv/bin/cpcalc check --strict assessments emission_factors

# what CI runs
ci:
    .ci/run
