"""The parts of the page, one module each: a `Section`, or None where there is nothing to tell."""
