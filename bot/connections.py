"""HTTP over kept connections, and what a failure of one says."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import default_headers
from urllib3 import exceptions

# What requests calls the errors of urllib3, on which it stands; all others are a ConnectionError.
_NAMES = (
    (exceptions.NewConnectionError, requests.ConnectionError),
    (exceptions.ConnectTimeoutError, requests.ConnectTimeout),
    (exceptions.ReadTimeoutError, requests.ReadTimeout),
    (exceptions.SSLError, requests.exceptions.SSLError),
    (exceptions.ProxyError, requests.exceptions.ProxyError),
)


class Connections:
    """Posts over kept connections. Safe to share between threads.

    Keeps up to `connections` to a host, follows no redirect (keys must not), tries nothing twice, and keeps nothing of
    an answer. `trust_env`: proxies and certificates are those that the environment names when a host is first called.

    `requests` chooses proxies and certificates, once for each host. Posts go past it, straight to urllib3: what else it
    does for each (cookies, redirects, .netrc, the environment) is not wanted, and is twice the work of the post.
    """

    def __init__(self, connections: int, *, trust_env: bool = True) -> None:
        self._headers = dict(default_headers())
        self._adapter = _Adapter(connections, trust_env=trust_env)
        self._way = lru_cache(maxsize=16)(self._adapter.way)

    def post(
        self,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        timeout: float | tuple[float, float],
        *,
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        """Post a body. `timeout` is in seconds, for each wait, or one for connecting and one for each wait.

        With `stream`, the body of the answer is still to be read, and its connection has then to be released.
        Raises requests.RequestException.
        """
        try:
            parts = urlsplit(url)
            way = self._way(f"{parts.scheme}://{parts.netloc}/")
        except (ValueError, exceptions.LocationValueError) as error:
            raise requests.exceptions.InvalidURL(error) from error
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        try:
            return way.pool.urlopen(
                "POST",
                way.before_path + path,
                body=body,
                headers={**self._headers, **headers},
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=urllib3.Timeout(connect=connect, read=read),
                preload_content=not stream,
            )
        except (exceptions.HTTPError, OSError) as error:
            name = next((name for kind, name in _NAMES if isinstance(error, kind)), requests.ConnectionError)
            raise name(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


class _Way(NamedTuple):
    """How a host is reached. A proxy without TLS is told the whole address: `before_path` is then its beginning."""

    pool: urllib3.HTTPConnectionPool
    before_path: str


class _Adapter(HTTPAdapter):
    def __init__(self, connections: int, *, trust_env: bool) -> None:
        super().__init__(pool_maxsize=connections, max_retries=0)
        self._trust_env = trust_env

    def way(self, origin: str) -> _Way:
        """Return how requests would reach a host, by the environment as it is now."""
        session = requests.Session()
        session.trust_env = self._trust_env
        around = session.merge_environment_settings(origin, {}, None, None, None)
        request = requests.Request("POST", origin).prepare()
        pool = self.get_connection_with_tls_context(request, around["verify"], proxies=around["proxies"])
        self.cert_verify(pool, request.url, around["verify"], None)  # type: ignore[no-untyped-call]
        return _Way(
            cast("urllib3.HTTPConnectionPool", pool), self.request_url(request, around["proxies"]).removesuffix("/")
        )


class BadAnswer(requests.RequestException):
    """The body of an answer could not be read whole."""


def body_of(response: urllib3.BaseHTTPResponse, max_bytes: int, seconds: float, clock: Callable[[], float]) -> bytes:
    """Read a streamed body, at most `max_bytes` long and within `seconds` in all.

    Raises BadAnswer when it is longer, takes longer, or breaks off.
    """
    deadline = clock() + seconds
    parts: list[bytes] = []
    length = 0
    while True:
        try:
            # read1 returns with what one receive brings; read would wait for a whole block, however slowly it drips.
            part = response.read1(65536, decode_content=True)
        except (exceptions.HTTPError, OSError) as error:
            raise BadAnswer("it broke off") from error
        if not part:
            return b"".join(parts)
        length += len(part)
        if length > max_bytes:
            raise BadAnswer(f"it is larger than {max_bytes:,} bytes")
        if clock() > deadline:
            raise BadAnswer(f"it took longer than {seconds:.0f} s")
        parts.append(part)


def never_left(error: requests.ConnectionError) -> bool:
    """Tell whether no byte of the request can have reached the server: no name, no route, no trusted certificate."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    # TLS can also break while the answer is read; only a certificate is surely refused before anything is sent.
    if isinstance(reason, urllib3.exceptions.SSLError) and reason.args:
        reason = reason.args[0]
    return isinstance(reason, urllib3.exceptions.NewConnectionError | ssl.SSLCertVerificationError)


def root_of(error: BaseException) -> BaseException:
    """Return what lies under an error: the system's own where it is one of the network's."""
    while below := error.__cause__ or error.__context__:
        error = below
    return error
