"""Tells the new words of a mail from the messages that it quotes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.mail.attributions import Intro, introduces
from bot.mail.document import Kind
from bot.mail.headers import intros
from bot.mail.lines import BLOCKQUOTE, CONTAINER, CUT, FORWARD, LOOSE, QUOTED, SIGNATURE, Line
from bot.mail.signatures import banner_end, is_legal, is_phone_footer, signature_start

# What people write above a mail that they answer inside, in another colour: nothing else tells the two apart.
_ANSWERS_INSIDE = re.compile(
    r"(?<!\w)(?:answer|repl|comment|response|antwort|kommentar|réponse|commentaire|respuesta|comentario|resposta|rispost"
    r"|svar)\w{0,12}[^.!?]{0,40}?(?<!\w)(?:inline|in-line|in (?:red|blue|green|bold|rot|blau|grün|fett|rosso|blu)"
    r"|en (?:rouge|bleu|vert|gras|rojo|azul|verde)|em vermelho)(?!\w)"
)
_THEIRS = re.compile(r"(?:your|ihre|deine|votre|su|sua|vostra) [^.!?]{0,12}$")


_NO_INTRO = Intro(0, 0, "")


class Stretch(NamedTuple):
    """Lines `start` to `end` (not included) are of one kind.

    `tell` tells who wrote a history's message and when, `intro_end` is where the lines end that introduce it.
    """

    kind: Kind
    start: int
    end: int
    tell: Callable[[], tuple[str, str]] = _NO_INTRO.tell
    intro_end: int = 0


def split(lines: Sequence[Line]) -> list[Stretch]:
    """Cut the lines of a mail into stretches. Together they hold every line, in order."""
    found = intros(lines)
    is_history = _history(lines, found)
    stretches = list(_runs(lines, is_history, found))
    if not any(stretch.kind == "reply" for stretch in stretches):
        # Nothing new: then what is quoted is the message.
        quoted = any(stretch.kind == "history" for stretch in stretches)
        # Nothing but a footer: then that is the message.
        only = "history" if quoted else "signature"
        stretches = [Stretch("reply", s.start, s.end) if s.kind == only else s for s in stretches]
    return _merged(stretches)


def _history(lines: Sequence[Line], found: Sequence[Intro]) -> list[bool]:
    """Tell of each line whether it is history."""
    count = len(lines)
    if found and _answers_inside(lines[: min(12, found[0].start + 1)]):
        return [False] * count
    quoted = _quoted(lines, found)
    cut = _hard_cut(lines, found, quoted)
    history = [False] * cut + [True] * (count - cut)
    if cut < count and _says_nothing(lines, 0, cut):
        # A header at the very top: the mail is what follows it, up to the next one.
        history = [False] * count
        later = next(
            (intro.start for intro in found if intro.start > cut and not _same_block(found, intro, cut)), count
        )
        history[later:] = [True] * (count - later)
        return history
    _mark_runs(lines, found, quoted, history, cut)
    return history


def _quoted(lines: Sequence[Line], found: Sequence[Intro]) -> list[bool]:
    """Tell of each line whether its markup or its ">" says that it is quoted."""
    quoted = [False] * len(lines)
    attributed = {n for intro in found for n in (intro.end, intro.end + 1)}
    own_quote = False
    loose_seen = False
    for n, line in enumerate(lines):
        marks = line.marks
        if not marks and line.text[0] != ">":
            loose_seen = own_quote = False
        elif marks & LOOSE:
            # What the person wrote between the quotes of a Gmail reply stands inside the container as well.
            loose_seen = loose_seen or bool(marks & QUOTED)
            quoted[n] = bool(marks & QUOTED) or not loose_seen
        else:
            loose_seen = False
            if marks & QUOTED or (line.text[0] == ">" and _is_typed_quote(lines, n)):
                quoted[n] = True
            elif marks & BLOCKQUOTE:
                own_quote = own_quote or n in attributed
                quoted[n] = own_quote
            else:
                own_quote = False
    return quoted


def _is_typed_quote(lines: Sequence[Line], n: int) -> bool:
    """Tell whether a line that begins with ">" in HTML is a typed quote: it is introduced, or one of several."""
    around = [lines[m].text for m in (n - 1, n + 1) if 0 <= m < len(lines)]
    return any(text[0] == ">" for text in around) or (n > 0 and introduces(lines[n - 1].text))


def _hard_cut(lines: Sequence[Line], found: Sequence[Intro], quoted: Sequence[bool]) -> int:
    """Return the first line from which on all is history, whatever its markup; else the number of lines."""
    starts = {intro.start: intro for intro in found}
    for n in sorted(starts.keys() | {n for n, line in enumerate(lines) if line.marks & CUT}):
        line, intro = lines[n], starts.get(n)
        if line.marks & CUT and not (n == 0 and not intro):
            return n
        if intro is None:
            continue
        if intro.forward:
            return _after_forward(lines, found, intro)
        if intro.kind == "marker" and n > 0:
            # "On …, the help desk wrote:" right above the marker belongs to it.
            return next((other.start for other in found if other.end == n), n)
        if intro.kind in {"header", "separator"} and (n > 0 or intro.end < len(lines)):
            if quoted[n] and False in quoted[intro.end :] and not line.marks & CONTAINER:
                continue
            return n
        followed = intro.kind == "attribution" and intro.end < len(lines) and not line.depth
        if followed and not any(quoted[intro.end : intro.end + 3]):
            return n
    return len(lines)


def _after_forward(lines: Sequence[Line], found: Sequence[Intro], forward: Intro) -> int:
    """A forwarded mail is part of the message; what that mail quotes itself is history."""
    for intro in found:
        later = intro.start >= forward.end and not intro.forward
        if later and (intro.start - forward.end > 1 or intro.kind != "header"):
            return int(intro.start)
    return len(lines)


def _same_block(found: Sequence[Intro], intro: Intro, cut: int) -> bool:
    return any(other.start == cut and intro.start < other.end for other in found)


def _mark_runs(
    lines: Sequence[Line], found: Sequence[Intro], quoted: list[bool], history: list[bool], end: int
) -> None:
    """Decide of each quoted run before `end` whether it is history, or a question that is answered right under it."""
    if True not in quoted[:end]:
        return
    runs = _quoted_runs(lines, found, quoted, end)
    in_run = {n for a, b, _ in runs for n in range(a, b)}
    own = (n for n in range(end - 1, -1, -1) if not quoted[n] and n not in in_run)
    last_said = next((n for n in own if not _is_footer(lines[n])), -1)
    answered = [run for run in runs if run[0] <= last_said]
    forwarded = min((intro.start for intro in found if intro.forward), default=len(lines))
    if len(answered) >= 2 and _between(answered) >= 1:
        kept = set(answered)
    else:
        # A short quotation without attribution is the person's own.
        kept = {run for run in answered if not run[2] and not _from_client(lines, run) and run[1] - run[0] <= 12}
    for start, stop, attributed in runs:
        if (start, stop, attributed) in kept or start >= forwarded or lines[start].marks & FORWARD:
            continue
        history[start:stop] = [True] * (stop - start)


def _answers_inside(lines: Sequence[Line]) -> bool:
    for line in lines:
        folded = line.text[:400].casefold()
        if " in " in folded or "line" in folded or " en " in folded or " em " in folded:
            match = _ANSWERS_INSIDE.search(folded)
            if match and not _THEIRS.search(folded[: match.start()]):
                return True
    return False


def _between(runs: Sequence[tuple[int, int, bool]]) -> int:
    """How many of the gaps between quoted runs hold words."""
    return sum(b[0] > a[1] for a, b in pairwise(runs))


def _from_client(lines: Sequence[Line], run: tuple[int, int, bool]) -> bool:
    return bool(lines[run[0]].marks & CONTAINER)


def _quoted_runs(
    lines: Sequence[Line], found: Sequence[Intro], quoted: Sequence[bool], end: int
) -> list[tuple[int, int, bool]]:
    """Return the quoted stretches before `end`, with the attribution above each, and whether there is one."""
    intro_ends = {intro.end: intro for intro in found}
    inside = {n for intro in found for n in range(intro.start, intro.end)}
    runs: list[tuple[int, int, bool]] = []
    n = 0
    while n < end:
        if not quoted[n]:
            n += 1
            continue
        start = n
        while n < end and quoted[n]:
            n += 1
        intro = intro_ends.get(start)
        attributed = intro is not None or start in inside or any(m in inside for m in range(start, min(start + 3, n)))
        if intro is not None:
            start = intro.start
        elif start > 0 and not quoted[start - 1] and introduces(lines[start - 1].text):
            start, attributed = start - 1, True
        if runs and all(m in inside for m in range(runs[-1][1], start)):
            runs[-1] = (runs[-1][0], n, runs[-1][2] or attributed)
        else:
            runs.append((start, n, attributed))
    return runs


def _is_footer(line: Line) -> bool:
    """Tell whether a line behind the quotes is a signature or footer, and no answer."""
    return (
        bool(line.marks & SIGNATURE)
        or is_phone_footer(line.text)
        or is_legal(line.text)
        or not line.text.strip(" -–—_*=>.")
    )


def _says_nothing(lines: Sequence[Line], start: int, end: int) -> bool:
    """Tell whether there is no word of the person's own in a stretch."""
    top = banner_end(lines[start:end])
    return all(_is_footer(lines[n]) for n in range(start + top, end))


def _runs(lines: Sequence[Line], history: Sequence[bool], found: Sequence[Intro]) -> list[Stretch]:
    stretches: list[Stretch] = []
    start, count = 0, len(lines)
    while start < count:
        is_history = history[start]
        try:
            end = history.index(not is_history, start)
        except ValueError:
            end = count
        stretches += _earlier(start, end, found) if is_history else _own(lines, start, end)
        start = end
    return stretches


def _earlier(start: int, end: int, found: Sequence[Intro]) -> list[Stretch]:
    """Cut a stretch of history where a message in it begins."""
    # Introductions sort by their first line.
    first, last = bisect_left(found, (start,)), bisect_left(found, (end,))
    inside = [intro for intro in found[first:last] if intro.kind != "marker"]
    places = [start, *(intro.start for intro in inside if intro.start > start), end]
    by_start = {intro.start: intro for intro in inside}
    stretches: list[Stretch] = []
    for a, b in pairwise(places):
        intro = by_start.get(a, _NO_INTRO)
        before = stretches[-1] if stretches else None
        if before and intro.kind == "header" and before.end - before.start <= 1 and not before.tell()[0]:
            # A line of dashes alone belongs to the header under it.
            stretches[-1] = Stretch("history", before.start, b, intro.tell, min(intro.end, b))
        else:
            # A header may go on behind the end of what is quoted.
            stretches.append(Stretch("history", a, b, intro.tell, min(max(intro.end, a), b)))
    return stretches


def _own(lines: Sequence[Line], start: int, end: int) -> list[Stretch]:
    """Cut a stretch of the person's own into banner, reply and signature."""
    top = start + (banner_end(lines[start:end]) if start == 0 else 0)
    # Behind the history there may be nothing but a list's footer.
    at = top + signature_start(lines[top:end], may_be_all=start > 0)
    stretches = [Stretch("signature", start, top), Stretch("reply", top, at), Stretch("signature", at, end)]
    return [stretch for stretch in stretches if stretch.end > stretch.start]


def _merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for stretch in stretches:
        if merged and stretch.kind == merged[-1].kind != "history":
            merged[-1] = Stretch(stretch.kind, merged[-1].start, stretch.end)
        else:
            merged.append(stretch)
    return merged
