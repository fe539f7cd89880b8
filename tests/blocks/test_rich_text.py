"""Documents as rich_text: valid for Slack, literal, and cut without losing a word."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import rich_text
from bot.mail.document import Document, Item, Items, Paragraph, Preformatted, Quote, Run
from bot.sandbox.slack.rules import refuse_message

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200).filter(str.strip)
links = st.sampled_from([None, None, "https://example.com/a?b=1&c=2", "mailto:ann@example.com", "tel:+15550100"])
runs = st.builds(Run, texts, st.booleans(), st.booleans(), st.booleans(), st.booleans(), links)
many = st.lists(runs, min_size=1, max_size=4).map(tuple)
items = st.builds(Item, many, st.integers(0, 9), st.none() | st.integers(1, 99))
blocks = st.one_of(
    st.builds(Paragraph, many),
    st.builds(Quote, many),
    st.builds(Preformatted, texts),
    st.builds(Items, st.lists(items, min_size=1, max_size=5).map(tuple)),
)
documents = st.builds(Document, st.lists(blocks, max_size=8).map(tuple))


def words(parts: list[dict[str, Any]]) -> str:
    own = (str(part.get("text") or "") + words(part.get("elements", [])) for part in parts)
    return "".join("".join(own).split())


@given(documents)
def test_any_document_is_one_that_slack_takes_and_holds_every_word(document: Document) -> None:
    for made in (rich_text.elements(document), rich_text.quoted(document)):
        expected = "".join("".join(run.text for run in _runs(block)) for block in document.blocks)
        assert words(made) == "".join(expected.split())
        if made:
            assert refuse_message({"blocks": [rich_text.rich_text(made)], "text": "x"}) is None


def _runs(block: Any) -> list[Run]:
    if isinstance(block, Preformatted):
        return [Run(block.text)]
    if isinstance(block, Items):
        return [run for item in block.items for run in item.runs]
    return list(block.runs)


@given(documents, st.integers(20, 400))
def test_a_cut_loses_nothing_and_keeps_to_its_limit(document: Document, limit: int) -> None:
    whole = rest = rich_text.elements(document)
    pieces = []
    while rest:
        taken, left = rich_text.fit(rest, limit)
        assert taken, "each piece holds something"
        assert rich_text.length(taken) <= limit
        assert refuse_message({"blocks": [rich_text.rich_text(taken)], "text": "x"}) is None
        pieces += taken
        rest = left
    assert words(pieces) == words(whole)


def test_nothing_in_a_text_is_live() -> None:
    hostile = "<!channel> <@U012> *b* :smile: https://x.example.com"
    [made] = rich_text.elements(Document((Paragraph((Run(hostile),)),)))
    assert made == {"type": "rich_text_section", "elements": [{"type": "text", "text": hostile}]}


def test_lists_keep_their_levels_and_numbers() -> None:
    items = (Item((Run("a"),)), Item((Run("b"),), 1, 3), Item((Run("c"),), 1, 4))
    bullets, numbers = rich_text.elements(Document((Items(items),)))
    assert (bullets["style"], bullets["indent"]) == ("bullet", 0)
    assert (numbers["style"], numbers["indent"], numbers["offset"], len(numbers["elements"])) == ("ordered", 1, 2, 2)
