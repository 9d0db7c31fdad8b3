"""Who a verified certificate says that its holder is: subject alternative names, and nothing else of it."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from gnomon.wire.tls.settings import ANYBODY

KINDS = ("URI", "DNS", "IP Address")
"""In the order in which a name is chosen where any would do."""
_SPIFFE = "spiffe://"


def names(certificate: Mapping[str, object]) -> tuple[str, ...]:
    """The names in a certificate, as `ssl` shows it, written as they are compared. The common name is none.

    With several URIs, one of them a SPIFFE ID, none counts: such a certificate is not valid (X.509-SVID, 2).
    """
    found = [
        (kind, normal(value))
        for kind, value in _pairs(certificate.get("subjectAltName", ()))
        if kind in KINDS and value.strip()
    ]
    uris = [name for kind, name in found if kind == "URI"]
    if len(uris) > 1 and any(uri.startswith(_SPIFFE) for uri in uris):
        found = [(kind, name) for kind, name in found if kind != "URI"]
    return tuple(name for _, name in sorted(found, key=lambda each: KINDS.index(each[0])))


def admitted(shown: tuple[str, ...], allowed: Iterable[str]) -> str | None:
    """The name that lets its holder in, or None. Nobody comes in without a name."""
    for name in allowed:
        if name == ANYBODY and shown:
            return shown[0]
        if normal(name) in shown:
            return normal(name)
    return None


def normal(name: str) -> str:
    """The name as it is compared: DNS names in lower case, addresses in their short form, URIs as they are."""
    if "://" in name:
        return name
    bare = name.strip().removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare))
    except ValueError:
        return bare.lower().removesuffix(".")


def _pairs(value: object) -> list[tuple[str, str]]:
    if not isinstance(value, tuple):
        return []
    return [pair for pair in value if isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], str)]
