"""HTTP over kept connections, and what a failure of one says."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import default_headers


class Connections:
    """Posts over kept connections. Safe to share between threads.

    Keeps up to `connections` to a host, follows no redirect (keys must not), tries nothing twice, and keeps nothing of
    an answer. `trust_env`: proxies and certificates are those that the environment names when a host is first called.

    What a session of `requests` adds to this (cookies, redirects, .netrc, a look at the environment for every call)
    is not wanted here, and costs as much again as the post itself.
    """

    def __init__(self, connections: int, *, trust_env: bool = True) -> None:
        self._headers = default_headers()
        self._adapter = HTTPAdapter(pool_maxsize=connections, max_retries=0)
        self._environment = lru_cache(maxsize=16)(_environment if trust_env else _nothing)

    def post(
        self,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        timeout: float | tuple[float, float],
        *,
        stream: bool = False,
    ) -> requests.Response:
        """Post a body. `timeout` is in seconds, for connecting and for each wait, or one for either.

        With `stream`, the body of the answer is still to be read, and its connection is free when it is closed.
        Raises requests.RequestException.
        """
        request = requests.PreparedRequest()
        request.prepare(method="POST", url=url, headers={**self._headers, **headers}, data=body, auth=_as_it_is)
        parts = urlsplit(url)
        around = self._environment(f"{parts.scheme}://{parts.netloc}/")
        response = self._adapter.send(request, stream=stream, timeout=timeout, **around)
        if not stream:
            response.content  # noqa: B018 (reading it frees the connection)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


def _environment(url: str) -> dict[str, Any]:
    around = requests.Session().merge_environment_settings(url, {}, None, None, None)
    return {"proxies": around["proxies"], "verify": around["verify"]}


def _nothing(_: str) -> dict[str, Any]:
    return {"proxies": {}, "verify": True}


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
