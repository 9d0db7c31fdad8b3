from ._impl import strict, unpack

__all__ = ("strict", "unpack")
