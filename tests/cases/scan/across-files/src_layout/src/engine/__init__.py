"""A src layout with relative imports across sub-packages; the package's front page re-exports."""

from .wire.codec import decode

__all__ = ["decode"]
