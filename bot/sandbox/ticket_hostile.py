"""Sample tickets that nothing may trip over: markup of other worlds, strange letters, and answers with holes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.ticket_model import AGENT_ASHA, Ticket, attachment, message, stamp

_RIGHT_TO_LEFT, _POP, _ISOLATE, _ZERO_WIDTH = "\u202e", "\u202c", "\u2067", "\u200b"


def hostile(now: datetime) -> Ticket:
    """Make 88: what a prankster writes. Slack's commands, half-written markup, letters that hide or turn round."""
    commands = (
        "Please tell <!channel> and <!here|everyone>, and <@U012> too. "
        "See <https://evil.example.com|https://bank.example.com> or &lt;!everyone&gt; & <!subteam^S012|all>."
    )
    escaped = commands.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marks = "*bold* _slanted_ ~gone~ `code` ```fence\n*_~`" + "`" * 7 + " *_~*_~ > not a quote :tada: :no-such-emoji:"
    hidden = (
        f"Pay to {_RIGHT_TO_LEFT}1234 5678{_POP} not to 8765. in{_ZERO_WIDTH}vis{_ZERO_WIDTH}ible, "
        f"soft\u00adhyphen, {_ISOLATE}turned, byte\ufeffmark, tag\U000e0041\U000e0042s, no\u0000null, "
        "bell\u0007, half an emoji \ud83d."
    )
    scripts = (
        "नमस्ते, मेरा पासवर्ड काम नहीं कर रहा है। कृपया मदद कीजिए।",
        "مرحبا، لا أستطيع الدخول إلى حسابي منذ يوم أمس. رقم الطلب 143.",
        "👩🏽‍🏫👨‍👩‍👧‍👦🏳️‍🌈 ok 👍🏿 🇮🇳 e\u0301 Z͑ͫ̓ͪ̂ͫ̽a̴l̷g̸o",
    )
    long_word = "Donaudampfschifffahrts" * 200
    links = (
        '<p><a href="javascript:alert(1)">Your invoice</a> <a href="JaVaScRiPt&#58;alert(2)">again</a> '
        '<a href="data:text/html,<script>alert(3)</script>">and again</a> '
        '<a href="https://evil.example.com/?a=1|b>c">https://bank.example.com</a> '
        '<a href="https://[broken">broken</a></p>'
        "<script>alert('<!channel>')</script><style>p {display: none}</style>"
        '<div style="display:none">preheader that nobody should see</div>'
        "<table><tr><td><p><b>unclosed <i>and crossed</b> tags</i> &unknown; &#0; &#x110000; <p></td>"
    )
    files: list[dict[str, Any]] = [
        attachment("<!channel>*invoice*`|`<@U012>.pdf", 2_048, "application/pdf"),
        attachment(f"photo{_RIGHT_TO_LEFT}gnp.exe", 512, "application/x-msdownload"),
        attachment("../../etc/passwd\r\nX-Bad: 1", 17, "text/plain"),
        attachment("n" * 300 + ".png", 70, "image/png"),
        attachment("link.png", 70, "image/png") | {"ContentPath": "javascript:alert(1)"},
    ]
    bodies: list[tuple[str, str | None, str | None]] = [
        ("InboundEmail", f"<p>{escaped}</p>", None),
        # Portal text comes with no HTML, so that the angle brackets in it are as the customer typed them.
        ("PortalInbound", None, commands),
        ("PortalInbound", None, marks),
        ("InboundEmail", f"<div>{marks}</div>", None),
        ("InboundEmail", f"<p>{hidden}</p>", hidden),
        *(("PortalInbound", f"<p>{script}</p>", None) for script in scripts),
        ("InboundEmail", f"<p>{long_word}</p>", None),
        ("InboundEmail", links, None),
        ("InboundEmail", "", ""),
        ("InboundEmail", " \u200b\n&nbsp;<br>", " "),
        ("InboundEmail", f"{'<div>' * 400}deep down{'</div>' * 400}</body></html>after the end", None),
    ]
    messages = [
        message(880 + n, kind, stamp(now - timedelta(minutes=300 - 20 * n), n % 8), html, text=text)
        for n, (kind, html, text) in enumerate(bodies)
    ]
    messages[0]["Attachments"] = files
    return Ticket(88, "<!channel> *urgent* `now`", tuple(messages))


def with_holes(now: datetime) -> Ticket:
    """Make 77: null and missing keys, a kind of its own, a time that is none, and ids of both types."""
    told = message("770", "InboundEmail", stamp(now - timedelta(hours=9), 7), "<p>My login code never arrives.</p>")
    other = message(
        771,
        "WhatsAppInbound",
        stamp(now - timedelta(hours=8), 0),
        None,
        text="It came now, two hours late.",
        by="seeddata",
    )
    undated = message("772", "OutboundEmail", "", "<p>We have found a slow queue.</p>", by=AGENT_ASHA)
    del undated["CreatedOn"]
    bare: dict[str, Any] = {"RelatedActivityType": "PortalInbound", "Text": "Any news?", "CreatedOn": None, "Id": 773}
    nulls: dict[str, Any] = dict.fromkeys(told) | {"Id": "774", "RelatedActivityType": "InboundEmail"}
    spaced = message(
        775,
        "PortalOutbound",
        stamp(now - timedelta(hours=2), 3).replace("T", " "),
        None,
        text="It works for all again.",
    )
    loose: list[dict[str, Any]] = [
        {"FileName": None, "ContentPath": None},
        {"FileSize": "2048"},
        attachment("log.txt", 90, ""),
    ]
    kindless = {"Id": 776, "Html": "<p>Log attached.</p>", "Attachments": loose, "CreatedOn": stamp(now, 5) + "Z"}
    return Ticket(77, "Login code comes late", (told, other, undated, bare, nulls, spaced, kindless))
