"""How a ticket's mails read: the new words, one line of what is folded, and Show all."""

from __future__ import annotations

import re

from bot.sandbox.slack import View
from tests.conftest import Running
from tests.e2e.test_command import buttons_of, words_of
from tests.e2e.test_notes import first


def folded(running: Running, ticket: int) -> list[str]:
    message = running.slack.slash(f"/ticket {ticket}").message()
    return [block["text"]["text"] for block in message.blocks if block["type"] == "section" and "accessory" in block]


def test_what_the_ticket_shows_anyway_is_not_shown_again(running: Running) -> None:
    words = words_of(running.slack.slash("/ticket 143").message())
    assert words.count("Could you tell me whether my new email address is in place") == 1
    assert "From: Asha Rao" not in words
    assert folded(running, 143) == []


def test_one_line_says_what_is_folded(running: Running) -> None:
    assert folded(running, 7) == ["Signature hidden."]


def test_outlooks_table_list_and_image_read_well(running: Running) -> None:
    message = running.slack.slash("/ticket 7").message()
    kinds = [
        element["type"] for block in message.blocks if block["type"] == "rich_text" for element in block["elements"]
    ]
    words = words_of(message)
    assert "rich_text_preformatted" in kinds
    assert "rich_text_list" in kinds
    assert "Spring A  40          40" in words
    assert "[image: image001.png, attached]" in words


def test_hostile_mail_shows_its_words_and_nothing_hidden(running: Running) -> None:
    message = running.slack.slash("/ticket 88").message()
    words = words_of(message)
    assert "preheader that nobody should see" not in words
    assert "<!channel>" in words
    assert "javascript:" not in str([leaf for leaf in _leaves(message.blocks) if leaf.get("type") == "link"])
    assert not {leaf["type"] for leaf in _leaves(message.blocks)} & {"user", "usergroup", "broadcast", "channel"}


def _leaves(blocks: list[dict[str, object]]) -> list[dict[str, object]]:
    found = []
    for block in blocks:
        if isinstance(block, dict):
            found.append(block)
            for value in block.values():
                found += _leaves(value) if isinstance(value, list) else []
    return [leaf for leaf in found if "type" in leaf]


def test_show_all_opens_the_whole_mail_in_parts_that_lose_nothing(running: Running) -> None:
    message = running.slack.slash("/ticket 61").message()
    assert re.search(r"Cut here: [\d,]+ more characters", words_of(message))
    running.slack.click(message, "message_whole")
    view = first(running, lambda v: "part 1 of" in str(v.blocks))
    seen = _words(view)
    parts = int(re.search(r"part 1 of (\d+)", str(view.blocks))[1])  # type: ignore[index]
    for part in range(2, parts + 1):
        running.slack.click(view, "message_next")
        view = first(running, lambda v, part=part: f"part {part} of {parts}" in str(v.blocks))  # type: ignore[misc]
        seen += _words(view)
    assert seen.count("Week") > 50
    body = "".join(running.leadsquared._tickets[61].messages[0]["Text"].split())
    assert "".join(seen.split()) == body
    running.slack.click(view, "message_previous")
    first(running, lambda v: f"part {parts - 1} of {parts}" in str(v.blocks))
    assert running.reads() == 1


def _words(view: View) -> str:
    texts = []
    for block in view.blocks[2:]:
        if block["type"] == "rich_text":
            texts += [leaf.get("text", "") for part in block["elements"] for leaf in part["elements"]]
    return " ".join(texts)


def test_show_all_of_a_message_names_each_earlier_message(running: Running) -> None:
    message = running.slack.slash("/ticket 7").message()
    [block] = [block for block in message.blocks if "accessory" in block]
    running.slack.click(message, "message_whole", block["block_id"])
    view = first(running, lambda v: "Signature or footer" in str(v.blocks))
    assert view.title == "Ticket #7"
    assert "submit" not in view.content
    assert "Add note" in buttons_of(message)


def test_show_all_of_a_message_that_is_gone_says_so(running: Running) -> None:
    ts = running.slack.post(
        "C0SUPPORT1",
        "old",
        blocks=[
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "action_id": "message_whole",
                        "value": "143:99:1",
                        "text": {"type": "plain_text", "text": "Show all"},
                    }
                ],
            }
        ],
    )
    running.slack.click(ts, "message_whole")
    assert first(running, lambda v: "not there any more" in str(v.blocks)).title == "Ticket #143"
