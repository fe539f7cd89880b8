"""Everything a person can be shown: inside Slack's limits by three opinions, and reviewed as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import blockkit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.access import Refusal
from bot.blocks import check_result, failure, note_modal, note_news, prompts, screen, share_form
from bot.blocks.conversation import conversation_screen
from bot.blocks.files import files_screen
from bot.blocks.ids import FileSpot, FormSpot, PageSpot, ShareSpot
from bot.blocks.limits import BLOCK_CHARS_PER_MESSAGE, text_length
from bot.blocks.refused import note_refused, refused
from bot.blocks.shared import Part, Shared, shared_page
from bot.check.finding import Finding
from bot.check.finding import State as Found
from bot.leadsquared import errors
from bot.leadsquared.model import Attachment, Conversation, Message
from bot.notes import State
from bot.sandbox.slack.rules import refuse_message, refuse_view

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
URL = "https://support.example.com/tickets/143"
LONG = "Long words, one after the other. " * 400
HOSTILE = "<!channel> <@U012> *b* `c` & </x> \u202egnp.exe\u202c \u200b😀👩‍👩‍👧 नमस्ते مرحبا " * 200


def message(number: int, **changed: Any) -> Message:
    values: dict[str, Any] = {
        "id": number,
        "activity_type": ("InboundEmail", "OutboundEmail", "PortalInbound", "PortalOutbound")[number % 4],
        "author_id": "a443f7b7",
        "created": NOW - timedelta(days=30) + timedelta(hours=number),
        "html": "",
        "text": f"Message {number} says this.",
        "attachments": (),
    }
    return Message(**values | changed)


def attachment(number: int, **changed: Any) -> Attachment:
    values: dict[str, Any] = {
        "name": f"File {number}.pdf",
        "size": 10**number,
        "content_type": "application/pdf",
        "url": f"https://files.example.com/{number}?X-Amz-Signature=" + "x" * 1700,
        "expires": NOW + timedelta(hours=1),
    }
    return Attachment(**values | changed)


def conversation(*messages: Message, total: int | None = None, unreadable: int = 0) -> Conversation:
    return Conversation(143, messages, len(messages) if total is None else total, unreadable, NOW)


def shared(talk: Conversation, *parts: Part) -> Shared:
    made = shared_page(talk, PageSpot(143, 9, 1), parts, user_id="U0ASHA001", url=URL)
    assert made
    return made


WITH_FILES = conversation(
    message(1, text="Call 555-010-1234 or write to dana@example.com"),
    message(2, attachments=(attachment(5), attachment(1, url=None, refused_host="files.example.org"))),
)
SHARE_SPOT = ShareSpot(PageSpot(143, 2, 1), "C0SUPPORT1")
IN_THREAD = ShareSpot(PageSpot(143, 2, 1), "C0SUPPORT1", "1763640000.000100", tuple(Part), "", 2)

SCREENS = {
    "two messages": conversation_screen(conversation(message(1), message(2, attachments=(attachment(5),))), url=URL),
    "no messages": conversation_screen(conversation(), url=URL),
    "newest page of 60": conversation_screen(conversation(*map(message, range(1, 61)))),
    "older page": conversation_screen(conversation(*map(message, range(1, 61))), older_than=30),
    "newer page": conversation_screen(conversation(*map(message, range(1, 61))), newer_than=10),
    "long and hostile": conversation_screen(conversation(message(1, text=HOSTILE), message(2, text=LONG)), url=URL),
    "forty files": conversation_screen(conversation(message(1, attachments=tuple(map(attachment, [3] * 40))))),
    "odd parts": conversation_screen(
        conversation(
            message(1, activity_type="WhatsAppInbound", created=None, text=""),
            message(2, activity_type=""),
            message(3, attachments=(attachment(1, url="javascript:alert(1)", size=None, name="\u202e" + "n" * 300),)),
            total=9,
            unreadable=1,
        )
    ),
    "a file elsewhere": conversation_screen(WITH_FILES),
    "fresh links": files_screen(WITH_FILES, FileSpot(143, 2)),
    "fresh links that are gone": files_screen(WITH_FILES, FileSpot(143, 1)),
    "posting": share_form.posting(SHARE_SPOT),
    "posting in a thread": share_form.posting(IN_THREAD),
    "posted": share_form.posted(IN_THREAD, "https://acme-support.slack.com/archives/C0SUPPORT1/p1"),
    "posted, address unknown": share_form.posted(SHARE_SPOT, ""),
    "perhaps posted": share_form.maybe_posted(SHARE_SPOT),
    **{
        f"nothing posted, {name}": share_form.not_posted(143, problem)
        for name, problem in {
            "changed": share_form.CHANGED,
            "not as ticked": share_form.NOT_AS_TICKED,
            "busy": share_form.busy(),
            "not saved": share_form.not_saved(),
            **{
                error: share_form.refused(error)
                for error in ("not_in_channel", "is_archived", "restricted_action", "ratelimited", "unreachable", "x")
            },
        }.items()
    },
    "page to share gone": share_form.page_gone(143),
    "no channel to share to": share_form.no_channel(143),
    "fewer than counted": conversation_screen(conversation(message(1), total=12)),
    "help": prompts.help_screen(),
    "not understood": prompts.not_understood("<!channel> " * 100),
    "which ticket": prompts.which_ticket([143, 34]),
    "which of thirty": prompts.which_ticket(list(range(1, 31))),
    "check": check_result.check_result(
        [
            Finding("Settings", Found.OK, "All 24 can be read."),
            Finding("Slack token", Found.FAULT, "It was taken back.", "Install the app again."),
            Finding("Slack scopes", Found.SKIPPED, "Not checked: see Slack token."),
            Finding("Clock", Found.WARNING, "90 s behind Slack's.", "Set it."),
        ]
    ),
    "check of much": check_result.check_result([Finding("LeadSquared", Found.FAULT, HOSTILE, LONG)]),
    "check is running": check_result.check_running(),
    "check is not allowed": check_result.check_not_allowed(),
    "busy": failure.busy("Ticket #143"),
    "unexpected": failure.unexpected("E-1a2b3c4d"),
    **{
        f"reading failed, {kind.__name__}": failure.reading_failed(143, kind("<!channel> said the server " * 50))
        for kind in (
            errors.Unauthorized,
            errors.NotFound,
            errors.Refused,
            errors.RateLimited,
            errors.Unavailable,
            errors.Uncounted,
        )
    },
    "note is on its way": note_news.adding(143, "TB-7F3K2"),
    "note waits": note_news.waiting(143, "TB-7F3K2"),
    "note at a restart": note_news.restarting(143, "TB-7F3K2"),
    "receipt": note_news.receipt(143, "TB-7F3K2", HOSTILE[:3000], URL),
    "receipt of an erased text": note_news.receipt(143, "TB-7F3K2", None, None),
    "receipt in a channel": screen.notice("Only to you", note_news.receipt_line(143, "TB-7F3K2")),
    "note in doubt": note_news.doubt(143, "TB-7F3K2", LONG[:3000], URL, lost=False),
    "note in doubt after a crash": note_news.doubt(143, "TB-7F3K2", "Call her back", None, lost=True),
    "note not added": note_news.not_added(143, "TB-7F3K2", HOSTILE[:3000], failure.note_failed(errors.Unavailable())),
    "note found": note_news.recorded_there(143, "TB-7F3K2"),
    **{f"note no longer in doubt, {state}": note_news.not_in_doubt(143, "TB-7F3K2", state) for state in State},
    "note of somebody else": note_news.not_yours(),
    "choice not saved": failure.not_recorded(),
    **{f"refused, {refusal}": refused(refusal) for refusal in Refusal},
}

VIEWS = {
    "note form": note_modal.note_form(note_modal.NoteDraft("143"), max_chars=2820, spot=FormSpot()),
    "note form after a refusal": note_modal.note_form(
        note_modal.NoteDraft("143", HOSTILE[:3000]),
        max_chars=2820,
        spot=FormSpot(2, "C0SUPPORT1", "1763640000.000100", "https://acme-support.slack.com/archives/C0SUPPORT1/p1"),
        problem=failure.note_failed(errors.Refused("no such ticket")),
    ),
    **{
        f"note form after {kind.__name__}": note_modal.note_form(
            note_modal.NoteDraft("143", "text"),
            max_chars=2820,
            spot=FormSpot(2),
            problem=failure.note_failed(kind("x")),
        )
        for kind in (errors.Unauthorized, errors.NotFound, errors.RateLimited, errors.Unavailable)
    },
    "note form after a broken bot": note_modal.note_form(
        note_modal.NoteDraft("143", "text"),
        max_chars=2820,
        spot=FormSpot(2),
        problem=failure.note_broken("E-1a2b3c4d"),
    ),
    "note form of somebody who may not": note_modal.note_form(
        note_modal.NoteDraft("143", "text"),
        max_chars=2820,
        spot=FormSpot(2),
        problem=note_refused(Refusal.NOT_IN_NOTE_GROUP),
    ),
    "preparing": note_modal.preparing(),
    "share form": share_form.share_form(shared(WITH_FILES), SHARE_SPOT),
    "share form with all ticked": share_form.share_form(shared(WITH_FILES, *Part), IN_THREAD),
    "share form after a change": share_form.share_form(shared(WITH_FILES), SHARE_SPOT, problem=share_form.CHANGED),
    "preparing to share": share_form.preparing(143),
    "ask for ticket": prompts.ask_for_ticket(),
    "looking up": prompts.looking_up(143),
}


def all_views() -> dict[str, dict[str, Any]]:
    return VIEWS | {f"{name}, in a modal": shown.view() for name, shown in SCREENS.items()}


@pytest.mark.parametrize("name", SCREENS)
def test_a_message_is_one_that_slack_takes(name: str) -> None:
    sent = SCREENS[name].message()
    assert refuse_message(sent) is None
    assert text_length(sent["blocks"]) <= BLOCK_CHARS_PER_MESSAGE
    assert len(sent["text"].encode()) <= 4000
    _second_opinions(sent["blocks"])


@pytest.mark.parametrize("name", all_views())
def test_a_view_is_one_that_slack_takes(name: str) -> None:
    view = all_views()[name]
    assert refuse_view(view) is None
    View(**view).validate_json()
    _second_opinions(view["blocks"])


@pytest.mark.parametrize("name", SCREENS)
def test_the_words_alone_name_the_heading(name: str) -> None:
    shown = SCREENS[name]
    assert shown.message()["text"].startswith(shown.heading)


@pytest.mark.parametrize("name", [*SCREENS, *all_views()])
def test_nothing_is_live_that_the_bot_did_not_mean(name: str) -> None:
    blocks = SCREENS[name].blocks if name in SCREENS else all_views()[name]["blocks"]
    for part in _parts(blocks):
        assert part.get("type") not in {"usergroup", "broadcast", "image"}
        if part.get("type") in {"user", "channel"}:  # who shares, and where to
            assert (part.get("user_id"), part.get("channel_id")) in {("U0ASHA001", None), (None, "C0SUPPORT1")}
        if part.get("type") == "mrkdwn":
            assert part["verbatim"]
            assert "<!channel" not in part["text"]
            assert "<@" not in part["text"]


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.text(max_size=4000), min_size=1, max_size=30),
    names=st.lists(st.text(max_size=300), max_size=30),
    spot=st.integers(-2, 40),
    side=st.sampled_from(["older_than", "newer_than"]),
)
def test_a_page_of_any_texts_and_names_is_one_that_slack_takes(
    texts: list[str], names: list[str], spot: int, side: str
) -> None:
    files = tuple(attachment(n % 9, name=name) for n, name in enumerate(names))
    messages = [message(n, text=text, html=text[::-1], attachments=files) for n, text in enumerate(texts, 1)]
    shown = conversation_screen(conversation(*messages), **{side: spot})  # type: ignore[arg-type]
    assert refuse_message(shown.message()) is None
    assert refuse_view(shown.view()) is None


@given(st.text(max_size=6000))
def test_the_words_alone_are_cut_to_four_thousand_bytes_and_stay_escaped(text: str) -> None:
    sent = screen.fallback_text(text)
    assert len(sent.encode("utf-8", "replace")) <= 4000
    assert not set(sent.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")) & set("&<>")


def test_every_text_that_a_person_can_see_is_as_reviewed(request: pytest.FixtureRequest) -> None:
    """Compare with screens.txt; `pytest --update-generated` writes it anew, for its difference to be read."""
    told = "".join(_told(name, shown.blocks, shown.heading) for name, shown in SCREENS.items())
    told += "".join(_told(name, view["blocks"], view["title"]["text"]) for name, view in VIEWS.items())
    path = Path(__file__).with_name("screens.txt")
    if request.config.getoption("--update-generated"):
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")


def _told(name: str, blocks: list[dict[str, Any]], heading: str) -> str:
    lines = [f"=== {name}", heading, *(line for block in blocks for line in _lines(block))]
    return (
        "\n".join(line if len(line) <= 240 else f"{line[:180]} … [{len(line)} characters]" for line in lines) + "\n\n"
    )


def _lines(block: dict[str, Any]) -> Iterator[str]:
    if block["type"] == "divider":
        yield "-----"
    elif block["type"] == "actions":
        yield " ".join(f"[{element['text']['text']}]" for element in block["elements"])
    elif block["type"] == "input":
        element = block["element"]
        if element["type"] == "checkboxes":
            ticked = element.get("initial_options", [])
            yield f"({block['label']['text']})"
            for option in element["options"]:
                mark = "x" if option in ticked else " "
                yield f"[{mark}] {option['text']['text']} -- {option['description']['text']}"
        else:
            yield f"({block['label']['text']}) {element.get('initial_value', '')!r} -- {block['hint']['text']}"
    elif block["type"] == "rich_text":
        leaves = [leaf for part in block["elements"] for leaf in part["elements"]]
        yield "".join(map(_leaf, leaves)).replace("\n", " / ")
    else:
        yield from (part["text"].replace("\n", " / ") for part in _parts([block]) if isinstance(part.get("text"), str))


def _leaf(leaf: dict[str, Any]) -> str:
    named = {"user": "@{user_id}", "channel": "#{channel_id}", "date": "<time>"}.get(leaf["type"], "{text}")
    return named.format(**leaf)


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(item)


def _second_opinions(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
        _blockkit(block)


def _blockkit(part: dict[str, Any]) -> Any:
    """Build the same with the package blockkit, which checks what it builds."""
    kinds = {
        "header": blockkit.Header,
        "section": blockkit.Section,
        "context": blockkit.Context,
        "divider": blockkit.Divider,
        "actions": blockkit.Actions,
        "button": blockkit.Button,
        "input": blockkit.Input,
        "plain_text_input": blockkit.PlainTextInput,
        "checkboxes": blockkit.Checkboxes,
        "option": blockkit.Option,
        "rich_text": blockkit.RichText,
        "rich_text_section": blockkit.RichTextSection,
        "rich_text_quote": blockkit.RichTextQuote,
    }
    kind = part.get("type", "option")
    if kind in {"plain_text", "mrkdwn"}:
        return blockkit.Text(part["text"]).type(kind)
    if leaf := _LEAVES.get(kind):
        return leaf(**{name: value for name, value in part.items() if name not in {"type", "style"}})
    built = kinds[kind]()
    for name, value in part.items():
        if name in {"type", "emoji", "verbatim"}:
            continue
        if isinstance(value, dict):
            getattr(built, name)(_blockkit(value))
        elif isinstance(value, list):
            for item in value:
                getattr(built, f"add_{name.removesuffix('s')}")(_blockkit(item))
        else:
            getattr(built, name)(value)
    built.build()
    return built


_LEAVES: dict[str, Any] = {
    "text": blockkit.RichTextEl,
    "link": blockkit.RichLinkEl,
    "date": blockkit.RichDateEl,
    "user": blockkit.RichUserEl,
    "channel": blockkit.RichChannelEl,
}
