"""What is true of every mail, whatever it is made of: no word is lost, nothing hides, nothing is live but links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import escape

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import mail
from bot.mail.document import Block, Document, Items, Preformatted, Run
from tests.mail.corpus import samples, shown, twin

WORDS = st.sampled_from(
    [
        "hello",
        "order",
        "invoice",
        "A-1007",
        "Grüße",
        "naïve",
        "日本語",
        "مرحبا",
        "שלום",
        "नमस्ते",
        "👩\u200d👩\u200d👧",
        "R&D",
        "<b>",
        "a.b@example.com",
        "4711",
        "10:30",
        "ann:",
        "x_y",
        "*bold*",
        "ok.",
        "why?",
        "--",
        "From:",
        "wrote:",
        "[cut]",
        "https://example.com/a",
        "tel:",
    ]
)
PHRASES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
ATTRIBUTIONS = st.sampled_from(
    [
        "On 28 Aug 2026 at 10:00, Ann Example <ann@example.com> wrote:",
        "On Mon, Aug 3, 2026 at 4:06 PM Ben wrote:",
        "Am 03.08.2026 um 16:06 schrieb Ann Example:",
        "Le lun. 3 août 2026 à 16:06, Ann Example a écrit :",
        "2026年8月3日 16:06 Ann Example <ann@example.com> 写道：",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
    ]
)
HEADERS = st.sampled_from(
    [
        (
            "From: Ann Example <ann@example.com>",
            "Sent: 3 August 2026 16:06",
            "To: support@example.com",
            "Subject: Re: x",
        ),
        ("Von: Ann Example", "Gesendet: Montag, 3. August 2026 16:06", "An: Hilfe", "Betreff: AW: x"),
        ("De : Ann <ann@example.com>", "Envoyé : lundi 3 août 2026 16:06", "À : Ben", "Objet : x"),
    ]
)
SIGNATURES = st.sampled_from(
    [
        ("-- ", "Ann Example", "Example Ltd", "+1 555 0100 200"),
        ("Thanks,", "Ann"),
        ("Best regards,", "Ben Example", "Sales Manager", "www.example.com"),
        ("Sent from my phone",),
        ("This e-mail is confidential and for the intended recipient only. Please delete it if it came in error.",),
    ]
)
BLOCKS = st.sampled_from(
    [
        "<p>{}</p>",
        "<div>{}</div>",
        "<div><br>{}<br></div>",
        "<p class=MsoNormal>{}<o:p>&nbsp;</o:p></p>",
        "<b>{}</b>",
        "<span style='font-size:0.9em'>{}</span>",
        "<a href='https://example.com/x'>{}</a>",
        "<ul><li>{}</li></ul>",
        "<ol start=3><li><p>{}</p></ol>",
        "<table><tr><td>{}</td></tr></table>",
        "<blockquote>{}</blockquote>",
        "<blockquote type=cite>{}</blockquote>",
        "<div class='gmail_quote'>{}</div>",
        "<div id=divRplyFwdMsg>{}</div>",
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'>{}</div>",
        "<div class=gmail_signature>{}</div>",
        "<pre>{}</pre>",
        "<h2>{}</h2>",
        "<html><body>{}</body></html>",
        "{}<!-- a comment -->",
        "{}<script>hush()</script>",
        "{}<div style='display:none'>hush</div>",
    ]
)


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(map(escape, lines))


LEAVES = st.one_of(
    PHRASES.map(escape), ATTRIBUTIONS.map(escape), HEADERS.map(_lines), SIGNATURES.map(_lines), st.just("&nbsp;<br>")
)
PAGES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(BLOCKS, st.lists(inner, min_size=1, max_size=4)).map(
        lambda made: made[0].format("\n".join(made[1]))
    ),
    max_leaves=25,
)
TEXTS = st.lists(
    st.one_of(
        PHRASES, ATTRIBUTIONS, HEADERS.map("\n".join), SIGNATURES.map("\n".join), PHRASES.map("> ".__add__), st.just("")
    ),
    max_size=14,
)
ANYTHING = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&\"'=;-/! \n\r\t\0\u00a0\u200b\u202e\u2066\ufeff\ud800abdivpx:>"))
)

# What is no word: white space, marks of bullets and numbers that a list may take or give, and what is cleaned away.
NO_WORD = re.compile(r"[\s•·‣–>*\-\u00ad\u034f\u061c\u180e\u200b-\u200d\u2028-\u202e\u2060-\u206f\ufeff]|[^\S\n]")

# What a link says that leads elsewhere than its label.
LEADS = re.compile(r" \(leads to example\.com\)")


def every(parts: Iterable[mail.Part]) -> str:
    """All that parts say, without the bullets and numbers that a document puts before items."""
    return "\n".join(said(block) for part in parts for block in part.document.blocks)


def said(block: Block) -> str:
    if isinstance(block, Preformatted):
        return block.text
    runs = [item.runs for item in block.items] if isinstance(block, Items) else [block.runs]
    return "\n".join("".join(run.text for run in line) for line in runs)


def runs_of(document: Document) -> Iterable[Run]:
    for block in document.blocks:
        if isinstance(block, Items):
            yield from (run for item in block.items for run in item.runs)
        elif not isinstance(block, Preformatted):
            yield from block.runs


def letters(text: str) -> str:
    """The characters of words in their order."""
    return NO_WORD.sub("", unicodedata.normalize("NFC", text))


def check(read: mail.Mail) -> None:
    """What is true of any reading."""
    for part in read.parts:
        assert every([part]).strip()
        for run in runs_of(part.document):
            assert run.link is None or run.link.casefold().startswith(("http://", "https://", "mailto:", "tel:"))
        for c in set(every([part]) + part.who + part.when):
            kind = unicodedata.category(c)
            assert c in "\n\t" or kind not in {"Cc", "Cs", "Zl", "Zp"}, f"{c!r} of {kind}"
            assert c not in "\u200b\u2060\ufeff\u00ad"
            assert not "\u202a" <= c <= "\u202e"
            assert not "\u2066" <= c <= "\u2069"
    assert [part for part in read.parts if part.kind == "history"] == list(read.history)


_HEADER = "From: Ann Example &lt;ann@example.com&gt;<br>Sent: 3 August 2026 16:06<br>To: Ben<br>Subject: Re: x"


@settings(max_examples=250, deadline=None)
@given(PAGES)
@example(f"<p>On 28 Aug 2026 at 10:00, Ann wrote:<p>hello</p><blockquote>hello {_HEADER}</blockquote>{_HEADER}<br>Ann")
def test_the_parts_of_a_page_hold_every_visible_word_in_order(page: str) -> None:
    faults = mail.faults
    read = mail.read(page, "")
    check(read)
    assert letters(LEADS.sub("", every(read.parts))) == letters(shown(page))
    assert mail.faults == faults


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_parts_of_a_text_hold_every_word_in_order(lines: list[str]) -> None:
    faults = mail.faults
    read = mail.read("", "\n".join(lines))
    check(read)
    assert letters(every(read.parts)) == letters("\n".join(lines))
    assert mail.faults == faults


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_parts_of_a_flattened_text_hold_every_word_in_order(lines: list[str]) -> None:
    flat = " ".join(" ".join(lines).split())
    read = mail.read("", flat)
    check(read)
    assert letters(every(read.parts)) == letters(flat)


@settings(max_examples=300, deadline=None)
@given(ANYTHING, ANYTHING)
def test_whatever_arrives_is_read_twice_the_same_and_without_a_fault(html: str, text: str) -> None:
    faults = mail.faults
    read = mail.read(html, text)
    check(read)
    assert mail.read(html, text) == read
    assert mail.faults == faults


@settings(max_examples=100, deadline=None)
@given(PAGES, st.integers(0, 2_000))
def test_a_page_cut_anywhere_is_read_without_a_fault(page: str, at: int) -> None:
    faults = mail.faults
    check(mail.read(page[:at], ""))
    assert mail.faults == faults


def test_no_mail_of_the_corpus_loses_a_word() -> None:
    bodies = [(one.name, one.html, one.text, one.body) for sample in samples() for one in (sample, twin(sample))]
    lost = [
        name
        for name, html, text, body in bodies
        if plain_letters(every(mail.read(html, text).parts)) != plain_letters(body)
    ]
    assert len(bodies) >= 300
    assert not lost


def plain_letters(text: str) -> str:
    """The characters of words, without marks of direction and what stands for images and links that lead elsewhere."""
    return letters(re.sub(r"\[image: [^\]]*\]| \(leads to [^)]*\)|[\u200e\u200f]", "", text))
