"""Mail bodies as readable words: nothing hidden shown, nothing visible lost, nothing live but links."""

from __future__ import annotations

import logging

import pytest

from bot import mail
from bot.mail.document import Document, Item, Items, Paragraph, Preformatted, Quote, Run


def document(html: str, text: str = "") -> Document:
    return mail.read(html, text).reply


def text(html: str, flat: str = "") -> str:
    return document(html, flat).text


def runs(html: str) -> list[Run]:
    return [run for block in document(html).blocks if isinstance(block, Paragraph) for run in block.runs]


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("One<br><br>Two", "One\n\nTwo"),
        ("<h1>Title</h1>Body", "Title\n\nBody"),
        ("<div>a<br></div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div><div><div>a</div></div></div>b<span> c</span><div>d</div>", "a\nb c\nd"),
        ("a<br><br><br><p></p><p>b</p>", "a\n\nb"),
        ("<p>  much \r\n\t space\u00a0&nbsp; here </p>", "much space here"),
        ("<html><head><title>x</title></head><body>Words</body></html>", "Words"),
        ("<p>One</p></body></html><p>Footer of a gateway</p>", "One\n\nFooter of a gateway"),
        ("<html><body>One</body></html><html><body>Two</body></html>", "One\n\nTwo"),
        ("<?xml version='1.0'?><p>a<?xml:namespace prefix = o />b<o:p>c</o:p></p>", "abc"),
        ("<p class=MsoNormal>One</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Two</p>", "One\n\nTwo"),
        ("just words", "just words"),
    ],
)
def test_words_stand_where_block_elements_put_them(html: str, plain: str) -> None:
    assert text(html) == plain


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>alert('hush')</script>",
        "<SCRIPT type=x>hush</SCRIPT>",
        "<style>.hush { color: red }</style>",
        "<!-- hush -->",
        "<!--[if mso]><p>hush</p><![endif]-->",
        "<!--[if gte mso 9]><xml><o:hush>hush</o:hush></xml><![endif]-->",
        "<head><title>hush</title></head>",
        "<template>hush</template>",
        "<p title='hush' onclick='hush()'></p>",
        "<a href='javascript:hush()'></a>",
        "<?hush?>",
        "<object data='hush'></object>",
        "<div style='display:none'>hush</div>",
        "<div style='DISPLAY : NONE !important'>hush<p>hush</p></div>",
        "<span style='mso-hide:all'>hush</span>",
        "<span style='display:none!important;max-height:0;overflow:hidden'>hush</span>",
        "<div style='max-height:0px;overflow:hidden'>hush</div>",
        "<div style='font-size:0;line-height:0'>hush</div>",
        "<div style='visibility:hidden'>hush</div>",
        "<div style='opacity:0'>hush</div>",
        "<p hidden>hush</p>",
        "<img src='https://example.com/hush.png' alt=''>",
        "<img src='https://example.com/x.png' alt='hush' width=1 height=1>",
        "<img src='https://example.com/x.png' alt='hush' style='width:1px;height:1px'>",
        "<img src='https://example.com/x.png' alt='hush' width='0'>",
    ],
)
def test_what_no_one_sees_is_gone_and_takes_nothing_with_it(hidden: str) -> None:
    assert text(f"<p>before</p>{hidden}<p>after</p>") == "before\n\nafter"


@pytest.mark.parametrize(
    "style", ["max-height:0.5em", "opacity:0.8", "font-size:0.9em", "display:block", "max-height:05px"]
)
def test_what_is_small_or_faint_is_shown(style: str) -> None:
    assert text(f"<p style='{style}'>seen</p>") == "seen"


def test_text_of_a_readable_size_inside_a_frame_of_none_is_shown() -> None:
    assert text("<div style='font-size:0'>hush<span style='font-size:14px'>seen</span>hush</div>") == "seen"


def test_conditional_content_for_others_than_word_stays() -> None:
    assert text("<p>a<![if !mso]>b<![endif]>c<!--x-->d</p>") == "abcd"


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("<img src='cid:part1@example.com'>", "[image: plan.png, attached]"),
        ("<img src='CID:part1@example.com' alt='the plan'>", "[image: plan.png, attached]"),
        ("<img src='cid:PART1%40example.com'>", "[image: plan.png, attached]"),
        ("<img src='cid:other@example.com'>", "[image: other]"),
        ("<img src='https://example.com/logo.png' alt='Our logo'>", "[image: Our logo]"),
        ("<img src='https://example.com/logo.png' alt='Our\n logo' width=200>", "[image: Our logo]"),
        ("<img src='https://example.com/logo.png'>", ""),
    ],
)
def test_images_are_words_and_those_in_the_mail_carry_the_name_of_their_attachment(image: str, words: str) -> None:
    read = mail.read(f"<p>see {image} here</p>", "", {"part1@example.com": "plan.png"})
    assert read.reply.text == " ".join(f"see {words} here".split())


@pytest.mark.parametrize(
    ("label", "href", "shown"),
    [
        ("our site", "https://example.com/a", "our site"),
        ("www.example.com", "https://example.com/a", "www.example.com"),
        (
            "https://shop.example.com/",
            "https://mail.example.com/track?x=1",
            "https://shop.example.com/ (leads to mail.example.com)",
        ),
        ("example.com", "https://mail.example.com/", "example.com"),
        ("example&shy;.com", "https://example.org/", "example.com (leads to example.org)"),
        ("ann@example.net, example.com", "https://example.org/", "ann@example.net, example.com (leads to example.org)"),
        ("ann@example.com", "https://example.org/", "ann@example.com"),
        ("example。com", "https://example.org/", "example。com (leads to example.org)"),
        ("192.0.2.1", "https://example.org/", "192.0.2.1 (leads to example.org)"),
        ("report.pdf", "https://example.org/", "report.pdf"),
        ("www.example.com", "https://example.org/login", "www.example.com (leads to example.org)"),
        ("https://example.com/login", "http://EXAMPLE.net/", "https://example.com/login (leads to example.net)"),
        ("<b>example.com</b>/pay", "https://example.org/", "example.com/pay (leads to example.org)"),
        ("example.com", "https://example.com@example.org/", "example.com (leads to example.org)"),
        ("line one<br>of example.com<br>On", "https://example.com/", "line one\nof example.com\nOn"),
        (
            "example.com",
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2Fa&data=1",
            "example.com",
        ),
        (
            "example.com",
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=1",
            "example.com (leads to eur01.safelinks.protection.outlook.com)",
        ),
    ],
)
def test_a_link_whose_label_reads_as_another_host_says_where_it_leads(label: str, href: str, shown: str) -> None:
    assert text(f"<p><a href='{href}'>{label}</a></p>") == shown


@pytest.mark.parametrize(
    "href", ["https://example.com/?a=1&amp;b=2", "http://example.com", "mailto:a@example.com", "tel:+15550100"]
)
def test_links_that_people_follow_are_links(href: str) -> None:
    assert [run.link for run in runs(f"<a href='{href}'>x</a>")] == [href.replace("&amp;", "&")]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "slack://open",
        "//example.com",
        "/path",
        "#top",
        "",
        "https://",
        "https://[::1",
        "https://example.com\\\\@example.org/",
        "https://example.com/" + "a" * 3000,
    ],
)
def test_other_addresses_are_only_their_label(href: str) -> None:
    assert runs(f"<a href='{href}'>x</a>") == [Run("x")]


def test_styles_nest_and_end_where_they_end() -> None:
    html = "<p>a <b>b <i>c</i></b> <s>d</s> <code>e</code><a href='https://example.com/'>f</a></p>"
    assert [(run.text.strip(), run.bold, run.italic, run.strike, run.code, run.link) for run in runs(html)
            if run.text.strip()] == [
        ("a", False, False, False, False, None),
        ("b", True, False, False, False, None),
        ("c", True, True, False, False, None),
        ("d", False, False, True, False, None),
        ("e", False, False, False, True, None),
        ("f", False, False, False, False, "https://example.com/"),
    ]  # fmt: skip


def test_a_table_that_lays_out_a_page_is_read_in_order() -> None:
    html = (
        "<table><tr><td><table><tr><td>Dear Ann,</td></tr><tr><td>your order has left.</td></tr></table></td>"
        "<td>Aside</td></tr><tr><td colspan=2>Goodbye</td></tr></table>"
    )
    assert text(html).split() == ["Dear", "Ann,", "your", "order", "has", "left.", "Aside", "Goodbye"]
    assert not any(isinstance(block, Preformatted) for block in document(html).blocks)


def test_a_table_of_data_is_aligned() -> None:
    html = (
        "<table><tr><th>Item</th><th>Pieces</th></tr><tr><td>Pen</td><td>12</td></tr>"
        "<tr><td>Paper, white</td><td>3</td></tr></table>"
    )
    assert document(html).blocks == (Preformatted("Item          Pieces\nPen           12\nPaper, white  3"),)


def test_wide_characters_take_two_columns() -> None:
    html = (
        "<table><tr><th>品名</th><th>個数</th></tr>"
        "<tr><td>鉛筆削り</td><td>2</td></tr><tr><td>pen</td><td>1</td></tr></table>"
    )
    assert document(html).blocks == (Preformatted("品名      個数\n鉛筆削り  2\npen       1"),)


def test_a_table_with_a_long_cell_or_a_link_is_one_line_a_row() -> None:
    words = "word " * 19 + "word"
    long = f"<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>{words}</td></tr></table>"
    link = (
        "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td><a href='https://example.com/'>d</a></td></tr></table>"
    )
    assert text(long) == f"a | b\nc | {words}"
    assert text(link) == "a | b\nc | d"
    assert [run.text for run in runs(link) if run.link] == ["d"]


def test_a_title_and_a_caption_stand_above_a_table() -> None:
    rows = "<tr><td colspan=2>Prices</td></tr><tr><td>pen</td><td>1</td></tr>" + "<tr><td>cap</td><td>2</td></tr>" * 2
    assert text(f"<table><caption>May</caption>{rows}</table>").split("\n") == [
        "May",
        "",
        "Prices",
        "",
        "pen  1",
        "cap  2",
        "cap  2",
    ]


@pytest.mark.parametrize("tag", ["<wbr>", "<WBR/>", "<source src='x'>", "<track>"])
def test_empty_tags_that_never_close_lose_nothing(tag: str) -> None:
    read = mail.read(f"abcdefgh{tag}" * 5000 + "LAST", "")
    assert read.reply.text == "abcdefgh" * 5000 + "LAST"
    assert read.unread == 0


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<font color=red>", "\n<div>"])
def test_what_the_parser_gives_up_on_is_counted(tag: str) -> None:
    assert mail.read("words" + tag * 3000 + "LAST", "").unread >= len("LAST")


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>10<sup>6</sup> and x<sup>2</sup></p>", "10^6 and x2"),
        ("<p>say <q>yes <b>now</b></q> please</p>", "say “yes now” please"),
        ("<ol><li value=7>a<li>b</ol>", "7. a\n8. b"),
        ("<p style='mso-list:l0 level1'><span style='mso-list:Ignore'>2.1.3&nbsp;</span>a</p>", "• 2.1.3 a"),
        ("<p style='mso-list:l0 level1'><span style='mso-list:Ignore'>a)&nbsp;</span>b</p>", "• a) b"),
        ("<p style='display:none;display:block'>seen</p>", "seen"),
    ],
)
def test_signs_that_markup_stands_for_are_written(html: str, plain: str) -> None:
    assert text(html) == plain


def test_lists_keep_their_levels_and_numbers() -> None:
    html = "<p>Do:</p><ol start=3><li>three<ul><li>inner<li>more</ul></li><li>four<br>still four</li></ol><p>End</p>"
    assert document(html).blocks == (
        Paragraph((Run("Do:"),)),
        Items(
            (
                Item((Run("three"),), 0, 3),
                Item((Run("inner"),), 1),
                Item((Run("more"),), 1),
                Item((Run("four"), Run("\n"), Run("still four")), 0, 4),
            )
        ),
        Paragraph((Run("End"),)),
    )


def test_the_lists_of_word_are_lists() -> None:
    item = (
        "<p class=MsoListParagraph style='mso-list:l0 level{} lfo1'>"
        "<span style='mso-list:Ignore'>{}<span>&nbsp; </span></span>{}</p>"
    )
    html = item.format(1, "1.", "first") + item.format(1, "2.", "second") + item.format(2, "·", "inner") + "<p>End</p>"
    assert document(html).blocks == (
        Items((Item((Run("first"),), 0, 1), Item((Run("second"),), 0, 2), Item((Run("inner"),), 1))),
        Paragraph((Run("End"),)),
    )


def test_the_style_of_a_bullet_that_word_typed_ends_with_it() -> None:
    bullet = "<p style='mso-list:l0 level1'><span style='mso-list:Ignore;white-space:pre'>·  </span>one</p>"
    assert document(f"{bullet}<p>Two   words</p>").blocks == (
        Items((Item((Run("one"),)),)),
        Paragraph((Run("Two words"),)),
    )


def test_preformatted_text_keeps_its_spaces_and_lines() -> None:
    assert document("<p>log:</p><pre>a\n  b   c\n\nd</pre>").blocks == (
        Paragraph((Run("log:"),)),
        Preformatted("a\n  b   c\n\nd"),
    )


def test_a_quotation_of_the_persons_own_stays_a_quote() -> None:
    assert document("<p>You said:</p><blockquote>Soon.</blockquote><p>When?</p>").blocks == (
        Paragraph((Run("You said:"),)),
        Quote((Run("Soon."),)),
        Paragraph((Run("When?"),)),
    )


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("a &amp; b &lt;c&gt; &quot;d&quot;", 'a & b <c> "d"'),
        ("&eacute;&#8364;&#x20AC;&#128578;", "é€€🙂"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("&unknown; R&D AT&T", "&unknown; R&D AT&T"),
        ("&lt;!channel&gt; &lt;@U1&gt; *bold*", "<!channel> <@U1> *bold*"),
        ("the data:name,address and data:text/plain,x", "the data:name,address and data:text/plain,x"),
        ("Donau&shy;dampf&shy;schiff", "Donaudampfschiff"),
        ("no\u200bsuch&#8203;space\ufeff", "nosuchspace"),
        ("10&nbsp;000&thinsp;€", "10 000 €"),
    ],
)
def test_entities_are_their_characters_once_and_invisible_ones_go(html: str, plain: str) -> None:
    assert text(f"<p>{html}</p>") == plain


@pytest.mark.parametrize(
    "html",
    [
        "",
        "   ",
        "<p></p>",
        "<p>&nbsp;</p><br>",
        "<p>&#8203;</p>",
        "<p>\u202e</p>",
        "<!-- x -->",
        "<style>x</style>",
        "\0",
    ],
)
def test_the_flat_text_speaks_when_the_html_says_nothing(html: str) -> None:
    assert text(html, "Flat words") == "Flat words"


def test_html_goes_before_the_flat_text() -> None:
    assert text("<p>Rich</p>", "Flat") == "Rich"


def test_html_that_says_far_less_than_the_text_gives_way_to_it() -> None:
    assert text("<p>Hello</p>", "Hello Ann, the printer on the second floor is out of paper.").endswith("out of paper.")


def test_nesting_beyond_the_parser_falls_back_to_the_flat_text() -> None:
    html = "<p>before</p>" + "<div>" * 3000 + "inside" + "</div>" * 3000
    assert text(html, "before inside") == "before inside"


def test_common_nesting_loses_nothing() -> None:
    assert text("<div>" * 300 + "inside" + "</div>" * 300 + "after") == "inside\nafter"


def test_an_image_inside_the_mail_hides_no_words() -> None:
    image = f'<img alt="" src="data:image/png;base64,{"A" * 2_000_000}">'
    assert text(f"<p>before</p>{image}<p>after</p>", "Flat") == "before\n\nafter"


def test_text_is_no_markup_and_keeps_its_lines() -> None:
    assert text("", "a <b> &amp; c\r\nd\re\n\n\n\nf") == "a <b> &amp; c\nd\ne\n\nf"


def test_text_has_lists_and_quotes() -> None:
    assert document("", "You asked:\n\n> why\n\nHence:\n\n- one\n- two").blocks == (
        Paragraph((Run("You asked:"),)),
        Quote((Run("why"),)),
        Paragraph((Run("Hence:"),)),
        Items((Item((Run("one"),)), Item((Run("two"),)))),
    )


def test_nothing_at_all_is_an_empty_mail() -> None:
    assert mail.read("", "") == mail.Mail()


@pytest.mark.parametrize(
    "words",
    [
        "🙂 👩‍👩‍👧 🇮🇳 👍🏽 ❤️",
        "नमस्ते, क्षमा करें",
        "क्‍ष",
        "می‌خواهم",
        "مرحبا بالعالم\u200f",
        "שלום\u200e",
        "Ünïcödé — ß ﬁ",
        "ทดสอบ",
        "日本語、한국어，中文",
        "e\u0301 a\u0308",
    ],
)
def test_every_script_arrives_intact(words: str) -> None:
    assert text(f"<p>{words}</p>") == words
    assert text("", words) == words


@pytest.mark.parametrize(
    "sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\x00\x07\x1b\x7f\x85\ud800\udfff"]
)
def test_signs_that_hide_or_reorder_words_are_dropped(sign: str) -> None:
    assert sign not in text(f"<p>pay{sign}load</p>")
    assert text("", f"pay{sign}load").replace("\n", "") == "payload"
    text(f"<p>pay{sign}load</p>").encode()


@pytest.mark.parametrize(
    ("garbled", "right"),
    [
        ("GrÃ¼ÃŸe aus KÃ¶ln", "Grüße aus Köln"),
        ("itâ€™s 5Â€ off", "it’s 5Â€ off"),
        ("Gr=C3=BC=C3=9Fe =E2=80=93 f=C3=BCr alle =3D gut", "Grüße – für alle = gut"),
        ("a line that was=\r\n cut here and=\r\n there", "a line that was cut here and there"),
    ],
)
def test_what_a_wrong_charset_or_encoding_did_is_undone_where_it_is_certain(garbled: str, right: str) -> None:
    assert text("", garbled) == right


@pytest.mark.parametrize(
    "words", ["Ã is a letter", "x=20 and y=30", "?a=20&b=20&c=20", "2+2=4D", "à côté", "Â", "a=\nb", "São Paulo, ÃO"]
)
def test_what_a_person_may_have_meant_is_left_alone(words: str) -> None:
    assert text("", words) == words


def test_reply_signature_and_history_are_told_apart() -> None:
    html = (
        "<div>It works now.<br>Thanks,<br>Ann</div><div>-- <br>Ann Example<br>+1 555 0100 200</div>"
        "<div class=gmail_quote><div class=gmail_attr>On 28 Aug 2026 at 10:00, Ben &lt;ben@example.com&gt; wrote:</div>"
        "<blockquote class=gmail_quote>Does it work?</blockquote></div>"
    )
    read = mail.read(html, "")
    assert read.reply.text == "It works now.\nThanks,\nAnn"
    assert "+1 555 0100 200" in read.signature.text
    assert [(part.who, part.when) for part in read.history] == [("Ben", "28 Aug 2026 at 10:00")]
    assert "Does it work?" in read.history[0].document.text


def test_a_fault_is_logged_and_counted_and_the_plain_text_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("made for this test")

    monkeypatch.setattr(mail, "_read", broken)
    faults = mail.faults
    with caplog.at_level(logging.ERROR):
        read = mail.read("<p>secret words</p>", "plain words")
    monkeypatch.setattr(mail, "faults", faults)
    assert read.reply.text == "plain words"
    assert "could not be read" in caplog.text
    assert "secret words" not in caplog.text
