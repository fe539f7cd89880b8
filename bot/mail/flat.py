"""A mail that was flattened to one line, as LeadSquared's `Text` is: line breaks put back where history begins."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from heapq import merge
from itertools import islice, pairwise

from bot.mail.signatures import is_legal, tells_contact
from bot.mail.words import (
    CLOSING_WORDS,
    EDGES,
    FORWARDED,
    FROM,
    HEADER_KEYS,
    ORIGINAL,
    PHONE_FOOTERS,
    REPLY_ABOVE,
    STARTS,
    SUBJECT,
    TO,
    VERBS,
    WHEN,
)

# How far the parts of a header or of an attribution may be from one another.
_FROM_TO_WHEN = 220
_WHEN_TO_NEXT = 160
_ATTRIBUTION = 200
_QUOTED_NAME = 60
_MOST_BREAKS = 400
# Verbs near a date that are looked at; a letter has a few.
_MOST_VERBS = 4000


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of the words, for text in small letters: ignoring case is ten times as slow."""
    # Longest first: "sent from" must not hide "sent from my".
    known = sorted(words, key=len, reverse=True)
    first = "".join(sorted({re.escape(word[0]) for word in known}))
    return f"(?=[{first}])(?:{'|'.join(map(re.escape, known))})"


def _small(text: str) -> str:
    """Return a text in small letters, each where it stood: only this one letter becomes two."""
    return text.replace("\u0130", "i").lower().replace("ς", "σ")


def _is_joined(verb: str) -> bool:
    """Tell whether a verb follows a name without a space."""
    return any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in verb)


_KEYS = [key for key in HEADER_KEYS if HEADER_KEYS[key] in {FROM, WHEN, TO, SUBJECT} and len(key) > 1]
_KEY = re.compile(
    rf"(?<![\w-])\*?({_any_of(_KEYS)})\*?\s?(?::\*?(?=\s|$)|：|(?<=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]):)",
)
_VERB = re.compile(
    rf"(?:(?<!\w)(?:{_any_of(verb for verb in VERBS if not _is_joined(verb))})(?!\w)"
    rf"|{_any_of(filter(_is_joined, VERBS))})(?:[^:：\n]{{0,90}}?[:：]|\s?---)",
)
# "19. Feb. 2026, 16:44 von ann@example.com:" -- a time, a name and a colon.
_DATED = re.compile(
    r"(?<!\d)\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s?[+-]\d\d:?\d\d)?,?\s"
    r"(?:[^\s:：]{1,40}\s?){1,6}?[:：](?=\s)"
)
_SEPARATOR = re.compile(
    rf"(?<![-_=*])[-_=*]{{2,}}+\s?(?:{_any_of([*ORIGINAL, *FORWARDED])})\s?[-_=*:]{{0,40}}|(?<!_)_{{20,}}+"
)
_FOOTER = re.compile(rf"(?:(?<!\S)|(?<=[。！？]))(?:{_any_of(footer for footer in PHONE_FOOTERS if len(footer) > 7)})")
_DASHES = re.compile(r"(?<=\s)(?:--|__|---|—)\s(?=\S)")
# "Jo Hill wrote: > …" needs no date: the mark behind it tells.
_QUOTING = re.compile(
    rf"(?:(?<!\w)(?:{_any_of(verb for verb in VERBS if not _is_joined(verb))})(?!\w)|(?<!\w)quoting )"
    r"[^:：\n>]{0,60}[:：]?\s{0,2}(?=>)"
)
_SENTENCE_END = re.compile(r"[.!?。！？]\s")
_MARKER = re.compile(_any_of(REPLY_ABOVE))
_NOTICE = re.compile(
    r"(?<!\S)(?:confidentiality notice|disclaimer:|this (?:e-?mail|message|communication|transmission)"
    r"(?: and any| is| may| has| \()|(?:the )?contents? of this (?:e-?mail|message)|diese (?:e-?mail|nachricht) "
    r"|ce message |cet e-?mail |este (?:correo|mensaje)|esta mensagem|questa e-?mail|questo messaggio|dit bericht"
    r"|de(?:ze|nne) e-?mail|you received this|— reply to this email)"
)
_NAME = re.compile(r"(?:[^\W\d_a-zà-ÿ][\w.'’-]{0,20}\s){1,2}")
_CLOSING = re.compile(rf"(?<!\w)(?:{_any_of(CLOSING_WORDS)})(?!\w)[,.!]?\s")
_DATE = re.compile(r"\d{1,2}[:.h時시]\s?\d{2}|(?<!\d)(?:19|20)\d{2}(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_DATE_WORD = re.compile(r"\d{4}[年년.\-/]|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.?$")
_WORD = re.compile(r"\S+")


def broken_up(text: str) -> str:
    """Return a one-line text with line breaks before and after what introduces history, and before a signature.

    Words stay as they are and in order. Linear: every look back or ahead is bounded.
    """
    small = _small(text)
    blocks = _headers(small)
    headers = [(at, at) for block in blocks for at in block]
    inside = [(block[0], block[-1] + _WHEN_TO_NEXT) for block in blocks]
    separators = [match.span() for match in _SEPARATOR.finditer(small)]
    separators += [_whole_marker(small, match) for match in islice(_MARKER.finditer(small), _MOST_BREAKS)]
    separators += _typed_quotes(small)
    breaks = {0, len(text)}
    for start, end in sorted([*headers, *_attributions(text, small, inside), *separators])[:_MOST_BREAKS]:
        breaks |= {start, end}
    first = min(breaks - {0}, default=len(text))
    breaks |= set(_signatures(text, small, first))
    return "\n".join(part for a, b in pairwise(sorted(breaks)) if (part := text[a:b].strip()))


def _typed_quotes(small: str) -> list[tuple[int, int]]:
    """Find ">" marks, with the words before them that say who wrote, from the end of the sentence before."""
    found = []
    for match in islice(_QUOTING.finditer(small), _MOST_BREAKS):
        begin = max(0, match.start() - _QUOTED_NAME)
        ends = [end.end() for end in _SENTENCE_END.finditer(small, begin, match.start())]
        if ends or begin == 0:
            found.append((ends[-1] if ends else 0, match.end()))
    first = small.find(" > ")
    # Two marks near each other: a quotation to the end, though nothing says whose.
    if not found and 0 < first < (second := small.find(" > ", first + 3)) < first + 400 and second > 0:
        found.append((first, first))
    return found


def _whole_marker(small: str, match: re.Match[str]) -> tuple[int, int]:
    """Return where a help desk's marker begins and ends, with the signs around it."""
    signs = small.rfind("##", max(0, match.start() - 30), match.start())
    return (signs if signs >= 0 else match.start()), match.end()


def _headers(text: str) -> list[list[int]]:
    """Find "From: … Sent: … To: … Subject: …", and return where the keys of each block are."""
    found: list[list[int]] = []
    block: list[tuple[int, str]] = []
    for match in _KEY.finditer(text):
        meaning = HEADER_KEYS[" ".join(match[1].casefold().split())]
        reach = _FROM_TO_WHEN if len(block) == 1 else _WHEN_TO_NEXT
        again = meaning == FROM and any(known == FROM for _, known in block)
        if block and (match.start() - block[-1][0] > reach or again):
            found += _block(block)
            block = []
        if block or meaning in {FROM, WHEN}:
            block.append((match.start(), meaning))
    return found + _block(block)


def _block(keys: list[tuple[int, str]]) -> list[list[int]]:
    meanings = {meaning for _, meaning in keys}
    if FROM in meanings and len(meanings) >= 2 and (WHEN in meanings or {TO, SUBJECT} <= meanings):
        return [[at for at, _ in keys]]
    return []


def _attributions(text: str, small: str, headers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Find "On 28 Aug , 04:06 PM, x wrote:" and its like, and dates with a name and a colon behind them."""
    found = []
    floor = block = looked_at = 0
    dates = [match.start() for match in _DATE.finditer(text)]
    for match in merge(_VERB.finditer(small), _DATED.finditer(text), key=re.Match.end):
        while block < len(headers) and headers[block][1] < match.start():
            block += 1
        # A date in a header block is none of an attribution.
        if match.start() < floor or (block < len(headers) and headers[block][0] <= match.start()):
            continue
        begin = max(floor, match.start() - _ATTRIBUTION)
        last = bisect_left(dates, match.end()) - 1
        if last < 0 or dates[last] < begin:
            continue
        looked_at += 1
        if looked_at > _MOST_VERBS:
            break
        start = _start_of(text, begin, match.start(), dates[last])
        if start is not None:
            found.append((start, match.end()))
            floor = match.end()
            if len(found) >= _MOST_BREAKS:
                break
    return found


def _start_of(text: str, begin: int, verb: int, date: int) -> int | None:
    """Return where an attribution begins whose verb stands at `verb` and whose last date at `date`, or None.

    Best is the nearest capitalised word that can begin one, with a date behind it; else the first number of the date.
    """
    words = list(_WORD.finditer(text, begin, verb))
    last_number = number = lower = None
    for n in range(len(words) - 1, -1, -1):
        word = words[n][0]
        plain = word.casefold().strip(EDGES)
        if words[n].start() > date:
            continue
        if plain in STARTS and not word.strip(EDGES)[:1].islower():
            first = n
            # Back over "On Mon," but not over the end of the sentence before.
            while first > 0 and not words[first - 1][0][0].islower() and _date_word(words[first - 1][0]):
                first -= 1
            return words[first].start()
        if plain in STARTS and lower is None:
            lower = n
        if any(c.isdigit() for c in word) and (last_number is None or last_number - n <= 3):
            last_number = n
            number = n if _DATE_WORD.match(word.lstrip("(\"'“")) else number
    best = number if number is not None else lower
    return None if best is None else words[best].start()


def _date_word(word: str) -> bool:
    """Tell whether a word can stand in a date or lead to one."""
    plain = word.casefold().strip(EDGES)
    return plain in STARTS or plain.isdecimal() or _DATE_WORD.match(word) is not None


def _signatures(text: str, small: str, end: int) -> list[int]:
    """Find where a signature begins before `end`: dashes, a phone's footer, or what follows a closing and a name."""
    found = [match.start() for match in _FOOTER.finditer(small, max(0, end - 160), end)]
    for match in _DASHES.finditer(text, max(0, end - 400), end):
        found += [match.start(), match.end()]  # the dashes stand on a line of their own
    notice = _NOTICE.search(small, 0, end)
    if notice and is_legal(text[notice.start() : end]):
        found.append(notice.start())
    stop = min(found, default=end)
    closings = list(_CLOSING.finditer(small, max(0, stop - 300), stop))
    if closings:
        closing = closings[-1]
        name = _NAME.match(text, closing.end(), stop)
        if name and tells_contact(text[name.end() : stop]):
            found += [closing.start(), closing.end(), name.end()]
    return found
