"""Getting a page or file over HTTP: the settings' certificate, proxy and credentials, and no other kind of address."""

import base64
import http.client
import itertools
import ssl
import time
import urllib.request
from email.message import Message
from http.client import HTTPResponse
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from gnomon import __version__
from gnomon.core.errors import TargetError
from gnomon.io import politeness
from gnomon.io.pip_settings import PipSettings

_CLIENT = f"gnomon/{__version__}"
_CONNECTIONS = 3
"""Attempts to reach a server that does not answer at all: there may be no network."""


class NoAnswer(Exception):
    """A page or file could not be had; the message is the reason, `status` that of HTTP or 0."""

    def __init__(self, reason: str, status: int = 0, retry_after: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after

    @property
    def passes(self) -> bool:
        """True if another attempt may do better."""
        return self.status in (0, *politeness.TRANSIENT)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from an encrypted connection to a plain one."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise URLError(f"it redirects to {shown(newurl)}, which is not encrypted")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


class Transfer:
    """Opens addresses as pip would."""

    def __init__(self, settings: PipSettings, patience_s: float = 0) -> None:
        """`patience_s`: how long to wait in all for a server that is busy; without, it is asked once."""
        self._patience_s = patience_s
        self._timeout_s = settings.timeout_s
        self._opener = _opener(settings)
        places = map(urlsplit, (*settings.indexes, *settings.find_links))
        self._credentials = {_origin(place): _basic(place) for place in places if place.username}

    def open(self, url: str, accept: str = "*/*", body: bytes | None = None) -> HTTPResponse:
        """The answer, to be closed by the caller; a `body` of JSON is posted. Raises NoAnswer."""
        waited = 0.0
        for attempt in itertools.count(1):
            try:
                return self._open(url, accept, body)
            except NoAnswer as error:
                pause = politeness.pause_s(attempt, error.retry_after, time.time())
                waited += pause
                lost = not error.status and attempt >= _CONNECTIONS
                if lost or not error.passes or pause > politeness.LONGEST_S * 2 or waited > self._patience_s:
                    raise
                time.sleep(pause)
        raise AssertionError  # the loop does not end

    def _open(self, url: str, accept: str, body: bytes | None) -> HTTPResponse:
        place = urlsplit(url)
        if place.scheme not in ("http", "https"):
            raise NoAnswer(f"{place.scheme or 'no'} address")
        bare = urlunsplit((place.scheme, place.netloc.rpartition("@")[2], place.path or "/", place.query, ""))
        headers = {"Accept": accept, "User-Agent": _CLIENT}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(bare, data=body, headers=headers)  # noqa: S310 (checked above)
        if credentials := self._credentials.get(_origin(place)):
            # Unredirected: whoever the index redirects to doesn't get the password.
            request.add_unredirected_header("Authorization", credentials)
        try:
            answer: HTTPResponse = self._opener.open(request, timeout=self._timeout_s)
        except HTTPError as error:
            error.close()
            raise NoAnswer(f"HTTP status {error.code}", error.code, error.headers.get("Retry-After", "")) from None
        except URLError as error:
            raise NoAnswer(_reason(error.reason)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(_reason(error)) from None
        return answer


def shown(url: str) -> str:
    """The address without credentials and query, for people."""
    place = urlsplit(url)
    return urlunsplit((place.scheme, place.netloc.rpartition("@")[2], place.path, "", ""))


def _opener(settings: PipSettings) -> urllib.request.OpenerDirector:
    """Only what HTTP needs: urllib's usual opener would also read local files, and FTP."""
    try:
        context = ssl.create_default_context(cafile=settings.cert or None)
        if settings.client_cert:
            context.load_cert_chain(settings.client_cert)
    except (OSError, ssl.SSLError) as error:
        raise TargetError(
            f"the certificate that pip is configured with can't be used: {_reason(error)}.",
            remedy="python -m pip config list",
        ) from None
    proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else None
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(proxies),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


def _origin(place: SplitResult) -> tuple[str, str]:
    return place.scheme, place.netloc.rpartition("@")[2].lower()


def _basic(place: SplitResult) -> str:
    pair = f"{unquote(place.username or '')}:{unquote(place.password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__
