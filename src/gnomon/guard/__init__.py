"""Runs a server that can't be changed today, with deserialization held to what was learned. Standard library only."""
