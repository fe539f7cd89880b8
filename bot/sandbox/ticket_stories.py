"""Everyday sample tickets: a change of address, a portal exchange, many attachments, a long mail, and an empty one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.ticket_model import (
    AGENT_ASHA,
    AGENT_TOMAS,
    INDIA,
    Ticket,
    attachment,
    clock_time,
    message,
    outlook_date,
    paragraphs,
    stamp,
)

_DOCUMENT = "application/vnd.openxmlformats-officedocument."


def address_change(now: datetime) -> Ticket:
    """Make 143: two customer mails and the reply between them, which the second mail quotes as Outlook does."""
    first, reply, second = (now - timedelta(hours=h) for h in (26.4, 25.9, 24.6))
    local = first.astimezone(INDIA)
    opening = [
        "Hi,",
        (
            "Could you tell me whether my new email address is in place? I asked for the change last week "
            "and the class links still go to the old one."
        ),
        "Thanks,\nMeera",
    ]
    question = [
        "Hi Meera,",
        (
            "Happy to change it. Please send us a photo ID and the address that you want on your account, "
            "so that we know that it is you who asks."
        ),
        "Thanks,\nAsha\nStudent Support, Example Academy",
    ]
    # Word wraps mail in this division; the rule above From is what tells the history from the answer.
    history = (
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">\n'
        '<p class="MsoNormal"><b>From:</b> Asha Rao &lt;support@example.com&gt;<br>\n'
        f"<b>Sent:</b> {outlook_date(reply)}<br>\n"
        "<b>To:</b> Meera Joshi &lt;meera.joshi@example.com&gt;<br>\n"
        "<b>Subject:</b> RE: [#143] New email address</p>\n</div></div>\n"
        f"{paragraphs(*question)}\n"
        f"<p>On {local.day} {local:%b} , {clock_time(local)}, meera.joshi@example.com wrote:</p>\n"
        f"<blockquote>\n{paragraphs(*opening)}\n</blockquote>"
    )
    answer = ["Please use meera.j@example.com from now on.", "My student card is attached."]
    messages = (
        message(131, "InboundEmail", stamp(first, 3), _mail(paragraphs(*opening)), attachments=[]),
        message(133, "OutboundEmail", stamp(reply, 0), _mail(paragraphs(*question)), by=AGENT_ASHA, attachments=[]),
        message(
            135,
            "InboundEmail",
            stamp(second, 2),
            _mail(f"{paragraphs(*answer)}\n{history}"),
            attachments=[attachment("Student card.png", 109_210, "image/png")],
        ),
    )
    return Ticket(143, "New email address", messages)


def portal_exchange(now: datetime) -> Ticket:
    """Make 34: a customer and an agent on the portal, in and out."""
    turns: list[tuple[str, float, str, str | None, list[dict[str, Any]] | None]] = [
        (
            "PortalInbound",
            5.2,
            "The fee receipt for March will not open on my phone. It says that the file is damaged.",
            None,
            [attachment("IMG_2041.png", 48_113, "image/png")],
        ),
        (
            "PortalOutbound",
            4.7,
            (
                "Thanks for the picture, Daniel. The receipt was cut off when it was made. I have asked for a new one, "
                "which should be on your portal in about half an hour."
            ),
            AGENT_TOMAS,
            None,
        ),
        ("PortalInbound", 4.1, "Got it, it opens now.\nCould you also send the one for February?", None, None),
        (
            "PortalOutbound",
            3.8,
            "Here it is. Both stay under Payments > Receipts for two years.",
            AGENT_TOMAS,
            [attachment("Receipt-February.pdf", 83_422, "application/pdf")],
        ),
        ("PortalInbound", 3.75, "Perfect, thank you 🙏", None, None),
    ]
    messages = [
        message(410 + n, kind, stamp(now - timedelta(hours=ago), n), paragraphs(text), attachments=files)
        | ({"CreatedBy": by} if by else {})
        for n, (kind, ago, text, by, files) in enumerate(turns)
    ]
    return Ticket(34, "Receipt does not open", tuple(messages))


def many_files(now: datetime) -> Ticket:
    """Make 12: ten attachments of many types on one message, from an empty file to 25 MB."""
    files = [
        attachment("Admission form.pdf", 482_913, "application/pdf"),
        attachment("Passport photo.png", 96_004, "image/png"),
        attachment("Marks 2019-2023.xlsx", 38_640, f"{_DOCUMENT}spreadsheetml.sheet"),
        attachment("Statement of purpose (final) (2).docx", 1_048_576, f"{_DOCUMENT}wordprocessingml.document"),
        attachment("Introduction.mp4", 26_214_400, "video/mp4"),
        attachment("voice note.ogg", 712_009, "audio/ogg"),
        attachment("certificates.zip", 9_830_411, "application/zip"),
        attachment("notes.txt", 0, "text/plain"),
        attachment("Recommandation — Prof. Élodie.pdf", 204_801, "application/pdf"),
        attachment("export.csv", 1, "text/csv"),
    ]
    text = paragraphs(
        "Dear admissions team,",
        "All ten documents for my application are attached. The text file is empty on purpose: your form would not "
        "let me go on without it.",
        "The video is two minutes long. If it is too large I can put it elsewhere.",
        "Kind regards,\nNoor Haddad",
    )
    return Ticket(
        12,
        "Application documents",
        (
            message("9001", "InboundEmail", stamp(now - timedelta(days=2, hours=3), 7), _mail(text), attachments=files),
            message(
                9002,
                "OutboundEmail",
                stamp(now - timedelta(days=1, hours=20), 1),
                _mail(paragraphs("Dear Noor,", "All ten arrived, the video too. You hear from us by Friday.", "Asha")),
                by=AGENT_ASHA,
            ),
        ),
    )


def long_mail(now: datetime) -> Ticket:
    """Make 61: one mail whose text is 30,000 characters, a diary of a term of lost connections."""
    weekdays = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    subjects = ("Statistics", "Organic Chemistry", "Contract Law", "Spanish II", "Data Structures", "Art History")
    endings = (
        "I came back in after {n} minutes and had missed the example on the board.",
        "The teacher waited, which was kind, but {n} others sat there too.",
        "After {n} tries I gave up and listened over the phone of a friend.",
        "The page said that {n} people were ahead of me, and that number never moved.",
    )
    diary = [
        "Dear support team,",
        "You asked me for dates and times. I kept a diary, and here it is, class by class.",
    ]
    end = "I hope that this helps you find it.\nRegards,\nIngrid Solheim"
    entry, room = 0, 30_000 - sum(len(text) + 1 for text in diary) - len(end)
    while room > 0:
        line = (
            f"Week {entry // 5 + 1}, {weekdays[entry % 5]}, {subjects[entry % 6]}: the picture froze at "
            f"{9 + entry % 7}:{(entry * 17) % 60:02} and the sound went {entry % 4 + 1} seconds later. "
        ) + endings[entry % 4].format(n=entry % 9 + 2)
        if len(line) >= room:
            line = line[: room - 1].rstrip().ljust(room - 1, ".")
        diary.append(line)
        entry, room = entry + 1, room - len(line) - 1
    return Ticket(
        61,
        "Live classes break off",
        (message(5120, "InboundEmail", stamp(now - timedelta(days=9), 3), _mail(paragraphs(*diary, end))),),
    )


def nothing_yet() -> Ticket:
    """Make 300: a ticket that was opened over the phone and has no messages."""
    return Ticket(300, "Call about the hostel deposit")


def _mail(body: str) -> str:
    return f'<html>\n<head>\n<meta charset="utf-8">\n</head>\n<body>\n{body}\n</body>\n</html>\n'
