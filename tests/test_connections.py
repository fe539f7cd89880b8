"""Kept connections: what of the environment they heed, and what they leave alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import requests

from bot.connections import Connections
from bot.sandbox.http import LoopbackServer, Request, Response


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[[str], tuple[str, list[Request]]]]:
    """Start a server that answers with its name; returns its address and what reaches it."""
    with ExitStack() as stack:

        def serve(name: str) -> tuple[str, list[Request]]:
            seen: list[Request] = []

            def answer(request: Request) -> Response:
                seen.append(request)
                return Response(200, name.encode(), {"Set-Cookie": "a=1; Path=/"})

            return stack.enter_context(LoopbackServer(answer)).url, seen

        yield serve


Serve = Callable[[str], tuple[str, list[Request]]]


def post(connections: Connections, url: str) -> str:
    return connections.post(url, b"{}", {"Content-Type": "application/json"}, 5).data.decode()


def test_a_post_carries_what_it_was_given_and_keeps_nothing(serve: Serve) -> None:
    url, seen = serve("there")
    with closing(Connections(2)) as connections:
        assert [post(connections, f"{url}/a?b=1") for _ in range(2)] == ["there", "there"]
    assert [(request.method, request.path, request.body) for request in seen] == [("POST", "/a", b"{}")] * 2
    assert seen[0].headers["content-type"] == "application/json"
    assert not {"cookie", "authorization"} & seen[1].headers.keys()
    assert len({request.socket for request in seen}) == 1


def test_the_proxy_that_the_environment_names_is_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    (url, _), (proxy, seen) = serve("there"), serve("proxy")
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with closing(Connections(1)) as connections:
        assert post(connections, "http://slack.example.com/hook") == "proxy"
        assert seen[0].headers["host"] == "slack.example.com"
    with closing(Connections(1, trust_env=False)) as connections:
        assert post(connections, url) == "there"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with closing(Connections(1)) as connections:
        assert post(connections, url) == "there"
        assert post(connections, "http://slack.example.com/hook") == "proxy"


def test_the_environment_is_looked_at_once_for_each_host(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    (first, _), (second, _), (proxy, _) = serve("first"), serve("second"), serve("proxy")
    with closing(Connections(1)) as connections:
        assert post(connections, first) == "first"
        monkeypatch.setenv("HTTP_PROXY", proxy)
        assert post(connections, f"{first}/again") == "first"
        assert post(connections, second) == "proxy"


def test_certificates_are_those_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with (
        closing(Connections(1)) as connections,
        pytest.raises(OSError, match=r"none\.pem"),
    ):
        post(connections, "https://127.0.0.1:1/")


def test_a_name_and_password_of_the_machine_stay_there(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password made-up\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    url, seen = serve("there")
    with closing(Connections(1)) as connections:
        post(connections, url)
        connections.post(url, b"", {"Authorization": "Bearer made-up"}, 5)
    assert [request.headers.get("authorization") for request in seen] == [None, "Bearer made-up"]


@pytest.mark.parametrize("url", ["", "nothing", "http://", "http://[", "ftp://127.0.0.1/"])
def test_what_is_no_address_is_an_error_of_requests(url: str) -> None:
    with closing(Connections(1)) as connections, pytest.raises(requests.RequestException):
        post(connections, url)
