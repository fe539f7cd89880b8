"""A made-up workspace: a support team, its channels, and some messages to try the shortcuts on."""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.records import Channel, Message, Team, User

TEAM = Team("T0ACME001", "Acme Support", "acme-support")
APP_ID = "A0TICKETS1"
BOT_ID = "B0TICKETS1"

AGENT = User("U0ASHA001", "asha", "Asha Verma", "3f6fb0")
SECOND_AGENT = User("U0BEN0002", "ben", "Ben Okafor", "9a5b13")
LEAD = User("U0MIRA003", "mira", "Mira Lindqvist", "4d7a3a")
BOT_USER = "U0TICKETS"

# The organisation of an Enterprise plan, a second workspace in it, and somebody else's workspace.
ENTERPRISE = "E0ACMEORG"
SISTER_TEAM = "T0ACMEEU2"
OTHER_TEAM = "T0VENDOR3"

GUEST = User("U0GUEST04", "gus", "Gus Weber", "8a6d3b", restricted=True)
CHANNEL_GUEST = User("U0SOLO005", "sol", "Sol Marsh", "8a6d3b", restricted=True, ultra_restricted=True)
OTHER_BOT = User("U0MAILBT6", "mailroom", "Mailroom", "555555", is_bot=True)
GONE = User("U0GONE007", "gil", "Gil Former", "777777", deleted=True)
PARTNER = User("U0PARTN08", "pia", "Pia Vendor", "3b8a6d", team=OTHER_TEAM)
STRANGER = User("U0STRNG09", "sid", "Sid Nowhere", "6d3b8a", team=OTHER_TEAM, stranger=True)
COLLEAGUE = User("U0EUROP10", "eva", "Eva Sister", "b03f6f", team=SISTER_TEAM, enterprise=ENTERPRISE)

SUPPORT = "C0SUPPORT1"
BILLING = "G0BILLING2"
PRODUCT = "C0PRODUCT3"
DIRECT = "D0ASHABEN4"
SHARED = "C0VENDOR05"
PENDING = "C0OFFERED6"
ORG_SHARED = "C0ORGWIDE7"

AGENTS = "S0AGENTS01"
NOTE_WRITERS = "S0WRITERS2"


def people(bot_name: str) -> list[User]:
    """Return everybody; the bot user goes by the name that the manifest gives it."""
    outsiders = [GUEST, CHANNEL_GUEST, OTHER_BOT, GONE, PARTNER, STRANGER, COLLEAGUE]
    return [AGENT, SECOND_AGENT, LEAD, User(BOT_USER, bot_name, bot_name, "1f3a5f", is_bot=True), *outsiders]


def groups() -> dict[str, frozenset[str]]:
    """Return the user groups: who is in which."""
    return {AGENTS: frozenset({AGENT.id, SECOND_AGENT.id, LEAD.id}), NOTE_WRITERS: frozenset({AGENT.id, LEAD.id})}


def channels() -> list[Channel]:
    """Return the channels. The bot is in #support, and in those that are shared."""
    team = frozenset({AGENT.id, SECOND_AGENT.id, LEAD.id})
    return [
        Channel(SUPPORT, "support", "public", team | {BOT_USER}, "Customer questions, one thread each"),
        Channel(PRODUCT, "product", "public", team, "What we learn from customers"),
        Channel(BILLING, "billing", "private", team, "Refunds and invoices: keep card details out"),
        Channel(DIRECT, "", "dm", frozenset({AGENT.id, SECOND_AGENT.id})),
        Channel(SHARED, "vendor", "public", frozenset({LEAD.id, PARTNER.id, BOT_USER}), shared="ext"),
        Channel(PENDING, "offered", "public", frozenset({LEAD.id, BOT_USER}), shared="pending"),
        Channel(ORG_SHARED, "org-wide", "public", frozenset({LEAD.id, COLLEAGUE.id, BOT_USER}), shared="org"),
    ]


def sample_messages(now: float) -> list[Message]:
    """Return messages of the last half hour before `now` (seconds since the epoch), oldest first."""

    def said(minutes: float, channel: str, user: User, text: str, **more: Any) -> Message:
        return Message(channel, f"{now - 60 * minutes:.6f}", user.id, text, **more)

    question = said(
        21,
        SUPPORT,
        AGENT,
        f"<@{LEAD.id}> the export guide is at <https://help.example.com/exports|help.example.com/exports>, "
        "but step 3 is out of date :eyes:",
    )
    return [
        said(34, SUPPORT, LEAD, "Good morning. Please hand over anything older than two days before lunch."),
        said(29, SUPPORT, SECOND_AGENT, "Has anyone an answer for #143? The customer wrote twice since yesterday."),
        _mail_notice(now - 60 * 26),
        said(
            24,
            SUPPORT,
            SECOND_AGENT,
            "Same login loop as in #143, and I think #034 was the first of them. Worth reading both before you reply.",
        ),
        question,
        said(20, SUPPORT, LEAD, "Thanks, I will mend it. Is ticket 143 waiting for it?", thread_ts=question.ts),
        said(
            14,
            SUPPORT,
            AGENT,
            "Here it is in Service Cloud: <https://support.example.com/tickets/143> – the log is with her last mail.",
        ),
        said(11, SUPPORT, SECOND_AGENT, "I am out from 3 to 4 pm, back for the evening shift."),
        said(27, PRODUCT, LEAD, "Three customers this week asked for scheduled exports. I will collect them here."),
        said(19, BILLING, LEAD, "The refund in #143 needs a second pair of eyes before we promise a date."),
        said(13, BILLING, SECOND_AGENT, "Looked at it: the amount is right, the invoice number is not."),
        said(16, DIRECT, SECOND_AGENT, "Could you take #143 from me today? I have not written back to her yet."),
        said(15, DIRECT, AGENT, "Yes. Send me what you know and I will add it to the ticket."),
    ]


def _mail_notice(at: float) -> Message:
    """Another app's message that names its ticket in its attachment alone."""
    subject = "[#143] Re: Cannot sign in after the password reset"
    body = "*From:* Dana Reyes (dana.reyes@example.com)\nThe link you sent opens the sign-in page again. Now what?"
    blocks = [
        {"type": "section", "block_id": "subject", "text": {"type": "plain_text", "text": subject}},
        {"type": "context", "block_id": "body", "elements": [{"type": "mrkdwn", "text": body}]},
    ]
    attachment = {"id": 1, "color": "36a64f", "fallback": subject, "blocks": blocks}
    return Message(SUPPORT, f"{at:.6f}", "", "", attachments=[attachment], username="Mailroom", bot_id="B0MAILROOM")
