"""The calculation: measures act on flows, and what they bring becomes lines and totals."""
