"""Changes that remove findings, as values: pure functions of findings, channels and source."""
