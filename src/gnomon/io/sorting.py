"""Values of groups that are too many for the memory -> files that each hold some groups whole, read back one by one."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

import msgspec

_FILES = 128
"""At most, since all are open at once."""
_LENGTH_BYTES = 8

_Value = TypeVar("_Value")


class Sorter(Generic[_Value]):
    """Takes values in any order. A group's values come back together, in the order in which they came in."""

    def __init__(self, folder: Path, kind: type[_Value], group: Callable[[_Value], int], files: int) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self._folder, self._group = folder, group
        self._encoder, self._decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(kind)
        count = max(1, min(files, _FILES))
        self._files = [(folder / f"{number}.msgpack").open("w+b") for number in range(count)]

    def __enter__(self) -> "Sorter[_Value]":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file in self._files:
            file.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def put(self, value: _Value) -> None:
        """Takes one in. Raises OSError if there is no room."""
        data = self._encoder.encode(value)
        file = self._files[self._group(value) % len(self._files)]
        file.write(len(data).to_bytes(_LENGTH_BYTES, "little") + data)

    def groups(self) -> Iterator[list[_Value]]:
        """Each group, of which one file's are in memory at once."""
        for file in self._files:
            groups: dict[int, list[_Value]] = {}
            file.seek(0)
            while length := file.read(_LENGTH_BYTES):
                value = self._decoder.decode(file.read(int.from_bytes(length, "little")))
                groups.setdefault(self._group(value), []).append(value)
            for number in sorted(groups):
                yield groups[number]
