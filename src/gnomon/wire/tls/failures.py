"""What went wrong with a TLS connection, in words that say which end has to change what."""

import ssl

from gnomon.wire.tls.settings import Tls

# `{…}` are the fields of Tls. "it" is the other end.
_ALERTS = {
    "TLSV1_ALERT_UNKNOWN_CA": "it does not know the CA of our certificate {certificate}: add that to its ca file",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it says that our certificate {certificate} has expired, or is not valid yet",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "it says that our certificate {certificate} was revoked",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "it did not accept our certificate {certificate}",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it did not accept our certificate {certificate}: is the server's name in it?",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "our certificate {certificate} is not for this end, by its key usage",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it wants a certificate, and was shown none",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it does not speak TLS 1.3",
    "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": "it is a TLS server, but no socket of gnomon.wire",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "it has shown no certificate",
    "UNSUPPORTED_PROTOCOL": "it does not speak TLS 1.3",
    "WRONG_VERSION_NUMBER": "it does not speak TLS: is it in another mode?",
    "HTTP_REQUEST": "it does not speak TLS: that was a HTTP request",
}
CERTAIN = frozenset(_ALERTS) | {"CERTIFICATE_VERIFY_FAILED"}
"""Reasons of OpenSSL's that trying again does not change."""
_EXPIRED, _NOT_YET, _NO_CRL = 10, 9, 3  # X509_V_ERR_…, which ssl does not name
_UNKNOWN_CA = {2, 18, 19, 20, 21}


class Unwelcome(ConnectionError):
    """TLS has nothing against the other end, but we have, or it has against us."""


def explained(error: Exception, tls: Tls) -> str:
    """One sentence without its end. `error` is what ssl or the socket raised. May quote what the other end sent."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _unverified(error, tls)
    if isinstance(error, ssl.SSLError) and error.reason in _ALERTS:
        return _ALERTS[error.reason].format(certificate=tls.certificate)
    if isinstance(error, Unwelcome):
        return str(error)
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ssl.SSLEOFError | ConnectionResetError | BrokenPipeError | EOFError):
        return "it ended the connection"
    return str(getattr(error, "reason", None) or getattr(error, "strerror", None) or error)


def certain(error: Exception) -> bool:
    """True if trying again would not help before a file is changed."""
    return isinstance(error, Unwelcome) or (isinstance(error, ssl.SSLError) and error.reason in CERTAIN)


def _unverified(error: ssl.SSLCertVerificationError, tls: Tls) -> str:
    code, message = error.verify_code, error.verify_message
    if code in _UNKNOWN_CA:
        return f"its certificate is from a CA that is not in {tls.ca} ({message})"
    if code == _NO_CRL:
        return f"{tls.crl} has no list for the CA of its certificate"
    if code in {_EXPIRED, _NOT_YET}:
        return f"its certificate can't be used now: {message}"
    return f"its certificate was not accepted: {message}"
