"""A page for a channel: what it leaves out, what it never holds, and that Slack takes it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks.files import files_screen
from bot.blocks.ids import FileSpot, PageSpot, ShareSpot
from bot.blocks.limits import BLOCK_CHARS_PER_MESSAGE, text_length
from bot.blocks.share_form import share_form
from bot.blocks.shared import Part, Shared, shared_page
from bot.leadsquared.model import Conversation
from bot.sandbox.slack.rules import refuse_message, refuse_view
from tests.blocks.test_screens import NOW, URL, attachment, conversation, message
from tests.mail.corpus import Sample, samples

ALL = tuple(Part)
REPLY = (
    "<p>Please call me on <b>+49 6531</b> 555 0170, or write to <a href='mailto:dana@example.com'>my desk</a>.</p>"
    "<div class='gmail_quote'><div class='gmail_attr'>On Tue, 3 Mar 2026 at 10:00, Ben Okafor "
    "&lt;ben@example.org&gt; wrote:<br></div><blockquote class='gmail_quote'>Which number is yours? Mine is "
    "01632 960 114.</blockquote></div>"
)
TALK = conversation(
    message(1, html="<p>Which number is yours?</p>", text="x"),
    message(2, html=REPLY, text="x", attachments=(attachment(4), attachment(2, name="dana@example.com.vcf"))),
)


def shared(
    talk: Conversation = TALK, parts: Sequence[str] = (), newest: int = 99, oldest: int = 1, user: str = "U0ASHA001"
) -> Shared:
    made = shared_page(talk, PageSpot(143, newest, oldest), parts, user_id=user, url=URL)
    assert made
    return made


def told(made: Shared) -> str:
    return json.dumps(made.message(), ensure_ascii=False)


def test_by_default_history_contact_details_and_links_stay_out_and_it_says_so() -> None:
    words = told(shared())
    assert "Left out: quoted history, contact details, attachments." in words
    assert "[phone number]" in words
    assert "my desk" in words
    assert "Attached: File 4.pdf (10 kB), [e-mail address] (100 bytes)" in words
    for hidden in ("6531", "555 0170", "mailto", "dana@example.com", "ben@example.org", "960 114", "https://files"):
        assert hidden not in words


def test_what_is_ticked_is_there() -> None:
    with_history = told(shared(parts=[Part.HISTORY]))
    assert "Earlier message: Ben Okafor" in with_history
    assert "Mine is [phone number]" in with_history
    assert "ben@example.org" not in with_history

    with_contacts = told(shared(parts=[Part.CONTACTS]))
    assert "555 0170" in with_contacts
    assert "mailto:dana@example.com" in with_contacts
    assert "dana@example.com.vcf" in with_contacts
    assert "960 114" not in with_contacts

    everything = told(shared(parts=ALL))
    assert "Left out" not in everything
    assert "960 114" in everything


@pytest.mark.parametrize(
    "name", ["dana\r\n@example.com.vcf", "dana\x00@example.com", "9876\t543210.vcf", "98765\x0043210.vcf"]
)
def test_a_contact_detail_in_a_files_name_is_found_though_signs_that_are_not_seen_stand_in_it(name: str) -> None:
    words = told(shared(conversation(message(1, attachments=(attachment(1, name=name),)))))
    assert not re.search("dana|543210|43210", words)


@pytest.mark.parametrize("parts", [(), ALL])
def test_no_link_to_a_file_is_ever_in_it(parts: Sequence[str]) -> None:
    words = told(shared(parts=parts))
    assert "X-Amz" not in words
    assert "files.example.com" not in words


@pytest.mark.parametrize("parts", [(), ALL])
@pytest.mark.parametrize(
    "address",
    [
        "https://files.example.com/a.pdf?X-Amz-Credential=K&amp;X-Amz-Signature=5ecret",
        "https://files.example.com/a.pdf?AWSAccessKeyId=K&amp;Signature=5ecret",
        "https://files.example.com/a.pdf?sv=1&amp;sig=5ecret",
        "https://click.example.com/?to=https%3A%2F%2Ffiles.example.com%2Fa.pdf%3Fsig%3D5ecret",
    ],
)
def test_no_link_in_a_mails_own_words_lets_in_whoever_reads_the_channel(address: str, parts: Sequence[str]) -> None:
    html = f"<p>See <a href='{address}'>my file</a>, or {address} or <b>{address[:20]}</b>{address[20:]} now.</p>"
    quoted = f"<p>Thanks.</p><div class='gmail_quote'><blockquote class='gmail_quote'>{html}</blockquote></div>"
    said = told(shared(conversation(message(1, html=html, text="x"), message(2, html=quoted, text="x")), parts))
    assert "5ecret" not in said
    assert "my file" in said
    assert "[link]" in said


def test_a_link_that_is_no_key_stays_where_contact_details_are_left_out() -> None:
    html = "<p>See <a href='https://help.example.com/refunds?topic=design'>our page</a>.</p>"
    assert "https://help.example.com/refunds?topic=design" in told(
        shared(conversation(message(1, html=html, text="x")))
    )


def test_buttons_of_files_hold_ids_alone() -> None:
    made = shared(parts=[Part.FILES])
    buttons = [element for block in made.blocks if block["type"] == "actions" for element in block["elements"]]
    assert [(button["text"]["text"], button["value"]) for button in buttons] == [
        ("File 4.pdf (10 kB)", "143:2:1"),
        ("[e-mail address] (100 bytes)", "143:2:2"),
        ("Show ticket", "143:"),
    ]
    assert not any("url" in button for button in buttons)


def test_it_names_who_shared_it_by_id_in_blocks_and_in_words() -> None:
    made = shared()
    [line] = made.blocks[1]["elements"]
    assert line["elements"][0] == {"type": "user", "user_id": "U0ASHA001"}
    assert made.text.startswith(f"<@U0ASHA001> shared a ticket from <{URL}|LeadSquared>.\nTicket #143.")


def test_the_page_is_the_one_that_was_looked_at_whatever_came_later() -> None:
    talk = conversation(*map(message, range(1, 31)))
    words = told(shared(talk, newest=12, oldest=10))
    assert "30 messages, newest first: messages 10–12 on this page" in words
    assert "Message 12 says this." in words
    assert "Message 13 says this." not in words
    assert "Message 9 says this." not in words
    assert shared_page(talk, PageSpot(143, 40, 31), (), user_id="U1", url=None) is None


def test_what_does_not_fit_is_counted() -> None:
    talk = conversation(*(message(n, text=f"{n}. " + "words and more words " * 120) for n in range(1, 13)))
    made = shared(talk)
    assert "older messages of the page did not fit" in told(made)
    assert refuse_message(made.message()) is None


def test_the_digest_tells_what_is_shown_and_not_when_it_was_fetched() -> None:
    assert shared().digest == shared(replace(TALK, fetched=NOW + timedelta(hours=3))).digest
    changed = conversation(*TALK.messages, message(3))
    others = [shared(changed), shared(parts=[Part.FILES]), shared(oldest=2), shared(user="U0BEN0002")]
    assert len({made.digest for made in [shared(), *others]}) == 5


def test_nothing_of_it_is_fetched_by_slack() -> None:
    sent = shared().message()
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)
    assert '"image' not in told(shared(parts=ALL))


def test_the_form_shows_just_what_will_be_posted_and_keeps_its_digest() -> None:
    made = shared(parts=[Part.HISTORY])
    form = share_form(made, ShareSpot(PageSpot(143, 2, 1), "C0SUPPORT1", "", (Part.HISTORY,)))
    assert form["blocks"][-len(made.blocks) :] == made.blocks
    spot = ShareSpot.read(form["private_metadata"])
    assert spot == ShareSpot(PageSpot(143, 2, 1), "C0SUPPORT1", "", (Part.HISTORY,), made.digest)


def test_the_parts_stand_unticked_until_they_are_ticked() -> None:
    def ticks(*parts: str) -> list[str]:
        form = share_form(shared(), ShareSpot(PageSpot(143, 2, 1), "C0SUPPORT1", "", parts))
        [block] = [block for block in form["blocks"] if block["type"] == "input"]
        assert len(block["element"]["options"]) == 3
        return [option["value"] for option in block["element"].get("initial_options", [])]

    assert ticks() == []
    assert ticks("files", "history") == ["history", "files"]


@pytest.mark.parametrize(
    "value", ["", "x", "[]", "[1,2,3,4,5,6]", '["143:1:2","C1","",[],"",1]', '["1:2:1","C","",1,"",1]']
)
def test_metadata_that_is_not_the_bots_own_counts_as_none(value: str) -> None:
    assert ShareSpot.read(value) is None


@pytest.mark.parametrize("value", ["", "143", "143:0:1", "143:1:2", "143:2:1:1", "0:2:1", "143:2:-1", "143:2:1;"])
def test_a_page_that_is_none_is_not_read(value: str) -> None:
    assert PageSpot.read(value) is None


@pytest.mark.parametrize("spot", [FileSpot(143, 2), FileSpot(143, 2, 1), FileSpot(143, 2, 99)])
def test_the_files_of_a_message_are_read_back_from_a_button(spot: FileSpot) -> None:
    assert FileSpot.read(str(spot)) == spot
    assert FileSpot.read(f"{spot}0x") is None


def test_fresh_links_say_until_when_they_work_and_that_they_are_secrets() -> None:
    shown = files_screen(TALK, FileSpot(143, 2, 1))
    words = json.dumps(shown.blocks)
    assert "File 4.pdf" in words
    assert "vcf" not in words
    assert "do not pass it on" in words
    assert f"<!date^{int((NOW + timedelta(hours=1)).timestamp())}^" in words
    assert "X-Amz" not in shown.message()["text"]


@pytest.mark.parametrize("spot", [FileSpot(143, 1), FileSpot(143, 3), FileSpot(143, 2, 3)])
def test_files_that_are_gone_are_said_to_be(spot: FileSpot) -> None:
    assert "not there any more" in files_screen(TALK, spot).text


def test_a_file_at_an_address_that_is_not_allowed_is_named_with_the_reason() -> None:
    elsewhere = attachment(3, url=None, refused_host="evil.example")
    words = json.dumps(files_screen(conversation(message(1, attachments=(elsewhere,))), FileSpot(143, 1)).blocks)
    assert "without a link here, for this bot may not link to evil.example: File 3.pdf" in words


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_of_no_mail_a_contact_detail_is_shared(sample: Sample) -> None:
    made = shared(conversation(message(1, html=sample.html, text=sample.text)), [Part.HISTORY, Part.FILES])
    words = told(made).replace("<@U0ASHA001>", "").replace(URL, "")
    assert not re.search(r'\w@\w+[.]\w|"(?:mailto|tel):|\+\d[\d ().-]{6,}', words)
    assert not re.search(r"555[ -]?01\d\d|01632 ?960 ?\d{3}|07700 ?900 ?\d{3}", words)
    assert refuse_message(made.message()) is None


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.text(st.sampled_from("&<>ab \n@.é"), max_size=6000), min_size=1, max_size=12),
    names=st.lists(st.text(st.sampled_from("&<>ab."), max_size=300), max_size=30),
    parts=st.sets(st.sampled_from(ALL)),
    spot=st.tuples(st.integers(1, 14), st.integers(1, 14)),
)
def test_any_page_is_a_message_and_a_form_that_slack_takes(
    texts: list[str], names: list[str], parts: set[str], spot: tuple[int, int]
) -> None:
    files = tuple(attachment(n % 9, name=name) for n, name in enumerate(names))
    quoted = "<blockquote type='cite'>{}</blockquote>".format
    messages: list[Any] = [
        message(n, text=text, html=text + quoted(text[::-1]), attachments=files) for n, text in enumerate(texts, 1)
    ]
    page = PageSpot(143, max(spot), min(spot))
    made = shared_page(conversation(*messages), page, parts, user_id="U0ASHA001", url=URL)
    if made is None:
        assert page.oldest > len(texts)
        return
    assert refuse_message(made.message()) is None
    assert text_length(made.blocks) <= BLOCK_CHARS_PER_MESSAGE
    form = share_form(made, ShareSpot(page, "C0SUPPORT1", "1763640000.000100", tuple(parts)), problem="x" * 3000)
    assert refuse_view(form) is None
