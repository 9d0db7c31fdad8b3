"""The command line: one small file a verb, and one place that catches errors."""
