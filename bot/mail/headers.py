"""Recognises the lines that introduce a quoted message: header blocks, attributions, and separators."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.mail.attributions import ATTRIBUTION_LINES, Intro, attribution, attribution_ends, name_of
from bot.mail.lines import Line
from bot.mail.words import FORWARDED, FROM, HEADER_KEYS, ORIGINAL, REPLY_ABOVE, SUBJECT, TO, WHEN

# A header block may have long lists of people in it.
_HEADER_LINES = 14
_KEY = re.compile(r"\s{0,4}[*_]{0,2}([^\s:：*_][^:：*]{0,28}?)[*_]{0,2}\s{0,3}[:：][*_]{0,2}\s{0,8}(.*)", re.DOTALL)
_KEY_CHARS = 34
_HEADER_CHARS = 2000
_DASH = frozenset("-_=*~—–>|")
_LOOSE_KEY = re.compile(r"(from|to|cc|date|sent|subject)\s+(\S.{0,300})", re.IGNORECASE)
# "Ann Example ---11/24/2025 02:10:35 PM---Hello …" is how Notes begins.
_NOTES = re.compile(r"[^\n]{2,80}?\s?---\d{1,4}[./-]\d{1,2}[./-]\d{1,4} [^\n-]{4,20}---")
_FULL_DATE = re.compile(r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|[年月時时]")
_RULE_LINE = re.compile(r"[-_=—–*]{5,200}")


def intros(lines: Sequence[Line]) -> list[Intro]:
    """Find every introduction, in order. Each line is looked at a bounded number of times."""
    # Where an attribution may begin: it ends on one of the next lines.
    begins = {at for n in attribution_ends(lines) for at in range(n - ATTRIBUTION_LINES + 1, n + 1)}
    marker = _names_marker(" ".join([line.text for line in lines]).casefold())
    found: list[Intro] = []
    end = 0
    for at, line in enumerate(lines):
        if at < end:
            continue
        text = line.text
        intro = None
        if text[0] in _DASH or text[-1] in ":：-*#" or (marker and len(text) < 100):
            intro = _separator(lines, at)
        if intro is None and (":" in (start := text[:_KEY_CHARS]) or "：" in start):
            intro = _header(lines, at)
        if intro is None and at in begins:
            intro = attribution(lines, at)
        if intro is not None:
            found.append(intro)
            end = intro.end
    return found


def _names_marker(folded: str) -> bool:
    """Tell whether a text names the place that answers are to be written above."""
    return any(map(folded.__contains__, REPLY_ABOVE))


def _separator(lines: Sequence[Line], at: int) -> Intro | None:
    """Read a line that stands above a quoted message: "-----Original Message-----", a rule, a help desk's marker."""
    text = lines[at].text
    if len(text) > 160:
        return None
    folded = text.casefold()
    # A sentence that speaks of such a line is none.
    if _names_marker(folded) and any(words in folded and len(folded) - len(words) < 30 for words in REPLY_ABOVE):
        return Intro(at, at + 1, "marker")
    bare = folded.strip(" -_=*~—–>|:：\t.")
    if bare in FORWARDED or (bare in ORIGINAL and _stands_alone(lines, at, bare)):
        # What follows it may still tell who and when.
        header = _header(lines, at + 1, least=1) or _loose_header(lines, at + 1)
        end, told = (header.end, header.told) if header else (at + 1, ("", ""))
        return Intro(at, end, "separator", told, bare in FORWARDED)
    if _RULE_LINE.fullmatch(text.strip()) or ("---" in text and _NOTES.match(text)):
        header = _header(lines, at + 1)
        return Intro(at, header.end, "header", header.told) if header else None
    return None


def _stands_alone(lines: Sequence[Line], at: int, bare: str) -> bool:
    """Tell whether words such as "original message" are a separator, and not a sentence: by dashes, or a key below."""
    if bare == "original":
        return False
    dashed = lines[at].text.strip()[:1] in _DASH
    return dashed or at + 1 == len(lines) or _key(lines[at + 1].text) is not None


def _key(text: str) -> tuple[str, str] | None:
    """Return what the key of a header line stands for, and its value."""
    if ":" not in text[:_KEY_CHARS] and "：" not in text[:_KEY_CHARS]:
        return None
    key, _, value = text[:_HEADER_CHARS].partition(":")
    if (meaning := HEADER_KEYS.get(key.casefold())) and value[:1] not in {"*", "_"}:
        return meaning, value.strip().strip("*").strip()
    match = _KEY.match(text[:_HEADER_CHARS])
    if match is None:
        return None
    meaning = HEADER_KEYS.get(" ".join(match[1].casefold().split()))
    return (meaning, match[2].strip().strip("*").strip()) if meaning else None


def _header(lines: Sequence[Line], at: int, least: int = 2) -> Intro | None:
    """Read a block of "From: … / Sent: … / To: … / Subject: …" with at least so many of its keys."""
    first = _key(lines[at].text) if at < len(lines) else None
    if first is None or first[0] not in {FROM, WHEN, TO, SUBJECT}:
        return None
    values, end = _values(lines, at)
    known = values.keys() & {FROM, WHEN, TO, SUBJECT}
    if len(known) < least or (FROM not in values and not {WHEN, TO} <= known):
        return None
    # People write "From:" and "To:" of other things as well; a mail's have an address, a date or a subject too.
    if least > 1 and not _tells_mail(values, known):
        return None
    return Intro(at, end, "header", (name_of(values.get(FROM, "")), values.get(WHEN, "")))


def _values(lines: Sequence[Line], at: int) -> tuple[dict[str, str], int]:
    """Return the values of a header block by what their keys stand for, and the line behind the last."""
    values: dict[str, str] = {}
    last, end, misses = "", at, 0
    for n in range(at, min(at + _HEADER_LINES, len(lines))):
        key = _key(lines[n].text)
        if key is None:
            # A value may be wrapped, or stand under its key.
            misses += 1
            if misses > 2 or (lines[n].gap and values.get(last)):
                break
            if end == n and not values[last]:
                values[last] = lines[n].text.strip()
                end, misses = n + 1, 0
        elif key[0] in values and (key[0] == FROM or (lines[n].gap and len(values) >= 3)):
            break
        else:
            last = key[0]
            values[last] = values.get(last) or key[1]
            end, misses = n + 1, 0
    return values, end


def _loose_header(lines: Sequence[Line], at: int) -> Intro | None:
    """Read a header block without colons, as eM Client writes it; only behind a separator."""
    values: dict[str, str] = {}
    end = at
    for line in lines[at : at + 6]:
        match = _LOOSE_KEY.fullmatch(line.text.strip())
        if match is None or line.gap:
            break
        values[HEADER_KEYS[match[1].casefold()]] = match[2]
        end += 1
    told = name_of(values.get(FROM, "")), values.get(WHEN, "")
    return Intro(at, end, "header", told) if len(values) >= 2 else None


def _tells_mail(values: dict[str, str], known: set[str]) -> bool:
    # A year or a time of day: "Date: 5 May" is what people write of anything.
    dated = _FULL_DATE.search(values.get(WHEN, "")) is not None
    return (
        dated
        or "@" in values.get(FROM, "")
        or "@" in values.get(TO, "")
        or len(known) == 4
        or {FROM, TO, SUBJECT} <= known
    )
