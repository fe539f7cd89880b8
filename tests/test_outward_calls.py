"""Where the bot calls: the hosts of its settings and what is Slack's, over TLS that is verified, and bounded."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
import requests
from slack_sdk.errors import SlackApiError

from bot.blocks.screen import notice
from bot.connections import BadAnswer
from bot.leadsquared.budget import CallBudget, LocalPlaces
from bot.leadsquared.client import LeadSquaredClient
from bot.leadsquared.errors import Unavailable
from bot.listeners.places import MessagePlace
from bot.listeners.talks import Talk
from bot.sandbox.http import LoopbackServer, Request, Response
from bot.sandbox.slack import payloads, workspace
from bot.slack_client import NotSlacks, SlackClient, is_slacks
from tests.conftest import Running

T = TypeVar("T")
SLACK = "https://slack.com/api/"
LOCAL = "http://127.0.0.1:8100/api/"


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://hooks.slack.com/commands/T1/2/abc", SLACK),
        ("https://hooks.slack.com:443/actions/T1/2/abc?a=b", SLACK),
        ("https://hooks.slack.com/commands/T1/2/abc", LOCAL),
        ("wss://wss-primary.slack.com/link/?ticket=1", SLACK),
        ("https://hooks.slack-gov.com/commands/T1", "https://slack-gov.com/api/"),
        ("https://slack.example.com/response/1", "https://slack.example.com/api/"),
        ("https://slack.example.com:8443/response/1", "https://slack.example.com:8443/api/"),
        ("http://127.0.0.1:8100/response/1", LOCAL),
        ("http://127.0.0.1:9/response/1", LOCAL),
        ("ws://127.0.0.1:8101/link/?ticket=1", LOCAL),
    ],
)
def test_slacks_addresses_are_called(url: str, api: str) -> None:
    assert is_slacks(url, api)


@pytest.mark.parametrize("api", [SLACK, LOCAL, "https://slack-gov.com/api/"])
@pytest.mark.parametrize(
    "url",
    [
        "",
        "nowhere",
        "hooks.slack.com/commands",
        "//hooks.slack.com/commands",
        "http://hooks.slack.com/commands/T1/2/abc",
        "ws://wss-primary.slack.com/link",
        "ftp://hooks.slack.com/x",
        "file:///etc/passwd",
        "https://evil.example.com/commands",
        "https://slack.com.evil.example.com/commands",
        "https://evilslack.com/commands",
        "https://evil-slack.com/commands",
        "https://hooks.slack.com@evil.example.com/",
        "https://hooks.slack.com:pw@evil.example.com/",
        "https://hooks.slack.com\\@evil.example.com/",
        "https://evil.example.com\\.slack.com/",
        "https://evil.example.com#.slack.com/",
        "https://evil.example.com?.slack.com/",
        "https://evil.example.com/.slack.com/",
        "https://hooks.slack.com.\\evil.example.com/",
        "https://hooks.slack.com:8443/commands",
        "https://hooks.slack.com:0443/commands",
        "https://hooks.slаck.com/commands",  # a Cyrillic letter
        "https://hooks。slack。com/commands",
        "https://hooks.slack.com/a b",
        "https://hooks.slack.com/\r\nHost: evil.example.com",
        " https://hooks.slack.com/commands",
        "https://hooks.slack.com/commands\n",
        "HTTPS://EVIL.EXAMPLE.COM/",
        "https://[::1]/x",
        "https://127.0.0.1:8100/x",
        "http://127.0.0.2:8100/x",
        "http://127.0.0.1.example.com/x",
        "http://localhost:8100/x",
        "http://2130706433/x",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_nothing_else_is_called(url: str, api: str) -> None:
    if api == LOCAL and url == "https://127.0.0.1:8100/x":
        assert is_slacks(url, api)  # the very host of the settings
    else:
        assert not is_slacks(url, api)


def test_no_address_that_it_takes_is_read_as_another_host_by_the_library_that_calls_it() -> None:
    for url in ("https://hooks.slack.com/a@b", "https://hooks.slack.com/\\@evil.example.com", "https://a.slack.com//x"):
        assert is_slacks(url, SLACK)
        called = requests.Request("POST", url).prepare().url
        assert str(urlsplit(str(called)).hostname).endswith(".slack.com")


@contextmanager
def counting(handle: Callable[[Request], Response | None] | None = None) -> Iterator[tuple[str, list[Request]]]:
    """A server that keeps what reached it, and its address."""
    seen: list[Request] = []

    def record(request: Request) -> Response | None:
        seen.append(request)
        return handle(request) if handle else Response.of_json({"ok": True})

    with LoopbackServer(record) as server:
        yield server.url, seen


def slack_client(url: str, **options: Any) -> SlackClient:
    return SlackClient("xoxb-made-up", base_url=f"{url}/api/", **({"seconds": 5} | options))


def to_its_end(talk: Talk[T]) -> T:
    """Go on with a talk that nothing holds up, and return what it returns."""
    while True:
        try:
            assert next(talk).seconds == 0
        except StopIteration as over:
            return over.value  # type: ignore[no-any-return]


def test_an_answer_for_another_host_goes_to_the_person_directly(caplog: pytest.LogCaptureFixture) -> None:
    with counting() as (slack, asked), counting() as (_, elsewhere):
        client = slack_client(slack)
        other = "https://hooks.slack.com.example.com/secret-part"
        assert to_its_end(MessagePlace(other, client, "U1").show(notice("Ticket #143", "Words")))
        client.close()
    assert elsewhere == []
    assert [request.path for request in asked] == ["/api/chat.postMessage"]
    assert "NotSlacks" in caplog.text
    assert "secret-part" not in caplog.text


def test_a_response_url_of_another_host_is_answered_directly_by_the_whole_bot(running: Running) -> None:
    slack = running.slack
    with counting() as (url, seen):
        # Another name of this machine, so not the host of SLACK_API_URL.
        elsewhere = f"{url.replace('127.0.0.1', 'localhost')}/response/1"
        form = payloads.slash_command(
            workspace.AGENT, workspace.channels()[0], "/ticket", "143", trigger_id="1", response_url=elsewhere
        )
        assert slack._delivery().command(form).status == 200
        slack.wait(lambda: any(call.method == "chat.postMessage" for call in slack.calls))
    assert seen == []
    assert "Ticket #143" in str(slack.calls[-1].arguments)


@pytest.mark.parametrize("method", ["chat_postMessage", "post"])
def test_slacks_answers_are_bounded_in_size(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack_client._MAX_ANSWER_BYTES", 1000)
    with counting(lambda _: Response.of_json({"ok": True, "text": "x" * 2000})) as (url, _):
        client = slack_client(url)
        with pytest.raises(BadAnswer, match="larger"):
            call(client, method, url)
        client.close()


@pytest.mark.parametrize("method", ["chat_postMessage", "post"])
def test_slacks_answers_are_bounded_in_time_however_slowly_they_drip(method: str) -> None:
    over = threading.Event()

    def drip(request: Request) -> None:
        request.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(400):
            if over.wait(0.01):
                return
            try:
                request.socket.sendall(b" ")
            except OSError:
                return

    with counting(drip) as (url, _):
        client = slack_client(url, seconds=0.2)
        with pytest.raises(BadAnswer, match="longer"):
            call(client, method, url)
        over.set()
        client.close()


def call(client: SlackClient, method: str, url: str) -> None:
    if method == "post":
        client.post(f"{url}/response/1", {"text": "x"})
    else:
        client.chat_postMessage(channel="U1", text="x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_call_follows_a_redirect(status: int) -> None:
    with counting() as (other, elsewhere):
        redirect = Response(status, b"", {"Location": f"{other}/elsewhere"})
        with counting(lambda _: redirect) as (url, asked):
            client = slack_client(url)
            assert client.post(f"{url}/response/1", {"text": "x"}).status == status
            with pytest.raises(SlackApiError):
                client.chat_postMessage(channel="U1", text="x")
            leadsquared = leadsquared_client(url)
            with pytest.raises(Unavailable):
                leadsquared.conversations(143)
            client.close()
            leadsquared.close()
    assert len(asked) >= 3
    assert elsewhere == []


def leadsquared_client(url: str) -> LeadSquaredClient:
    return LeadSquaredClient(
        api_url=url,
        org_id=1,
        access_key="made-up",
        secret_key="made-up",
        budget=CallBudget(LocalPlaces(1000), 1000),
        pause=lambda _: None,
    )


@pytest.fixture(scope="module")
def untrusted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[bytes]]]:
    """A server on this machine with a certificate of its own making, its address, and what it was told."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make_certificate(key, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    told: list[bytes] = []
    with LoopbackServer(lambda request: told.append(request.body)) as server:
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        yield server.url.replace("http", "https"), told


def make_certificate(key: Path, certificate: Path) -> None:
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*new, *subject, "-keyout", key, "-out", certificate], check=True, capture_output=True)


def test_a_certificate_that_nobody_trusts_is_not_spoken_to(untrusted: tuple[str, list[bytes]]) -> None:
    url, told = untrusted
    client, leadsquared = slack_client(url), leadsquared_client(url)
    for method in ("chat_postMessage", "post"):
        with pytest.raises(requests.exceptions.SSLError):
            call(client, method, url)
    with pytest.raises(Unavailable):
        leadsquared.conversations(143)
    with pytest.raises(Unavailable):
        leadsquared.post_internal_note(143, "x")
    client.close()
    leadsquared.close()
    assert told == []


def test_an_address_that_is_not_slacks_is_not_told_in_an_error() -> None:
    with pytest.raises(NotSlacks) as caught:
        slack_client("http://127.0.0.1:9").post("https://evil.example.com/secret-part", {})
    assert "secret-part" not in f"{caught.value!s}{caught.value!r}"
