"""The corpus: support mails written for this project, each with the reading that a person would give it.

A mail is one file, `NNN-client-style-language.mail`. Its first line says what it is; sections follow, each under a
line that begins with `== `: `html` and `text` (the body as it arrives), `reply`, `signature`, and for each earlier
message, in the mail's own order, `history who="…" when="…"`. `reply or` and `signature or` give a further reading that
is as right.

How to read a mail where people differ:
- The closing and the name belong to the reply; what stands below them, and all from a `-- ` line on, is signature.
- Phone footers, legal footers and the warnings that a mail gateway writes are signature, wherever they stand.
- Attribution lines, header blocks and "reply above this line" markers belong to the history that they introduce.
- A forwarded mail is part of the reply, with its headers.
- So are the questions between inline answers, with their attribution.
- Where nobody wrote a new word, the quoted mail is the reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

FOLDER = Path(__file__).with_name("corpus")


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier message: its words, and who and when as the mail says them ("" where it does not, or not surely)."""

    text: str
    who: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail and its right reading; `replies` and `signatures` hold the accepted ones, the preferred one first."""

    name: str
    about: str
    html: str
    text: str
    replies: tuple[str, ...]
    signatures: tuple[str, ...]
    history: tuple[Past, ...]

    @property
    def body(self) -> str:
        """The words that a person sees: of the page where it shows any, else of the text."""
        page = shown(self.html)
        return page if page.strip() else self.text

    @property
    def client(self) -> str:
        """The mail client that the body comes from."""
        return self.name.split("-")[1]

    @property
    def style(self) -> str:
        """How it answers: top, bottom, inline, forward, empty, deep, alone (no history) or trap (it only seems so)."""
        return self.name.split("-")[2]

    @property
    def language(self) -> str:
        """The language of its headers and attributions."""
        return self.name.split("-")[3]


@cache
def samples() -> tuple[Sample, ...]:
    """Every mail of the corpus, in the order of their numbers. A malformed file is a `ValueError` that names it."""
    return tuple(_parse(path) for path in sorted(FOLDER.glob("*.mail")))


def twin(sample: Sample) -> Sample:
    """The same mail as LeadSquared's `Text` gives it: one line, and no `<address>` left (its API page shows both)."""
    return replace(
        sample,
        html="",
        text=_flat(sample.body),
        replies=tuple(_flat(reading) for reading in sample.replies),
        signatures=tuple(_flat(reading) for reading in sample.signatures),
        history=tuple(replace(past, text=_flat(past.text)) for past in sample.history),
    )


def shown(html: str) -> str:
    """The words of a page that a person can see, a line for each block; images as `[image: …]`."""
    page = _Page()
    page.feed(html)
    page.close()
    return "".join(page.words)


def _flat(text: str) -> str:
    return " ".join(_ADDRESS.sub(" ", text).split())


_ADDRESS = re.compile(r"<(?:mailto:)?[^<>\s@]{1,100}@[^<>\s@]{1,100}>")
_SECTION = re.compile(r'== (html|text|reply|signature|history)( or)?(?: who="([^"]*)")?(?: when="([^"]*)")?')


def _parse(path: Path) -> Sample:
    # Only "\n" ends a line: a body may hold the other characters that splitlines() would cut at.
    first, *lines = path.read_text(encoding="utf-8").split("\n")
    if not first.startswith("# ") or len(path.stem.split("-")) != 4:
        raise ValueError(f"{path.name}: no first line that says what it is, or no name of four parts")
    found = list(_sections(path.name, lines))
    bodies = {head[1]: body for head, body in found if head[1] in ("html", "text")}
    return Sample(
        name=path.stem,
        about=first.removeprefix("# "),
        html=bodies.get("html", ""),
        text=bodies.get("text", ""),
        replies=tuple(body for head, body in found if head[1] == "reply"),
        signatures=tuple(body for head, body in found if head[1] == "signature"),
        history=tuple(Past(body, head[3] or "", head[4] or "") for head, body in found if head[1] == "history"),
    )


def _sections(name: str, lines: list[str]) -> Iterator[tuple[re.Match[str], str]]:
    head: re.Match[str] | None = None
    body: list[str] = []
    for line in lines:
        if not line.startswith("== "):
            body.append(line)
            continue
        if head:
            yield head, "\n".join(body).strip("\n")
        head, body = _SECTION.fullmatch(line), []
        if head is None:
            raise ValueError(f"{name}: {line!r} is no section")
    if head is None:
        raise ValueError(f"{name}: no sections")
    yield head, "\n".join(body).strip("\n")


_BLOCKS = re.compile(
    "address|article|blockquote|br|center|d[dlt]|div|fieldset|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section"
    "|table|tbody|t[dhr]|tfoot|thead|ul"
)
_VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr")
_UNSEEN = re.compile("head|script|style|template|title")
_HIDING = re.compile(r"display:none|mso-hide:all|max-height:0|font-size:0(?![.\d])|visibility:hidden")


class _Page(HTMLParser):
    """Collects visible words. Elements that hide their content are counted until they close."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        style = re.sub(r"\s", "", said.get("style") or "").lower()
        hidden = bool(_UNSEEN.fullmatch(tag)) or "hidden" in said or bool(_HIDING.search(style))
        if _BLOCKS.fullmatch(tag):
            self.words.append("\n")
        if tag == "img" and not hidden and said.get("width") != "1":
            self.handle_data(f"[image: {said.get('alt') or 'no name'}]")
        if not _VOID.fullmatch(tag):
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        if _BLOCKS.fullmatch(tag):
            self.words.append("\n")
        if any(tag == name for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not any(hidden for _, hidden in self._open):
            self.words.append(data)
