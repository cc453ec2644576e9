"""From the results of many enterprises to the result of a programme: sums, breakdowns,
reconciliation, proof."""
