"""cpcalc: calculator for cleaner-production assessments.

In Python: ``cpcalc.assess(file)``, ``check``, ``batch``, ``why``, ``verify`` and ``diff``.
"""

from importlib import import_module

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """The functions, loaded with the first that is used; ``__init__.pyi`` declares them."""
    if name in ("ProblemsError", "Result", "assess", "batch", "check", "diff", "verify", "why"):
        return getattr(import_module("cpcalc.app.api"), name)
    raise AttributeError(f"module 'cpcalc' has no attribute {name!r}")
