"""A lineage laid out as a timeline, in pixels, before anybody draws it."""
