"""The text of modules that fix writes, a file for each style: what a careful maintainer would write by hand."""
