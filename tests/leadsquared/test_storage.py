"""Which links to attachments may be handed to a person."""

from __future__ import annotations

import pytest

from bot.leadsquared.storage import DOCUMENTED_HOST, refused_host

HOSTS = (DOCUMENTED_HOST, "files.example.com", "*.store.example.org")


@pytest.mark.parametrize(
    "url",
    [
        f"https://{DOCUMENTED_HOST}/t/1/ticket/%23143/email/x?X-Amz-Signature=1&filename=%22a%20b.png%22",
        "https://files.example.com/a",
        "https://FILES.example.com:443/a",
        "https://files.example.com./a",
        "https://a.store.example.org/x",
        "https://a.b.store.example.org/x",
    ],
)
def test_a_link_to_a_known_host_is_kept(url: str) -> None:
    assert refused_host(url, HOSTS) is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://files.example.com/a", "files.example.com"),
        ("https://files.example.com:8443/a", "files.example.com"),
        ("https://evil.example/files.example.com", "evil.example"),
        ("https://files.example.com.evil.example/a", "files.example.com.evil.example"),
        ("https://notfiles.example.com/a", "notfiles.example.com"),
        ("https://store.example.org/a", "store.example.org"),
        ("https://xstore.example.org/a", "xstore.example.org"),
        ("https://files.example.com@evil.example/a", ""),
        ("https://user:word@files.example.com/a", ""),
        ("https://files.example.com\\@evil.example/", ""),
        ("https://files.exаmple.com/a", ""),
        ("https://files.example.com/a b", ""),
        ("https://files.example.com/a\nb", ""),
        ("https://files.example.com/<!channel>", ""),
        ("https://[::1/", ""),
        ("https://[::1]/", ""),
        ("https:///a", ""),
        ("//files.example.com/a", "files.example.com"),
        ("ftp://files.example.com/a", "files.example.com"),
        ("javascript://files.example.com/%0aalert(1)", "files.example.com"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("", ""),
    ],
)
def test_any_other_link_is_refused(url: str, host: str) -> None:
    assert refused_host(url, HOSTS) == host


def test_without_tls_only_this_machine_is_linked_to_and_only_where_it_is_named() -> None:
    assert refused_host("http://127.0.0.1:8123/files/a", ("127.0.0.1",)) is None
    assert refused_host("http://127.0.0.1:8123/files/a", HOSTS) == "127.0.0.1"
    assert refused_host("http://10.0.0.1/files/a", ("10.0.0.1",)) == "10.0.0.1"
