"""`signed_pickle.py`: pickles that are authenticated before they are loaded; needs Python 3.9 and nothing else.

HMAC as in RFC 2104, with SHA-256, over a header of 41 bytes and the pickle; the header is version (1 byte), SHA-256 of
the purpose (32 bytes) and the pickle's length (8 bytes, big-endian). The tag of 32 bytes stands between them.
"""

from gnomon.core.patch import Section

VARIABLE = "SIGNED_PICKLE_KEY"
"""The environment variable that has the key; with `_FILE` behind it, the one that names a file with it."""
ERROR = "InvalidMessage"
"""What the module raises for a message that is refused."""
MAKE_A_KEY = 'python -c "import secrets; print(secrets.token_hex(32))"'
"""The command that makes a key."""
_SUMMARY = "Pickles that are authenticated before they are loaded, with a shared key."


def sections(path: str, name: str, purpose: str) -> tuple[Section, ...]:
    """The module at `path`, with `loads` and `dumps` for one purpose; their names end in `name` if there is one."""
    ending = f"_{name}" if name else ""
    made = pickles(name)
    own = f'{made} = SignedPickles("{purpose}")\nloads{ending} = {made}.loads\ndumps{ending} = {made}.dumps\n'
    shared = Section(path=path, name="0", summary=_SUMMARY, imports=_IMPORTS, body=_BODY)
    return shared, Section(path=path, name=f"1 {name}", summary=_SUMMARY, body=own)


def pickles(name: str) -> str:
    """What has `sign` and `verified`, for pickles that others make or load."""
    return f"{name.upper()}_PICKLES" if name else "PICKLES"


_IMPORTS = (
    "from __future__ import annotations",
    "import hashlib",
    "import hmac",
    "import os",
    "import pickle",
    "import struct",
    "from functools import cache",
    "from pathlib import Path",
    "from typing import Any",
)
_BODY = f'''\
_KEY = "{VARIABLE}"
"""Names the variable with the key, 64 or more hexadecimal digits.

{VARIABLE}_FILE names a file that has it instead.
"""
_KEY_BYTES = 32
_VERSION = 1
_HEADER = struct.Struct(">B32sQ")
"""Version, SHA-256 of the purpose, bytes of the pickle."""
_TAG_BYTES = 32


class InvalidMessage(ValueError):
    """A message was not made for this purpose by a holder of the key.

    Nothing of it was unpickled.
    """


class InvalidKey(RuntimeError):
    """The key is not there, or is no key: says where it was looked for."""


class SignedPickles:
    """Pickles for one purpose: those of another, and those of strangers, are refused.

    A key is as good as a login: whoever has it can run code where messages are
    loaded. A message that is recorded and sent again is taken again, and whoever can
    listen can read it.
    """

    def __init__(self, purpose: str) -> None:
        self._purpose = hashlib.sha256(purpose.encode()).digest()

    def dumps(self, value: object) -> bytes:
        """Pickle and sign a value. Raises InvalidKey."""
        return self.sign(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))

    def sign(self, pickled: bytes | bytearray | memoryview) -> bytes:
        """Put a header and a tag over both before a pickle. Raises InvalidKey."""
        header = _HEADER.pack(_VERSION, self._purpose, memoryview(pickled).nbytes)
        return b"".join((header, _tag(_keys()[0], header, pickled), pickled))

    def loads(self, message: bytes | bytearray | memoryview) -> Any:
        """Load what a holder of the key dumped. Raises as `verified` does."""
        return pickle.loads(self.verified(message))

    def verified(self, message: bytes | bytearray | memoryview) -> memoryview:
        """Give the pickle in a message, if a holder of the key signed it.

        Raises InvalidMessage and InvalidKey.
        """
        view = memoryview(message).cast("B")
        # 1. It is long enough to have a header and a tag.
        start = _HEADER.size + _TAG_BYTES
        if view.nbytes < start:
            raise InvalidMessage(f"{{view.nbytes}} bytes are too few to be signed")
        header, tag = view[: _HEADER.size], view[_HEADER.size : start]
        pickled = view[start:]
        # 2. It was made for this purpose, and is whole.
        version, purpose, size = _HEADER.unpack(header)
        if version != _VERSION:
            raise InvalidMessage("not signed, or by another version of this module")
        if purpose != self._purpose:
            raise InvalidMessage("made for another purpose")
        if size != pickled.nbytes:
            raise InvalidMessage(f"{{pickled.nbytes}} bytes, and its header says {{size}}")
        # 3. One of the keys signed header and pickle.
        if not any(hmac.compare_digest(_tag(k, header, pickled), tag) for k in _keys()):
            raise InvalidMessage("changed on its way, or signed with another key")
        return pickled


def _tag(
    key: bytes,
    header: bytes | memoryview,
    pickled: bytes | bytearray | memoryview,
) -> bytes:
    mac = hmac.new(key, header, hashlib.sha256)
    mac.update(pickled)
    return mac.digest()


@cache
def _keys() -> tuple[bytes, ...]:
    """Read the key that signs, and the second one that is accepted too.

    There are two while keys are being changed. They are read once a process.
    """
    file = os.environ.get(f"{{_KEY}}_FILE")
    try:
        text = Path(file).read_text() if file else os.environ.get(_KEY, "")
        keys = tuple(bytes.fromhex(word) for word in text.replace(",", " ").split())
    except (OSError, ValueError):
        keys = ()  # said without the reason, which may quote a part of a key
    if not 1 <= len(keys) <= 2 or any(len(key) < _KEY_BYTES for key in keys):
        where = f"{{file}} ({{_KEY}}_FILE)" if file else _KEY
        raise InvalidKey(
            f"{{where}} has no key: {{2 * _KEY_BYTES}} or more hexadecimal digits, or two "
            "such keys with a comma between them, the one that signs first. "
            "Make one for all processes that talk to one another with: "
            '{MAKE_A_KEY}'
        )
    return keys
'''
