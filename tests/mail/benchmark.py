"""`python -m tests.mail.benchmark`: what reading a mail costs beside the bare parse of its HTML, in one process.

Times are medians, in milliseconds, of runs that take turns.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import NamedTuple

from lxml import etree

from bot import mail
from tests.mail.corpus import samples

_CORPUS_ROUNDS = 15
_NEWSLETTER_ROUNDS = 9
_NEWSLETTER_BYTES = 2_000_000
_WORST = 3


class Timed(NamedTuple):
    """Milliseconds of the bare parse and of the whole reading."""

    name: str
    parse: float
    read: float

    @property
    def ratio(self) -> float:
        """How many times the bare parse the reading takes."""
        return self.read / self.parse


def newsletter(size: int = _NEWSLETTER_BYTES) -> str:
    """Return a newsletter of about `size` bytes: layout tables in each other, inline styles, tracked links, images."""
    head = (
        "<!DOCTYPE html><html><head><title>News</title><style>.wrap { width: 600px } a { color: #06c }</style></head>"
        "<body style='margin:0;padding:0;background:#f4f4f4'>"
        "<div style='display:none;max-height:0;overflow:hidden;mso-hide:all'>This month: " + "&#847;&zwnj;&nbsp;" * 80
        + "</div><table width='100%' cellpadding='0' cellspacing='0' role='presentation'><tr><td align='center'>"
    )  # fmt: skip
    foot = (
        "</td></tr></table><p style='font-size:11px;color:#999'>You get this mail as a customer of Example. "
        "<a href='https://news.example.com/unsubscribe?u=1'>Unsubscribe</a></p>"
        "<img src='https://news.example.com/open.gif' width='1' height='1' alt=''></body></html>"
    )
    stories: list[str] = []
    length = len(head) + len(foot)
    while length < size:
        stories.append(_story(len(stories)))
        length += len(stories[-1])
    return head + "".join(stories) + foot


def _story(n: int) -> str:
    track = f"https://click.example.com/ls/click?upn={'u001.' + format(n * 7919, 'x') * 12}&amp;c={n}"
    return (
        "<table class='wrap' width='600' cellpadding='0' cellspacing='0' role='presentation' "
        "style='width:600px;margin:0 auto;background:#ffffff;border-collapse:collapse'><tr>"
        f"<td width='200' style='padding:12px 16px;vertical-align:top'><a href='{track}'>"
        f"<img src='https://images.example.com/{n}/hero.png' width='180' alt='Picture of article {n}' "
        "style='display:block;border:0'></a></td><td style='padding:12px 16px;font-family:Arial,Helvetica,sans-serif;"
        "font-size:14px;line-height:21px;color:#333333'><table width='100%' role='presentation'><tr><td>"
        f"<h2 style='margin:0 0 8px;font-size:18px;color:#111111'>Article {n}: a better way to work</h2></td></tr><tr>"
        "<td style='padding-bottom:8px'><p style='margin:0 0 10px'>Teams told us what they need: it is <b>here</b>: "
        "faster search,&nbsp;clearer lists and a calmer inbox. We wrote down how it came to be, with <em>numbers</em> "
        f"and pictures.</p><p style='margin:0'><a href='{track}&amp;more=1' "
        "style='background:#0066cc;color:#ffffff;padding:8px 14px;text-decoration:none'>Read more</a></p></td></tr>"
        "</table></td></tr></table>"
    )


def timings(rounds: int = _CORPUS_ROUNDS) -> Iterator[Timed]:
    """Time each mail of the corpus that has HTML."""
    for sample in samples():
        if sample.html:
            yield _timed(sample.name, sample.html, sample.text, rounds)


def table(timed: list[Timed], big: Timed) -> str:
    """One line for the corpus, one for the newsletter, and the mails with the worst ratios."""
    whole = Timed(f"corpus, {len(timed)} mails, sum", sum(t.parse for t in timed), sum(t.read for t in timed))
    middle = Timed("corpus, median mail", median(t.parse for t in timed), median(t.read for t in timed))
    worst = sorted(timed, key=lambda t: t.ratio, reverse=True)[:_WORST]
    lines = [f"{'mail':<44} {'parse ms':>9} {'read ms':>9} {'ratio':>6}"]
    lines += [f"{t.name:<44} {t.parse:>9.3f} {t.read:>9.3f} {t.ratio:>6.2f}" for t in (whole, middle, big, *worst)]
    return "\n".join(lines)


def _timed(name: str, html: str, text: str, rounds: int) -> Timed:
    source = html.encode("utf-8", "replace")
    parses, reads = [], []
    for _ in range(rounds):
        parses.append(_once(lambda: etree.fromstring(source, etree.HTMLParser(encoding="utf-8", huge_tree=True))))
        reads.append(_once(lambda: mail.read(html, text)))
    return Timed(name, median(parses), median(reads))


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Print the table."""
    list(timings(1))  # what is kept after a first use is there before the clock runs
    big = _timed("newsletter of 2 MB", newsletter(), "", _NEWSLETTER_ROUNDS)
    sys.stdout.write(table(list(timings()), big) + "\n")


if __name__ == "__main__":
    main()
