"""Reduced from https://pypi.org/project/aiozmq/1.0.0/ (rpc/packer.py): the deserializer is one item of a table's rows, and
is called by a method that is handed to a decoder. That it is there is said, even where the way to it is lost."""

from collections import ChainMap
from datetime import date, datetime
from pickle import dumps, loads

from msgpack import ExtType, unpackb

_default = {
    127: (date, dumps, loads),  # finding: pickle-of-unknown-origin
    126: (datetime, dumps, lambda data: None),
}


class Packer:
    def __init__(self, *, translation_table=None):
        table = _default if translation_table is None else ChainMap(translation_table, _default)
        self._unpack_cache = {}
        for code in sorted(table):
            cls, packer, unpacker = table[code]
            self._unpack_cache[code] = unpacker

    def unpackb(self, packed):
        return unpackb(packed, use_list=False, raw=False, ext_hook=self.ext_type_unpack_hook)

    def ext_type_unpack_hook(self, code, data):
        try:
            return self._unpack_cache[code](data)
        except KeyError:
            return ExtType(code, data)


def is_pickle(function):
    return function is loads
