"""The picture of who took flawed code from whom: projects in columns, each to the right of those that it took from."""
