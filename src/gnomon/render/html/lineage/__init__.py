"""A lineage on the page: from the document into values, made small enough to be looked at, and as a table."""
