"""A Slack message in plain words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack_text import file_names, people_in, permalink, plain_line, plain_words, text_of, words
from tests.injection.walker import faults_of_note

NAMES = {"U1": "Asha Rao", "W2": "Li"}


def said(text: str) -> str:
    return words(text, lambda user_id: NAMES.get(user_id, user_id))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("nothing special", "nothing special"),
        ("<@U1> and <@W2|li> and <@U3>", "@Asha Rao and @Li and @U3"),
        ("<#C1|support> and <#C2> and <#C3|>", "#support and #private channel and #private channel"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!here|here> <!channel|@channel>", "@here @channel"),
        ("<!subteam^S1|@support> <!subteam^S1>", "@support subteam"),
        ("<!date^1392734382^{date}|18 Feb 2014>", "18 Feb 2014"),
        ("<https://example.com/a>", "https://example.com/a"),
        ("<https://example.com/a|https://example.com/a>", "https://example.com/a"),
        ("<https://example.com/a|the page>", "the page (https://example.com/a)"),
        ("<https://example.com/?a=1&amp;b=2|x &lt; y>", "x < y (https://example.com/?a=1&b=2)"),
        ("<mailto:ada@example.com|ada@example.com>", "ada@example.com"),
        ("<mailto:ada@example.com|Ada>", "Ada (mailto:ada@example.com)"),
        ("<mailto:ada@example.com>", "ada@example.com"),
        ("<tel:+15550100|+15550100>", "+15550100"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;b&amp;gt; &amp;amp; &amp;nbsp;", "&lt;b&gt; &amp; &nbsp;"),
        ("&lt;@U1&gt; &lt;https://example.com|x&gt;", "<@U1> <https://example.com|x>"),
        ("&quot;&#39;", "&quot;&#39;"),  # Slack escapes three characters only
        ("<> <|x> 1 < 2", "<> <|x> 1 < 2"),
        ("", ""),
    ],
)
def test_tokens_become_words_and_entities_characters(text: str, plain: str) -> None:
    assert said(text) == plain


def test_a_name_is_not_read_as_a_token() -> None:
    assert words("<@U1>", lambda _: "<@U2>") == "@<@U2>"


def test_the_people_of_a_text_are_found_once_each() -> None:
    assert people_in("<@U1> <@U1> <@W2|li> <#C1> <!here> &lt;@U9&gt; <https://example.com|@U8>") == ["U1", "W2"]


def test_a_message_speaks_with_its_text_first() -> None:
    assert text_of({"text": "the text", "attachments": [{"text": "more"}]}) == "the text"


def test_an_app_message_without_text_speaks_with_its_blocks_and_attachments() -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Alert"}}]
    attachments = [{"fallback": "Disk full", "id": 1}, {"title": "Host", "text": "web-1"}, {"text": "Alert"}]
    assert text_of({"text": "", "blocks": blocks, "attachments": attachments}) == "Alert\nDisk full\nHost\nweb-1"


@pytest.mark.parametrize("message", [{}, {"text": None}, {"text": "", "attachments": None, "blocks": []}])
def test_a_message_without_words_is_empty(message: dict[str, object]) -> None:
    assert text_of(message) == ""


def test_files_go_by_name_else_title() -> None:
    files = [{"name": "a.png", "title": "A"}, {"title": "B"}, {"id": "F1"}, None]
    assert file_names({"files": files}) == ["a.png", "B", "unnamed file"]
    assert file_names({"files": None}) == file_names({}) == []


@pytest.mark.parametrize(
    ("thread", "address"),
    [
        (None, "https://demo.slack.com/archives/C1/p1700000000000100"),
        ("1700000000.000100", "https://demo.slack.com/archives/C1/p1700000000000100"),
        (
            "1600000000.000200",
            "https://demo.slack.com/archives/C1/p1700000000000100?thread_ts=1600000000.000200&cid=C1",
        ),
    ],
)
def test_a_permalink_is_that_of_copy_link(thread: str | None, address: str) -> None:
    assert permalink("demo", "C1", "1700000000.000100", thread) == address


@given(st.text(alphabet="<>@#!|&;ltgamp^ U1"))
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(said(text), str)
    assert len(people_in(text)) <= text.count("<@")


@pytest.mark.parametrize("piece", ["<", "<@", "<a|", "<a|b", "&amp;", "<@U1>", "<!"])
def test_a_hostile_text_is_read_quickly(piece: str) -> None:
    start = time.thread_time()
    said(piece * 50_000)
    assert time.thread_time() - start < 2


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It's done at 10:30:45, see https://example.com:8080/a?b=<c>&d", None),
        ("std::vec::x a:b:c ::1 fe80::a:b {key: value} <x> 1 < 2 > 0 &lt;b&gt; <- -> <3 <b>", None),
        (":tada: :white_check_mark:! (:+1::skin-tone-4:) :a::b:", "(tada) (white check mark)! ((+1)) (a)(b)"),
        ("<@U0ASHA001> <@U0ASHA001|asha> <#C0SUPPORT1|support>", "@U0ASHA001 @U0ASHA001 #support"),
        ("<!here> <!subteam^S1|@all> <!date^1^{time}|noon>", "@here @all noon"),
        ("<https://example.com|example> <https://example.com>", "example (https://example.com) https://example.com"),
        ("<@U12<!date^1^x|34>>", "@U1234"),
        (":ta:tada:da:", ":ta:tada:da:"),
        ("a\u202eb\u200bc\x07d\r\ne\tf", "abcd\ne\tf"),
    ],
)
def test_a_note_holds_words_and_nothing_of_slacks(text: str, plain: str | None) -> None:
    assert plain_words(text) == (text if plain is None else plain)


@given(st.text(alphabet="<>@#!|:UWC019tada^ \n_-", max_size=60))
def test_what_is_made_plain_is_plain_and_no_longer(text: str) -> None:
    plain = plain_words(text)
    assert plain_words(plain) == plain
    assert faults_of_note(plain) == []
    assert len(plain) <= len(text)


def test_a_name_is_one_line_and_cannot_ping() -> None:
    assert plain_line("Tom &amp; Jerry\n> <!channel>\u202e :tada:") == "Tom & Jerry > @channel (tada)"
