"""Mails that are made to hang a reader, fill its memory or make it fail, each made by code when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable

_MB = 1_000_000

Maker = Callable[[], str]


def inputs() -> dict[str, tuple[Maker, Maker]]:
    """Every hostile mail by name, as makers of its HTML and its text."""
    found = {f"html: {name}": (maker, _nothing) for name, maker in _pages().items()}
    found |= {f"html: {name}": (_page(maker), _nothing) for name, maker in _words().items()}
    found |= {f"text: {name}": (_nothing, maker) for name, maker in (_words() | _texts()).items()}
    return found


def _nothing() -> str:
    return ""


def _times(piece: str, count: int) -> Maker:
    return lambda: piece * count


def _filled(piece: str, size: int = 5 * _MB) -> Maker:
    return lambda: (piece * (size // len(piece) + 1))[:size]


def _page(maker: Maker) -> Maker:
    return lambda: "<div>" + maker().replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>") + "</div>"


def _counted(template: str, count: int) -> Maker:
    return lambda: "".join(template.replace("%", str(n)) for n in range(count))


def _nested(opening: str, depth: int, words: str = "x") -> Maker:
    closing = "".join(f"</{tag}>" for tag in reversed(re.findall(r"<(\w+)", opening)))
    return lambda: opening * depth + words + closing * depth


def _pages() -> dict[str, Maker]:
    """Pages whose markup is the trouble."""
    return _depths() | _tags() | _unfinished() | _masses() | _quotes()


def _depths() -> dict[str, Maker]:
    chains = (
        "<div>",
        "<blockquote>",
        "<table><tr><td>",
        "<ul><li>",
        "<b>",
        "<span>",
        "<a href='https://example.com/'>",
    )
    return {
        f"{depth} deep in {chain[:24]}": _nested(chain, depth) for chain in chains for depth in (1_000, 10_000, 100_000)
    } | {
        "100000 deep, words on each level": _times("<div>word ", 100_000),
        "1000 deep, words on each level": _nested("<div class='gmail_quote'>word ", 1_000),
        "20000 deep in styles": _times("<b><i><s><code>x", 20_000),
        "2000 tables in tables": _nested("<table><tr><td>cell</td><td>", 2_000),
        "500 lists in lists": _nested("<ul><li>item", 500),
        "300 quotes in quotes with attributions": _times(
            "<div class='gmail_quote'>On 28 Aug 2026, Ann Example wrote:<blockquote type='cite'>words<br>", 300
        ),
    }


def _tags() -> dict[str, Maker]:
    return {
        "100000 attributes in a tag": lambda: (
            "<p>x</p><div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">y</div>"
        ),
        "400 attributes in each of 500 tags": lambda: (
            ("<div " + " ".join(f"a{n}=1" for n in range(400)) + ">x</div>") * 500
        ),
        "26 attributes in each of 20000 tags": lambda: (
            ("<p " + " ".join(f"{chr(97 + n)}=1" for n in range(26)) + ">") * 20_000
        ),
        "2 attributes in each of 100000 tags": _times("<p a=1 b=1>", 100_000),
        "2 attributes and a word in each of 100000 tags": _times("<b a=1 b=1>x", 100_000),
        "the same attribute 100000 times": lambda: "<div " + "class=gmail_quote " * 100_000 + ">y</div>",
        "an attribute of 5 MB": lambda: "<p>x</p><div title='" + "y" * 5 * _MB + "'>z</div>",
        "an attribute of 5 MB that never ends": lambda: "<p>x</p><div title='" + "y" * 5 * _MB,
        "attributes of 4 kB": lambda: f"<div a='{'x' * 4000}'>x</div>" * 400,
        "a style of 100 kB": lambda: "<div style='" + "color:red;" * 10_000 + "'>x</div>",
        "50 styles of 4 kB in each other": _nested("<div style='" + "mso-x:none;" * 360 + "'>", 50),
        "styles of 4 kB": lambda: ("<p style='" + "mso-x : none ; " * 260 + "'>x</p>") * 380,
        "a class of 10000 names": lambda: "<div class='" + " ".join(f"c{n}" for n in range(10_000)) + "'>x</div>",
        "classes of 4 kB": lambda: ("<div class='" + "a " * 2000 + "'>x</div>") * 380,
        "odd attributes": _times("<p { [ \" ' = `>x</p>", 100_000),
        "equals signs": lambda: "<a " + "= " * 2_000_000,
        "a tag name of 5 MB": lambda: "<" + "a" * 5 * _MB + ">x",
        "a picture of 5 MB": lambda: "<p>x</p><img src='data:image/png;base64," + "A" * 5 * _MB + "'><p>y</p>",
        "5000 pictures of 1 kB": _times("<img src='data:image/png;base64," + "A" * 1000 + "' alt='x'>", 5_000),
        "data: 1000000 times": lambda: "<img src='" + "data:" * 1_000_000 + "'>x",
        "10000 attached images": _counted("<img src='cid:%@example.com'>", 10_000),
        "20000 links with other labels": _counted("<a href='https://%.example.org/'>www.example.com</a> ", 20_000),
        "20000 safe links": _counted(
            "<a href='https://a.safelinks.protection.outlook.com/?url=https%3A%2F%2F%'>x</a>", 20_000
        ),
        "a link of 3 MB": lambda: "<a href='https://example.com/" + "a" * 3 * _MB + "'>x</a>",
        "a link label of 1 MB": lambda: "<a href='https://example.com/'>" + "a." * 500_000 + "</a>",
        "link labels of long words": lambda: "<a href='https://example.com/'>" + ("a" * 63 + ".") * 20_000 + "</a>",
        "a link label in 100000 pieces": lambda: "<a href='https://example.com/'>" + "<b>a.</b>" * 100_000 + "</a>",
        "20000 links with broken hosts": _times("<a href='https://[::1'>example.com</a>", 20_000),
    }


def _unfinished() -> dict[str, Maker]:
    pieces = (
        "<",
        ">",
        "&",
        "<a ",
        "<!--",
        "</",
        "<!",
        "<![CDATA[",
        "<?x",
        "<script>",
        "<style>",
        "<textarea>",
        "<title>",
    )
    return {f"5 MB of {piece}": _filled(piece) for piece in pieces} | {
        "5 MB of &nbsp;": _filled("&nbsp;"),
        "5 MB of &#1114112;": _filled("&#1114112;&#0;&#xD800;&nope;"),
        "5 MB of <a b=quote": _filled('<a b="'),
        "5 MB of <a b='": _filled("<a b='"),
        "5 MB of <a b=c=": _filled("<a b=c="),
        "everything open": _filled("<div><p><b><i><ul><li><table><tr><td><a href='x'><blockquote>x"),
        "everything closed": _filled("</div></p></b></i></ul></li></table></tr></td></a></blockquote></body></html>"),
        "crossed tags": _filled("<b><i>x</b></i><p><a>y</p></a>"),
        "a comment that never ends": lambda: "<p>x</p><!-- " + "y " * 2 * _MB,
        "comments between words": _times("abcdefg<!---->", 99_000),
        "comments": _times("<!-- x -->", 200_000),
        "conditional comments in each other": _times("<!--[if mso]><![if !mso]>x<!-- <![endif]-->", 40_000),
        "conditional comments for others": _times("<![if !mso]>x<![endif]>", 60_000),
        "CDATA": _times("<![CDATA[x]]>", 100_000),
        "instructions": _times("<?xml:namespace prefix = o />x", 50_000),
        "XML declarations": _times("<?xml version='1.0' encoding='utf-16'?><p>x</p>", 30_000),
        "document types": _times("<!DOCTYPE html [<!ENTITY a 'b'>]>&a;", 20_000),
        "entities that double": lambda: (
            "<!DOCTYPE x [<!ENTITY a0 'x'>"
            + "".join(f"<!ENTITY a{n} '&a{n - 1};&a{n - 1};'>" for n in range(1, 40))
            + "]><p>&a39;</p>"
        ),
        "10000 documents": _times("<html><body><p>x</p></body></html>", 10_000),
        "two documents": lambda: "<html><body>one</body></html>" * 2,
        "NULs": _times("\0<p>\0a\0</p>", 100_000),
        "lone surrogates": _times("\ud800<p>\udfff</p>", 100_000),
        "other charsets": _times(
            "<meta charset='utf-16'><meta http-equiv='Content-Type' content='charset=utf-7'>x", 9_000
        ),
        "frames": _times("<frameset><frame><noframes>x</noframes></frameset>", 20_000),
        "forms": _times("<form><select><option>x<input><textarea>y</textarea></select>", 20_000),
    }


def _masses() -> dict[str, Maker]:
    return {
        "100000 rows": _wrapped("<table>", "<tr><td>a<td>b", 100_000, "</table>"),
        "20000 tables": _times("<table><tr><th>a<th>b<tr><td>1<td>2</table>", 20_000),
        "one row of 100000 cells": _wrapped("<table><tr>", "<td>a", 100_000, "</table>"),
        "100000 cells without a table": _times("<td>a</td><tr>", 100_000),
        "50000 items": _wrapped("<ul>", "<li>item</li>", 50_000, "</ul>"),
        "one item of 20000 lines": _wrapped("<ul><li>", "x<br>", 20_000, "</ul>"),
        "50000 numbered lists": _times("<ol start='99999'><li>x</ol>", 50_000),
        "20000 items of Word": _times(
            "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1.</span>x</p>",
            9_000,
        ),
        "an ignored item of 1 MB": lambda: "<p style='mso-list:Ignore'>" + "<b>1</b>" * 150_000 + "</p>",
        "100000 <br>": _times("<br>", 100_000),
        "300000 <br>x": _times("<br>x", 300_000),
        "200000 empty blocks": _times("<p></p>", 200_000),
        "200000 hidden things": _times("<p hidden>", 100_000),
        "100000 pixels": _times("<img width=1 height=1>", 60_000),
        "a preformatted text of 1 MB": _wrapped("<pre>", " a\n", 400_000, "</pre>"),
        "preformatted white space": _wrapped("<pre>", " \t", 700_000, "</pre>"),
        "one line in 100000 pieces": _times("<b>a</b>c", 100_000),
        "font sizes": _times("<span style='font-size:0'><b style='font-size:1px'>x</b></span>", 20_000),
        "50000 rules": _times("<hr>x", 100_000),
        "5 MB of words": _filled("word "),
    }


def _quotes() -> dict[str, Maker]:
    return {
        "20000 quoted headers": _times(
            "<div><b>From:</b> Ann Example &lt;ann@example.com&gt;<br><b>Sent:</b> 1 May 2026 10:00<br>"
            "<b>To:</b> b@example.com<br><b>Subject:</b> x</div>",
            10_000,
        ),
        "20000 attributions": _times("<div>On 28 Aug 2026 at 10:00, Ann Example wrote:</div>", 20_000),
        "20000 quotes by turns": _times("<blockquote type=cite>q</blockquote>a", 30_000),
        "20000 quotes with attributions by turns": _times(
            "<div>On 28 Aug 2026, Ann wrote:</div><blockquote>q</blockquote>a", 20_000
        ),
        "20000 quotes with attributions and dashes by turns": _times(
            "<div>On 28 Aug 2026, Ann wrote:</div><blockquote>q</blockquote>--", 20_000
        ),
        "20000 forwarded mails": _times(
            "<div>---------- Forwarded message ---------</div>From: a@example.com<br>", 16_000
        ),
        "20000 marks of Outlook": _times("<div id=divRplyFwdMsg></div>x", 40_000),
        "20000 signatures": _times("<div class=gmail_signature>-- <br>x</div>", 30_000),
        "20000 first lines of attributions": _times("<div>On Monday</div>", 60_000),
    }


def _wrapped(before: str, piece: str, count: int, after: str) -> Maker:
    return lambda: before + piece * count + after


def _words() -> dict[str, Maker]:
    """Texts whose words are the trouble, on a page as well as alone."""
    runs = (
        "On ",
        "On Monday ",
        "-",
        "- ",
        "_",
        " ",
        "From: a ",
        "From: a Sent: b To: c Subject: d ",
        ">",
        "> ",
        "wrote:",
    )
    more = (
        "wrote: ",
        "10:30, x: ",
        "@",
        "a@",
        "a@b.",
        "(",
        "[",
        '"',
        "'",
        "*",
        "=",
        "#",
        "1",
        "1 ",
        "1.",
        "+1 ",
        "www.",
    )
    other = (
        "28 Aug 2026 10:00 ",
        "Thanks, ",
        "Sent from my ",
        "http://",
        "https://a.",
        "a.",
        "le ",
        "von ",
        "\t",
        "\u00a0",
    )
    return {f"1.5 MB of {piece!r}": _filled(piece, 1_500_000) for piece in (*runs, *more, *other)} | {
        "5 MB of 'On '": _filled("On "),
        "a word of 3 MB": _times("x", 3 * _MB),
        "emoji and joiners": _times("👩\u200d", 500_000),
        "joiners": _times("\u200d\u200c", 700_000),
        "combining marks": lambda: "a" + "\u0301" * 1_400_000,
        "bidi controls": _times("\u202ea\u202c", 400_000),
        "zero-width": _times("a\u200b\ufeff\u00ad", 350_000),
        "NUL characters": _times("\0", 1_400_000),
        "surrogates": _times("\ud800\udc00\udfff", 400_000),
        "mojibake": _times("Ã¼Ã©â€™Â ", 150_000),
        "half mojibake": _times("Ãâ", 700_000),
        "quoted-printable residue": _times("=20=C3=BC=\r\n=3D=E2=80=99", 60_000),
        "broken quoted-printable": _times("=20=C3=3D", 150_000),
        "base64": _filled("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo" * 2 + "\n", 1_400_000),
        "200000 lines": _times("a line of text\n", 200_000),
        "200000 short lines": _times("a\n", 200_000),
        "200000 lines of From:": _times("From:a\n", 200_000),
        "200000 lines of >": _times("> x\n", 200_000),
        "20000 header blocks": _times("From: a@example.com\nSent: 1 May 2026\nTo: b\nSubject: c\n\nwords\n", 20_000),
        "20000 attributions with >": _times("On 28 Aug 2026 10:00, Ann Example wrote:\n> q\na\n", 20_000),
        "20000 attributions in one line": _times("On 28 Aug , 04:06 PM, ann@example.com wrote: words ", 20_000),
        "20000 headers in one line": _times("From: Ann Sent: 1 May 2026 To: b Subject: words words ", 20_000),
        "20000 separators": _times("-----Original Message-----\n", 50_000),
        "half headers": _times("From:\nSent:\n", 100_000),
        "10000 signatures": _times("-- \nAnn Example\n", 60_000),
        "names and closings": _times("Thanks,\nAnn\n+1 555 0100 200\n", 40_000),
        "legal words": _times("confidential intended recipient privileged\n", 30_000),
        "phone footers": _times("Sent from my phone\n", 70_000),
        "attributions with long words": _times("On 28 Aug 2026 10:00, " + "x" * 300 + " wrote:\n", 4_000),
        "verbs with dates in one line": _times("10:00 wrote: ", 110_000),
        "verbs without dates": _times("Ann wrote and said nothing more\n", 40_000),
        "lines that end an attribution": _times("wrote:\n", 200_000),
        "Notes attributions": _times("Ann ---11/24/2025 02:10:35 PM---x\n", 40_000),
        "lines of dashes": _times("-" * 60 + "\n", 20_000),
    }


def _texts() -> dict[str, Maker]:
    """Plain texts whose lines are the trouble."""
    return {
        "newlines": _times("\n", 5 * _MB),
        "carriage returns": _times("\r", 5 * _MB),
        "lines of white space": _times("   \n", 1_000_000),
        "1000000 > on a line": _times(">", 1_000_000),
        "40 > on each line": _times(">" * 40 + " x\n", 30_000),
        "> deeper and deeper": lambda: "".join(">" * n + " x\n" for n in range(1, 1_500)),
        "bullets": _times("- x\n", 200_000),
        "5 MB without a space": _filled("abcdefghij"),
        "5 MB of text": _filled("Words of a long letter, which go on and on. "),
        "markup": _filled("<div><p>x</p></div>"),
        "white space behind words": lambda: "x" + " " * 1_400_000 + "y",
        "line separators": _times("a\u2028b\u2029c\x0b\x0c\x85", 200_000),
    }
