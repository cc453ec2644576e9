"""cpcalc: calculator for cleaner-production assessments."""

__version__ = "0.1.0"
