"""Sample tickets in the HTML of two mail programs: Word as Outlook sends it, and Gmail with its nested quotes."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox.ticket_model import (
    AGENT_ASHA,
    AGENT_TOMAS,
    Ticket,
    attachment,
    gmail_date,
    message,
    outlook_date,
    paragraphs,
    stamp,
)

_WORD_HEAD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="Generator" content="Microsoft Word 15 (filtered medium)">
<!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}</style><![endif]-->
<style><!--
@font-face {font-family:Calibri; panose-1:2 15 5 2 2 2 4 3 2 4;}
p.MsoNormal, li.MsoNormal, div.MsoNormal {margin:0in; font-size:11.0pt; font-family:"Calibri",sans-serif;}
p.MsoListParagraph {margin-left:.5in;}
span.EmailStyle19 {mso-style-type:personal-reply; color:windowtext;}
--></style>
<!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" spidmax="1026" /></xml><![endif]-->
</head>
<body lang="EN-GB" link="#0563C1" vlink="#954F72" style="word-wrap:break-word">
<div class="WordSection1">
"""

_GRID = 'class="MsoTableGrid" border="1" cellspacing="0" cellpadding="0" style="border-collapse:collapse;border:none"'


def word_mail(now: datetime) -> Ticket:
    """Make 7: Outlook mails written in Word, with a list, a table, a picture inside the text and a quoted reply."""
    first, reply, second = (now - timedelta(days=3, hours=h) for h in (8.2, 5.1, 1.3))
    rows = (
        ("Cohort", "Seats paid", "Seats open"),
        ("Spring A", "40", "40"),
        ("Spring B", "35", "28"),
        ("Evening", "12", "0"),
    )
    opening = (
        _line("Hello support,")
        + _line("We paid for three cohorts, and two of them do not have all their seats:")
        + f"<table {_GRID}>\n{''.join(map(_row, rows))}</table>\n"
        + _blank()
        + _line("What we have tried:")
        + _bullet("signed out and in again, <b>twice</b>")
        + _bullet("another browser (Edge&nbsp;126)")
        + _bullet('the steps on <a href="https://help.example.com/seats?from=mail&amp;step=2">your help page</a>')
        + _line("This is what the teachers see:")
        + _line(
            '<img width="480" height="212" id="Picture_x0020_1" src="cid:image001.png@01DB0A1F.5C2E7A90" alt="seats">'
        )
        + _line("Kind regards,")
        + _line('<b><span style="color:#1F3864">Pieter van Dam</span></b>')
        + _line('<span style="font-size:9.0pt;color:gray">Example College · Timetables · +31 20 555 0100</span>')
    )
    answer = paragraphs(
        "Dear Pieter,",
        "Spring B waits for a second approval on our side; that is done now. The evening cohort starts next month, "
        "and its seats open seven days before.",
        "Asha Rao\nExample Academy Support",
    )
    thanks = (
        _line("Spring B is complete now, thank you. Please leave this open until the evening cohort has started.")
        + _line("Pieter")
        + _blank()
        + '<div>\n<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">\n'
        + _line(
            '<b><span lang="EN-US">From:</span></b><span lang="EN-US"> Example Academy Support '
            f"&lt;support@example.com&gt; <br>\n<b>Sent:</b> {outlook_date(reply)}<br>\n"
            "<b>To:</b> Pieter van Dam &lt;p.vandam@example.com&gt;<br>\n<b>Cc:</b> timetables@example.com<br>\n"
            "<b>Subject:</b> RE: [#007] Seats missing in two cohorts</span>"
        )
        + "</div>\n</div>\n"
        + answer
    )
    picture = attachment("image001.png", 18_220, "image/png", "image001.png@01DB0A1F.5C2E7A90")
    return Ticket(
        7,
        "Seats missing in two cohorts",
        (
            message(71, "InboundEmail", stamp(first, 6), _word(opening), attachments=[picture]),
            message(72, "OutboundEmail", stamp(reply, 3), answer, by=AGENT_ASHA),
            message(73, "InboundEmail", stamp(second, 4), _word(thanks), attachments=[]),
        ),
    )


def gmail_thread(now: datetime) -> Ticket:
    """Make 52: a Gmail thread in which each mail quotes all before it, five deep at the end; stored in no order."""
    customer, desk = ("Lucía Ferrer", "lucia.ferrer@example.com"), ("Example Academy", "support@example.com")
    turns = (
        (
            customer,
            ("Hello,", "My certificate has my name as <b>Lucia Ferer</b>. It should be <b>Lucía Ferrer</b>.", "Lucía"),
        ),
        (desk, ("Hi Lucía,", "Sorry about that. Which course is it for? Your account has three.", "Tomas")),
        (customer, ("It is <i>Data Visualisation</i>, finished in June.",)),
        (desk, ("Thank you. A new one is on its way to the printer; the PDF is in your account today.", "Tomas")),
        (customer, ("The PDF still has one r 😅",)),
        (desk, ("You are right, the old file was cached. Please look again, in a private window.", "Tomas")),
    )
    messages, history = [], ""
    for number, ((name, address), lines) in enumerate(turns):
        when = now - timedelta(days=6, hours=-7 * number, minutes=13 * number)
        own = f'<div dir="ltr">{"".join(f"<div>{line}</div><div><br></div>" for line in lines)}</div>'
        html = own + (f"<br>{history}" if history else "")
        kind, by = ("OutboundEmail", {"CreatedBy": AGENT_TOMAS}) if name == desk[0] else ("InboundEmail", {})
        messages.append(message(520 + number, kind, stamp(when, number), html, attachments=[]) | by)
        history = _gmail_quote(f"On {gmail_date(when)} {name}", address, html)
    return Ticket(52, "Name on the certificate", tuple(messages[place] for place in (3, 0, 5, 1, 4, 2)))


def _gmail_quote(who: str, address: str, html: str) -> str:
    link = f'&lt;<a href="mailto:{address}">{address}</a>&gt;'
    style = "margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"
    return (
        '<div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{who} {link} wrote:<br></div>'
        f'<blockquote class="gmail_quote" style="{style}">{html}</blockquote></div>'
    )


def _word(body: str) -> str:
    return f"{_WORD_HEAD}{body}</div>\n</body>\n</html>\n"


def _line(inner: str) -> str:
    return f'<p class="MsoNormal">{inner}<o:p></o:p></p>\n'


def _blank() -> str:
    return '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n'


def _bullet(inner: str) -> str:
    mark = (
        '<span style="font-family:Symbol"><span style="mso-list:Ignore">·<span>&nbsp;&nbsp;&nbsp; </span></span></span>'
    )
    style = "text-indent:-.25in;mso-list:l0 level1 lfo1"
    text = f"<![if !supportLists]>{mark}<![endif]>{inner}<o:p></o:p>"
    return f'<p class="MsoListParagraph" style="{style}">{text}</p>\n'


def _row(cells: tuple[str, ...]) -> str:
    return (
        "<tr>\n"
        + "".join(f'<td width="160" valign="top" style="padding:0in 5.4pt">{_line(cell)}</td>\n' for cell in cells)
        + "</tr>\n"
    )
