"""Holds what is unpickled to the names that its sites may ask for."""
