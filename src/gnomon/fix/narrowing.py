"""Where an end goes that is bound to every interface: loopback, a path on this host, or one interface."""

import ipaddress
import re
from typing import Literal

from msgspec import Struct

from gnomon.core.errors import GnomonError

LONGEST = 107
"""Bytes of a path that a Unix socket can have: https://man7.org/linux/man-pages/man7/unix.7.html, sun_path."""
_SHARED = frozenset({"/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/var/run", "/home", "/opt", "/srv"})  # noqa: S108
"""Folders of everybody's: none of them can be one user's alone."""
_INTERFACE = re.compile(r"[A-Za-z][\w.-]{0,14}")
"""Names as Linux gives them: at most 15 bytes (IFNAMSIZ), no slash and no blank."""
_FORMS = "loopback, ipc:/run/worker/worker.sock or interface:eth0"


class Narrowing(Struct, frozen=True, kw_only=True):
    """What takes the place of every interface."""

    kind: Literal["loopback", "ipc", "interface"] = "loopback"
    value: str = ""
    """The absolute path, or the name or address of the interface."""
    asked: bool = False
    """True if the user said so: the change is then offered beside one that removes the finding."""

    @property
    def family(self) -> Literal["4", "6", ""]:
        """The family of an interface's address; "" for a name, which stands for both."""
        address = _address(self.value)
        return "" if address is None else "6" if address.version == 6 else "4"


def narrowing(text: str) -> Narrowing:
    """What `--endpoint` says. Raises GnomonError."""
    kind, _, value = text.partition(":")
    if kind == "loopback" and not value:
        return Narrowing(asked=True)
    if kind == "ipc" and value:
        return Narrowing(kind="ipc", value=_path(value), asked=True)
    if kind == "interface" and value:
        return Narrowing(kind="interface", value=_interface(value), asked=True)
    raise GnomonError(f"--endpoint {text} says not where an end goes.", remedy=f"--endpoint {_FORMS}")


def _path(value: str) -> str:
    """Raises GnomonError for a path that no private folder can hold."""
    path = value.removeprefix("//")
    parts = path.split("/")
    if not path.startswith("/") or not path.isprintable() or {".", ".."} & set(parts) or "" in parts[1:]:
        raise GnomonError(
            f"{value} is no absolute path of a socket's file.", remedy="--endpoint ipc:/run/worker/worker.sock"
        )
    if len(path.encode()) > LONGEST:
        raise GnomonError(
            f"{path} has {len(path.encode())} bytes: a socket's path has at most {LONGEST}.",
            remedy="give a shorter path",
        )
    folder = path.rpartition("/")[0] or "/"
    if folder in _SHARED:
        raise GnomonError(
            f"{path} lies in {folder}, which is everybody's: the folder of the socket is made for one user alone.",
            remedy=f"--endpoint ipc:{folder.rstrip('/')}/worker/{parts[-1]}",
        )
    return path


def _interface(value: str) -> str:
    """Raises GnomonError for what is neither a name of an interface nor an address of one."""
    bare = value.removeprefix("[").removesuffix("]")
    address = _address(bare)
    if address is not None and not address.is_unspecified:
        return bare
    if address is None and _INTERFACE.fullmatch(value):
        return value
    raise GnomonError(
        f"{value} is neither an interface nor the address of one.",
        remedy="--endpoint interface:eth0, or interface:192.0.2.7",
    )


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None
