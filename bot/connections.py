"""HTTP over kept connections, and what a failure of one says."""

from __future__ import annotations

import ssl
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from requests.adapters import HTTPAdapter


class _Session(requests.Session):
    """A session that sees no redirect: keys must not follow one, and its body must not be read unbounded."""

    def get_redirect_target(self, _: requests.Response) -> None:
        return None


def open_session(connections: int, *, trust_env: bool = True) -> requests.Session:
    """Make a session that keeps up to `connections` to a host, tries nothing twice, and keeps nothing of an answer.

    `trust_env`: proxies and certificates are those that the environment names.
    """
    session = _Session()
    session.trust_env = trust_env
    # Else a .netrc for the host would take the place of what the call itself says.
    session.auth = _as_it_is
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_maxsize=connections, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


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
