"""Which packages have a known flaw, by version and by what is in their files."""
