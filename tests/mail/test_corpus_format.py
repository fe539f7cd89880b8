"""The corpus is well formed, complete and made up; and the scorer gives full marks to its own answers only."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pytest

from tests.mail.corpus import FOLDER, Past, Sample, samples, shown, twin
from tests.mail.report import difference, main
from tests.mail.scoring import KINDS, Verdict, normal, scores, tokens, verdicts

CLIENTS = (
    "outlookdesk outlookweb outlooknew outlookios outlookandroid gmailweb gmailmobile applemail iosmail yahoo aol"
    " proton thunderbird zoho spark gmx webde samsung freshdesk front zendesk hey superhuman fastmail tutanota notes"
    " emclient mailbird qq netease alimail yandex mailru leadsquared newsletter"
)
STYLES = "top bottom inline forward empty deep alone trap"
LANGUAGES = "en de fr es pt it nl sv da no fi pl cs hu ro ru uk tr el ar he hi ja ko zhcn zhtw vi id"


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_the_parts_hold_every_visible_word_of_the_body(sample: Sample) -> None:
    assert sample.replies, "no reply"
    assert sample.body, "no body"
    parts = [*sample.replies[:1], *sample.signatures[:1], *(past.text for past in sample.history)]
    expected = tokens("\n".join(parts))
    visible = tokens(sample.body)
    assert (visible - expected, expected - visible) == (Counter(), Counter())
    assert tokens(twin(sample).text) == tokens("\n".join(map(_unaddressed, parts)))


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_every_part_follows_the_order_of_the_body(sample: Sample) -> None:
    body = normal(sample.body)
    for part in (*sample.replies, *sample.signatures, "\n".join(past.text for past in sample.history)):
        place = 0
        for line in map(normal, part.split("\n")):
            place = body.find(line, place) + len(line)
            assert place >= len(line), line


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_who_and_when_stand_in_the_history_that_they_describe(sample: Sample) -> None:
    for past in sample.history:
        text = " ".join(past.text.split())
        assert past.who in text
        assert past.when in text


def test_the_corpus_is_large_and_holds_every_client_style_and_language() -> None:
    assert len(samples()) >= 160
    assert sum(bool(sample.html) for sample in samples()) >= 95
    assert sum(not sample.html for sample in samples()) >= 55
    assert set(CLIENTS.split()) <= {sample.client for sample in samples()}
    assert {sample.style for sample in samples()} == set(STYLES.split())
    assert {sample.language for sample in samples()} == set(LANGUAGES.split())
    assert any(len(sample.history) >= 5 for sample in samples())


def test_no_two_mails_are_alike() -> None:
    bodies = Counter(" ".join(sorted(tokens(sample.html + sample.text))) for sample in samples())
    numbers = Counter(sample.name.split("-")[0] for sample in samples())
    assert max(bodies.values()) == 1
    assert max(numbers.values()) == 1


def test_no_address_or_link_leads_to_a_real_place() -> None:
    for path in FOLDER.glob("*.mail"):
        for match in _HOST.finditer(path.read_text(encoding="utf-8")):
            host = next(filter(None, match.groups())).lower().rstrip(".")
            assert _MADE_UP.search(host) or host in _NAMESPACES, f"{path.name}: {host}"


_HOST = re.compile(r"https?://([\w.-]+)|@([\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,})\b|\bwww\.([\w-]+\.[\w.-]+)")
_MADE_UP = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|org|net))?|invalid)$")
_NAMESPACES = ("www.w3.org", "schemas.microsoft.com")  # the names of markup dialects, not links


@dataclass(frozen=True)
class _Words:
    text: str


@dataclass(frozen=True)
class _Answer:
    reply: _Words
    signature: _Words = _Words("")
    history: tuple[Past, ...] = ()


def test_a_reader_that_knows_the_answers_gets_full_marks() -> None:
    known = {(s.html, s.text): s for sample in samples() for s in (sample, twin(sample))}

    def read(html: str, text: str) -> _Answer:
        sample = known[html, text]
        signature = sample.signatures[0] if sample.signatures else ""
        return _Answer(_Words(sample.replies[-1]), _Words(signature), sample.history)

    assert {kind: (score.exact, score.f1) for kind, score in scores(read).items()} == dict.fromkeys(KINDS, (100, 100))


def _split_nothing(html: str, text: str) -> _Answer:
    return _Answer(_Words(shown(html).strip() or text))


def test_a_reader_that_splits_nothing_is_right_only_where_there_is_nothing_to_split() -> None:
    known = {sample.name: sample for sample in samples()}
    for verdict in verdicts(_split_nothing):
        sample = known[verdict.name]
        if verdict.kind in ("signature", "history"):
            assert not verdict.exact
        elif not sample.signatures and not sample.history:
            assert verdict.exact, difference(verdict)
        elif sample.history and len(sample.replies) == 1:
            assert not verdict.exact


def test_the_report_holds_a_line_for_every_kind_and_names_what_was_misread(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--wrong", "--kind", "history"], _split_nothing)
    table, *wrong = capsys.readouterr().out.split("\n\n")
    assert [line.split()[0] for line in table.splitlines()[1:]] == list(KINDS)
    assert [block.split()[0] for block in wrong] == [sample.name for sample in samples() if sample.history]


def test_a_misread_mail_is_shown_from_where_the_readings_part() -> None:
    verdict = Verdict("text", "001-x-top-en", "Please ship it today", "Please ship it\nOn Monday she wrote", False, 0.5)
    assert difference(verdict).splitlines() == [
        "001-x-top-en text: F1 50 %, differs at 12",
        "  expected 'Pleaseshipittoday'",
        "  got      'PleaseshipitOnMondayshewrote'",
    ]


def _unaddressed(text: str) -> str:
    return re.sub(r"<[^<>\s@]+@[^<>\s@]+>", " ", text)
