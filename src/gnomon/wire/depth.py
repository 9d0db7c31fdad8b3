"""How deep a text of msgpack is nested, found without recursion, before a decoder that recurses sees it."""

_CONTAINERS = bytes((*range(0x80, 0xA0), *range(0xDC, 0xE0)))
# Bytes that follow a first byte, where their number is fixed; the others are in _LENGTHS.
_FIXED = {
    **dict.fromkeys((0xCC, 0xD0), 1),
    **dict.fromkeys((0xCD, 0xD1), 2),
    **dict.fromkeys((0xCA, 0xCE, 0xD2), 4),
    **dict.fromkeys((0xCB, 0xCF, 0xD3), 8),
    **{0xA0 + length: length for length in range(32)},
    **{0xD4 + power: 1 + (1 << power) for power in range(5)},  # an extension's type, then its data
}
# Bytes that the length takes, and what is there besides data of that length.
_LENGTHS = {0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0), 0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0)} | {
    0xC7: (1, 1),
    0xC8: (2, 1),
    0xC9: (4, 1),
}
# Bytes that the number of items takes, and values an item has.
_COUNTS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def too_deep(body: bytes, limit: int) -> bool:
    """Whether values are nested deeper than `limit`. Says no where it is cut off: the decoder finds that."""
    # Nothing is deeper than it has bytes that could open a list or a dictionary; most messages have few.
    if len(body) - len(body.translate(None, _CONTAINERS)) <= limit:
        return False
    return _scanned(body, limit)


def _scanned(body: bytes, limit: int) -> bool:
    at, end = 0, len(body)
    open_values: list[int] = []  # values that are still to come, of each list or dictionary around the place
    left = 1
    while at < end:
        while not left:
            if not open_values:
                return False
            left = open_values.pop()
        left -= 1
        first = body[at]
        at += 1
        items = _items(body, first, at)
        if items is None:
            at += _skipped(body, first, at)
            continue
        at += _COUNTS[first][0] if first in _COUNTS else 0
        open_values.append(left)
        left = items
        if len(open_values) > limit:
            return True
    return False


def _items(body: bytes, first: int, at: int) -> int | None:
    """Values in the list or dictionary that opens here; None for any other value."""
    if 0x80 <= first < 0x90:
        return 2 * (first & 15)
    if 0x90 <= first < 0xA0:
        return first & 15
    if first in _COUNTS:
        width, each = _COUNTS[first]
        return each * int.from_bytes(body[at : at + width])
    return None


def _skipped(body: bytes, first: int, at: int) -> int:
    if first in _LENGTHS:
        width, more = _LENGTHS[first]
        return width + more + int.from_bytes(body[at : at + width])
    return _FIXED.get(first, 0)
