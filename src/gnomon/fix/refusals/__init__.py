"""Tests that fix writes: what a stranger sends is refused, as text; `gnomon.fix.regression` fills in the names."""
