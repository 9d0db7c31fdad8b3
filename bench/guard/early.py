"""What a program takes hold of before it switches anything on: child.py imports this first."""

from _pickle import loads

__all__ = ["loads"]
