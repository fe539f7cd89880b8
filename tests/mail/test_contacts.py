"""Contact details: none is left where they are masked, and little else is taken for one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail import Document, mask_mail, mask_text, read
from bot.mail.contacts import EMAIL, PHONE, mask_document
from bot.mail.document import Item, Items, Paragraph, Preformatted, Run
from tests.mail.corpus import Sample, samples

ADDRESSES = [
    "dana.reyes@example.com",
    "Dana+tag_1@mail.example.co.uk",
    "o'neill@example.org",
    "用户@例子.广告",
    "dana@müller.example",
    "dana＠example．com",
    "DANA@EXAMPLE.COM",
    "dana (at) example.com",
    "dana [at] example [dot] com",
    "dana@[192.0.2.7]",
    '"dana reyes"@example.com',
    "dana @ example.com",
    "dana@\nexample.com",
    "dana\n@example.com",
    "dana at example dot com",
    "dana<at>example.com",
    "dana[@]example[.]com",
    "dana%40example.com",
    "dana%2540example.com",
    "dana\u200b@example\xad.com",
    "dana@example。com",
]
NUMBERS = [
    "+49 6531 555 0170",
    "+49 (0)30 5550 170",
    "+1 (555) 010-1234",
    "+15550101234",
    "+91 98765 43210",
    "0091-98765-43210",
    "0049 30 5550170",
    "(030) 555 0170",
    "(555) 010-1234",
    "555-010-1234",
    "555.010.1234",
    "555-0136",
    "555 0142 77",
    "01632 960 114",
    "07700900555",
    "01 99 00 45 12",
    "01.99.00.45.12",
    "9876543210",
    "98765 43210",
    "13800138000",
    "612 345 678",
    "9123 4567",
    "00-0000-0155",
    "０３-１２３４-５６７８",
    "٠٥٠١٢٣٤٥٦٧",
    "+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧",
    "9876543210/9876543211",
    "+91 98765 43210 / 91234 56780",
    "0091 98765 43210 / 0091 91234 56780",
    "030 5550170 030 5550171",
    "8613800138000",
    "5511987654321",
    "34 612 345 678",
    "03ー1234ー5678",
    "555−010−1234",
    "98765\u206043210",
    "+49\u200b6531\u200b5550170",
    "+49 6531\n555 0170",
    "5\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e32",
]
NO_CONTACTS = [
    "On 11/02/2026 08:17 and on 2026-02-11 08:14:02",
    "17.02.2026, 14:05; 11-03-2026; 2026/03/03 19:05; 20260211",
    "Kamis, 5 Maret 2026 08.20, between 9.00 and 15.00 8.30 and 12.00",
    "The years 2024-2025 and 2025 – 2026",
    "It costs 1.200.000đ, €12 500 000 or INR 10,00,000.50",
    "10 000 000 rows, 250 000 of them in 4 000 files",
    "The server at 192.168.10.20 runs 10.4.22.1",
    "Order 100023456, invoice no. 2026-004411, ticket #12345678, ref: 4410 9921, Bestellnummer 55 3021 88",
    "AX-1180-4455-22 and SKU AB12345678 and https://example.com/orders/10023456?page=12345678",
    "Read pkg@1.2.3 at 5@ 3 pm, @dana",
    "Step 1, step 2, 143, #034, 12345, 3 of 7",
    "2 @ 19.99 and 5 @ 3.50 at the door, Invoice_2026004411.pdf",
    "1080p, 12345678kg, 16:9, 99.99 %",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "around", ["{}", "Write to {}, please.", "<{}>", "From: Dana Reyes <{}>\nTo: x", "请联系 {} 谢谢"]
)
def test_an_address_is_put_into_words(address: str, around: str) -> None:
    assert mask_text(around.format(address)) == around.format(EMAIL)


def test_an_address_ends_where_its_alphabet_does() -> None:
    assert mask_text("请联系dana@example.com谢谢") == f"请联系{EMAIL}谢谢"


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "around", ["{}", "Call {}, please.", "Tel. {}\nFax none", "My number is\n{}\nThanks", "我的电话{}谢谢"]
)
def test_a_phone_number_is_put_into_words(number: str, around: str) -> None:
    masked = mask_text(around.format(number))
    assert masked.replace("(" + PHONE, PHONE) == around.format(PHONE)


@pytest.mark.parametrize("said", ["call me on 55501", "Tel: 5550 1", "T: 55 501", "WhatsApp 555012", "电话：55501"])
def test_what_is_called_a_phone_number_is_one_though_it_is_short(said: str) -> None:
    assert PHONE in mask_text(said)
    assert not re.search(r"\d", mask_text(said))


@pytest.mark.parametrize(
    "said",
    [
        "Tel: 1 234 567",
        "Tlf. 22 333 444",
        "Tel. 12.345.678",
        "Customer: 07700900123",
        "Rahul-9876543210",
        "Mr.Rao-9876543210",
        "Contact No.9876543210",
        "voicemail-15550101234.mp3",
        "recording_15550101234.wav",
        "https://wa.me/15550101234",
        "https://example.com/?phone=%2B15550101234",
        "9876543210@upi",
        "Paid ₹500 9876543210",
        "0151 1234567 €5",
    ],
)
def test_a_phone_number_is_one_beside_names_amounts_and_in_addresses(said: str) -> None:
    assert PHONE in mask_text(said)
    assert not re.search(r"\d{3}", mask_text(said).replace("₹500", ""))


@pytest.mark.parametrize("text", NO_CONTACTS)
def test_dates_amounts_and_references_stay(text: str) -> None:
    assert mask_text(text) == text


def test_an_address_in_several_styles_is_masked_whole() -> None:
    runs = (Run("Write to "), Run("dana", bold=True), Run("@example"), Run(".com", italic=True), Run(" soon"))
    (paragraph,) = mask_document(Document((Paragraph(runs),))).blocks
    assert isinstance(paragraph, Paragraph)
    assert [run.text for run in paragraph.runs] == ["Write to ", EMAIL, "", "", " soon"]


@pytest.mark.parametrize(
    ("run", "left"),
    [
        (Run("Write to us", link="mailto:dana@example.com"), Run("Write to us")),
        (Run("dana@example.com", link="mailto:dana@example.com"), Run(EMAIL)),
        (Run("dana@intranet", link="MAILTO:dana@intranet"), Run(EMAIL)),
        (Run("Call us", link="tel:+15550101234"), Run("Call us")),
        (Run("ext. 5550", link="tel:5550"), Run(PHONE)),
        (Run("Leave", link="https://example.com/u?e=dana%40example.com"), Run("Leave")),
        (Run("Leave", link="https://example.com/u?e=dana%2540example.com"), Run("Leave")),
        (Run("Leave", link="https://example.com/u?e=dana%25252540example.com"), Run("Leave")),
        (
            Run("https://example.com/?e=dana%40example.com", link="https://example.com/?e=dana%40example.com"),
            Run(f"https:{EMAIL}"),
        ),
        (Run("https://wa.me/15550101234", link="https://wa.me/15550101234"), Run(f"https://wa.me/{PHONE}")),
        (Run("Chat", link="https://wa.me/15550101234"), Run("Chat")),
        (Run("Call", link="https://example.com/?phone=%2B15550101234"), Run("Call")),
        (
            Run("Guide", link="https://example.com/orders/10023456"),
            Run("Guide", link="https://example.com/orders/10023456"),
        ),
    ],
)
def test_a_link_that_holds_a_contact_detail_goes_and_its_words_stay(run: Run, left: Run) -> None:
    assert mask_document(Document((Paragraph((run,)),))).blocks == (Paragraph((left,)),)


def test_lists_and_preformatted_text_are_masked_too() -> None:
    items = Items((Item((Run("dana@example.com"),), 1, 2),))
    masked = mask_document(Document((items, Preformatted("tel  +49 6531 555 0170\n")))).blocks
    assert masked == (Items((Item((Run(EMAIL),), 1, 2),)), Preformatted(f"tel  {PHONE}\n"))


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_no_contact_detail_is_left_of_any_mail(sample: Sample) -> None:
    masked = mask_mail(read(sample.html, sample.text))
    for part in masked.parts:
        said = f"{part.document.text}\n{part.who}\n{part.when}"
        assert not re.search(r"\w@\w+[.]\w", said)
        assert not re.search(r"\+\d[\d ().-]{6,}|\b(?:tel|phone)\b\D{0,10}\d{3}", said, re.IGNORECASE)
        assert not any(number in said for number in _planted(sample))
        for run in _runs(part.document):
            assert run.link is None or run.link.startswith("http")
            assert "@" not in (run.link or "")


def _planted(sample: Sample) -> list[str]:
    """The numbers of a mail that telephones were never given: 555 01xx, 01632 960, 07700 900, 01 99 00."""
    return re.findall(r"555[ -]?01\d\d|01632 ?960 ?\d{3}|07700 ?900 ?\d{3}|1 99 00 \d\d \d\d", sample.body)


def _runs(document: Document) -> list[Run]:
    runs: list[Run] = []
    for block in document.blocks:
        if isinstance(block, Items):
            runs += [run for item in block.items for run in item.runs]
        elif not isinstance(block, Preformatted):
            runs += block.runs
    return runs


@given(st.text(max_size=40), st.sampled_from([*ADDRESSES, *NUMBERS]), st.text(max_size=40))
def test_whatever_stands_around_it_a_contact_detail_on_a_line_of_its_own_goes(
    before: str, detail: str, behind: str
) -> None:
    assert detail not in mask_text(f"{before}\n{detail}\n{behind}")


@given(st.lists(st.text(max_size=60), max_size=6))
def test_masking_runs_says_what_masking_their_text_says(texts: list[str]) -> None:
    (paragraph,) = mask_document(Document((Paragraph(tuple(map(Run, texts))),))).blocks
    assert isinstance(paragraph, Paragraph)
    assert "".join(run.text for run in paragraph.runs) == mask_text("".join(texts))
