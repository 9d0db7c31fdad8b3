"""Mode `auto`: curve, or sealed where the codec's types declare arrays. Chosen by this end alone, and always secret.

libzmq encrypts a whole CURVE connection, at a fraction of the speed of AES-GCM, so messages can't leave it one by one:
what is chosen is chosen for all of them, before there is a connection.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias

from gnomon.wire.codec import Codec
from gnomon.wire.errors import KeyMissing, WireError
from gnomon.wire.key_files import process_ring
from gnomon.wire.keys import KeyRing
from gnomon.wire.mechanism import Mode

AnyMode: TypeAlias = Literal[Mode, "auto"]
"""A mode as users say it."""
_NEW_KEY = "gnomon keys new --suite aes-256-gcm"


def chosen(codec: Codec) -> tuple[Mode, str]:
    """The mode, and why in words.

    Only what is declared counts, so that two ends with the same types choose the same. Of that, arrays and tensors do.
    Token ids are small. Bytes may be anything, mostly ids and digests: where they are large, the user says `sealed`. So
    may values of no declared type, which are what there is before types are registered.
    """
    if codec.array:
        return "sealed", f"here mode 'auto' chose 'sealed', since {codec.array} is an array or tensor"
    return "curve", "here mode 'auto' chose 'curve', since no type of the codec declares an array or tensor"


def encrypting(keys: KeyRing | Callable[[], KeyRing] | None, why: str) -> KeyRing | Callable[[], KeyRing]:
    """The same keys, for mode `sealed`; KeyMissing for a ring with which messages might be in clear.

    A function goes on to be asked at each reading, so that such a ring is refused like one that can't be read. Which
    key is in force is a matter of clocks, so all of them have to encrypt, whatever their times are.
    """
    if callable(keys):
        return lambda: _checked(keys(), why)
    return _checked(process_ring() if keys is None else keys, why)


def _checked(ring: KeyRing, why: str) -> KeyRing:
    if not ring.keys:
        raise KeyMissing(
            f"{why}, and there is no shared key, CURVE pairs can't seal; make one with: {_NEW_KEY}, or say mode='curve'"
        )
    for key in ring.keys:
        if key.suite != "aes-256-gcm":
            raise KeyMissing(
                f"{why}, and key {key.id.hex()} is for {key.suite}, which does not encrypt; make one to take its"
                f" place with: {_NEW_KEY}, or say mode='sealed' if contents may be in clear"
            )
    return ring


def check_topic(topic: object, mode: Mode, why: str) -> None:
    """Raises WireError for a topic where `sealed` was chosen: PUB and SUB say topics in clear, whatever the key."""
    if topic and why and mode == "sealed":
        raise WireError(f"{why}, and shows topics: say mode='sealed' if they may be seen, or mode='curve'")
