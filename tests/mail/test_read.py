"""Mail bodies as plain words: nothing live, nothing hidden shown, nothing visible lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail import read


def text(html: str, flat: str = "") -> str:
    return read(html, flat).text


@pytest.mark.parametrize(
    ("html", "paragraphs"),
    [
        ("<p>One</p><p>Two</p>", ("One", "Two")),
        ("<div>One</div><div>Two</div>", ("One\nTwo",)),
        ("One<br>Two<br/>Three", ("One\nTwo\nThree",)),
        ("One<br><br>Two", ("One", "Two")),
        ("<h1>Title</h1>Body", ("Title", "Body")),
        ("<ul><li>One</li><li>Two</li></ul>After", ("One\nTwo", "After")),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", ("a b\nc",)),
        ("<div>a<br></div><div><br></div><div>b</div>", ("a", "b")),
        ("<div><div><div>a</div></div></div>b<span> c</span><div>d</div>", ("a\nb c\nd",)),
        ("a<br><br><br><p></p><p>b</p>", ("a", "b")),
        (
            "<p>One <b>bold</b>, <i>sl</i>anted and <a href='https://example.com'>linked</a>.</p>",
            ("One bold, slanted and linked.",),
        ),
        ("<p>  much \r\n\t space\u00a0&nbsp; here </p>", ("much space here",)),
        ("<html><head><title>x</title></head><body>Words</body></html>", ("Words",)),
        ("<p>One</p></body></html><p>Footer of a gateway</p>", ("One", "Footer of a gateway")),
        ("<html><body>One</body></html><html><body>Two</body></html>", ("One", "Two")),
        ("<?xml version='1.0'?><p>a<?xml:namespace prefix = o />b<o:p>c</o:p></p>", ("abc",)),
        ("just words", ("just words",)),
    ],
)
def test_words_stand_where_block_elements_put_them(html: str, paragraphs: tuple[str, ...]) -> None:
    assert read(html, "").paragraphs == paragraphs


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>alert('hush')</script>",
        "<SCRIPT type=x>hush</SCRIPT>",
        "<style>.hush { color: red }</style>",
        "<!-- hush -->",
        "<!--[if mso]><p>hush</p><![endif]-->",
        "<head><title>hush</title></head>",
        "<template>hush</template>",
        "<p title='hush' onclick='hush()'></p>",
        "<img src='https://example.com/hush.png' alt=''>",
        "<a href='javascript:hush()'></a>",
        "<?hush?>",
        "<object data='hush'></object>",
    ],
)
def test_what_is_no_text_to_read_is_gone_and_takes_nothing_with_it(hidden: str) -> None:
    assert text(f"<p>before</p>{hidden}<p>after</p>") == "before\n\nafter"


def test_conditional_content_for_others_than_word_stays() -> None:
    assert text("<p>a<![if !mso]>b<![endif]>c<!--x-->d</p>") == "abcd"


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
    ],
)
def test_entities_are_their_characters_once(html: str, plain: str) -> None:
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


def test_flat_text_is_no_markup_and_keeps_its_lines() -> None:
    assert read("", "a <b> &amp; c\r\nd\re\n\n\n\nf").paragraphs == ("a <b> &amp; c\nd\ne", "f")


def test_nothing_at_all_is_an_empty_document() -> None:
    assert read("", "").paragraphs == ()


@pytest.mark.parametrize(
    "words",
    ["🙂 👩‍👩‍👧 🇮🇳 👍🏽", "नमस्ते, क्षमा करें", "مرحبا بالعالم\u200f", "שלום\u200e", "Ünïcödé — ß ﬁ", "ทดสอบ", "日本語"],
)
def test_every_script_arrives_intact(words: str) -> None:
    assert text(f"<p>{words}</p>") == words
    assert text("", words) == words


@pytest.mark.parametrize(
    "sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\x00\x07\x1b\x7f\x85\ud800\udfff"]
)
def test_signs_that_hide_or_reorder_words_are_dropped(sign: str) -> None:
    assert sign not in text(f"<p>pay{sign}load</p>")
    assert text("", f"pay{sign}load") == "payload"
    text(f"<p>pay{sign}load</p>").encode()


def test_an_image_inside_the_mail_hides_no_words() -> None:
    image = f'<img alt="" src="data:image/png;base64,{"A" * 2_000_000}">'
    assert text(f"<p>before</p>{image}<p>after</p>", "Flat") == "before\n\nafter"


def test_common_nesting_loses_nothing() -> None:
    assert text("<div>" * 300 + "inside" + "</div>" * 300 + "after") == "inside\nafter"


def test_nesting_beyond_the_parser_falls_back_to_the_flat_text() -> None:
    html = "<p>before</p>" + "<div>" * 3000 + "inside" + "</div>" * 3000
    assert text(html, "before inside") == "before inside"


HOSTILE = {
    "100,000 attributes": "<p>x</p><div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
    "tags that never close": "<a " * 200_000,
    "quotes that never close": '<a b="' * 100_000 + "<a b='" * 100_000,
    "nesting": "<div>" * 100_000 + "x" + "</div>" * 100_000,
    "inline nesting": "<b><i><u>" * 50_000 + "x",
    "tables": "<table><tr><td>" * 30_000 + "x",
    "comments": "<!--" * 100_000,
    "comments that close": "<!-- x -->" * 50_000,
    "instructions": "<?x" * 100_000,
    "ends": "</p></div></body></html>" * 50_000,
    "breaks": "<br>" * 200_000,
    "entities": "&amp;&#0;&#xD800;&#x110000;&nope;" * 30_000,
    "NULs": "\0<p>\0a\0</p>" * 50_000,
    "surrogates": "\ud800<p>\udfff</p>" * 50_000,
    "data": "<img src='data:" + "A" * 3_000_000 + "'>" + "data:" * 100_000,
    "angles": "<" * 500_000,
    "equals": "<a " + "= " * 300_000,
    "spaces": " \t\n\u00a0" * 300_000,
    "words": "word " * 400_000,
    "attributes of 4 kB": f"<div a='{'x' * 4000}'>" * 400,
    "odd attributes": "<p { [ \" ' = `>x</p>" * 20_000,
    "doctype": "<!DOCTYPE html [<!ENTITY a 'b'>]>&a;" * 1000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_read_quickly(name: str) -> None:
    start = time.thread_time()
    read(HOSTILE[name], "flat").text.encode()
    assert time.thread_time() - start < 3  # a second at the most where this was measured


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                [
                    "<p>",
                    "</p>",
                    "<div ",
                    "<!--",
                    "-->",
                    "<script>",
                    "</script>",
                    "<",
                    ">",
                    "&",
                    "&#",
                    ";",
                    "x",
                    "\0",
                    "\ud800",
                    "'",
                    '"',
                    "=",
                ]
            )
        ).map("".join),
    ),
    st.text(),
)
def test_no_mail_is_too_odd(html: str, flat: str) -> None:
    document = read(html, flat)
    document.text.encode()
    assert all(part.strip() for part in document.paragraphs)
