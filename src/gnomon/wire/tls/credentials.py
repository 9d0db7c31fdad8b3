"""Certificate files into what `ssl` needs for a connection, read again when they change."""

import ssl
from pathlib import Path
from typing import TypeAlias

from gnomon.wire.errors import KeyMissing, KeyWrong, WireError
from gnomon.wire.key_files import check_access
from gnomon.wire.stats import LOG, shown
from gnomon.wire.tls.settings import Tls

PROTOCOL = "gnomon.wire/1"
"""By ALPN: what is said on the connection, so that nothing said to another kind of server can mean something here."""
_Stamp: TypeAlias = tuple[tuple[int, int, int] | None, ...]


class Credentials:
    """Our certificate and whose we trust, for connections of one socket. Raises KeyMissing, KeyWrong."""

    def __init__(self, tls: Tls, *, server: bool, by_host: bool = False) -> None:
        """`by_host`: OpenSSL holds the server's certificate against the host's name that it is given."""
        self.tls = tls
        self._server = server
        self._by_host = by_host
        self._stamp = self._stamped()
        self._context = self._read()

    def context(self) -> ssl.SSLContext:
        """For the next connection. Files that can't be used are told once, and what was read before stays."""
        stamp = self._stamped()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._context = self._read()
            except WireError as error:
                LOG.error("%s; the certificate that was read before stays in use", shown(str(error)))
        return self._context

    def _files(self) -> list[Path]:
        tls = self.tls
        return [
            Path(file) for file in (tls.certificate, tls.key or tls.certificate, tls.ca, tls.crl) if file is not None
        ]

    def _stamped(self) -> _Stamp:
        return tuple(_stamp_of(file) for file in self._files())

    def _read(self) -> ssl.SSLContext:
        """TLS 1.3 alone, with certificates at both ends and nothing resumed: each connection is verified in full."""
        tls = self.tls
        for file in self._files():
            _readable(file)
        private = Path(tls.key or tls.certificate)
        check_access(private, private.stat(), public=False)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if self._server else ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = self._by_host
        context.verify_mode = ssl.CERT_REQUIRED
        context.hostname_checks_common_name = False
        context.set_alpn_protocols([PROTOCOL])
        if self._server:
            context.num_tickets = 0
        self._own(context, private)
        _trust(context, tls)
        return context

    def _own(self, context: ssl.SSLContext, private: Path) -> None:
        try:
            # An empty password: without one, OpenSSL would ask for it at the terminal, and wait.
            context.load_cert_chain(self.tls.certificate, private, password="")
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                problem = f"the key in {private} does not belong to the certificate {self.tls.certificate}"
            else:
                problem = (
                    f"{self.tls.certificate} and {private} are no certificate and key in PEM without password "
                    f"({error.reason or error})"
                )
            raise KeyWrong(problem) from None


def _trust(context: ssl.SSLContext, tls: Tls) -> None:
    for file, what in ((tls.ca, "certificates of CAs"), (tls.crl, "lists of revoked certificates")):
        if file is None:
            continue
        try:
            context.load_verify_locations(file)
        except ssl.SSLError as error:
            raise KeyWrong(f"{file} has no {what} in PEM ({error.reason or error})") from None
    if tls.crl is not None:
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF


def _readable(file: Path) -> None:
    try:
        if not file.is_file():
            raise KeyMissing(f"{file} is not there, or is no file; mode 'tls' needs a certificate, its key and a CA")
        with file.open("rb") as opened:
            opened.read(1)
    except OSError as error:
        raise KeyMissing(f"{file} can't be read: {error.strerror}") from None


def _stamp_of(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
