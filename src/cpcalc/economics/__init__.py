"""Cash flows over the years: what a project is worth, its loan and tax, and what that rests on."""
