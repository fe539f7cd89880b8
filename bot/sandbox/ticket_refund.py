"""The long sample ticket: a cancelled science week, twenty orders to pay back, two hundred messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.ticket_model import AGENT_ASHA, AGENT_TOMAS, Ticket, attachment, message, paragraphs, stamp

# Minutes from one message to the next: a talk, a longer wait, a night.
_GAPS = (7, 3, 24, 2, 11, 55, 5, 160, 1_130)


@dataclass(frozen=True, slots=True)
class _Order:
    name: str
    rupees: int
    reference: str

    @property
    def price(self) -> str:
        return f"Rs {self.rupees:,}"


_ORDERS = tuple(
    _Order(name, rupees, f"EX-{4100 + 7 * number}")
    for number, (name, rupees) in enumerate(
        (
            ("forty hand lenses", 6_800),
            ("the planetarium tent", 42_000),
            ("a box of magnets", 2_150),
            ("thirty lab coats", 13_500),
            ("the robot kit", 27_900),
            ("two telescopes", 61_000),
            ("a day of the bubble show", 18_000),
            ("rock samples", 3_300),
            ("the 3D printer rental", 15_750),
            ("twelve microscopes", 98_400),
            ("safety glasses", 4_020),
            ("the dinosaur talk", 9_000),
            ("dry ice", 1_260),
            ("the bus for Tuesday", 11_200),
            ("the bus for Thursday", 11_200),
            ("lunch for the helpers", 7_440),
            ("a banner", 1_900),
            ("sixty workbooks", 8_970),
            ("the weather balloon", 22_600),
            ("medals", 5_050),
        )
    )
)

_OPENING = (
    (
        "InboundEmail",
        "Hello,\nthe river came into our hall last night and science week cannot go ahead. Nobody is hurt.",
    ),
    ("InboundEmail", "We had twenty orders with you. What can be paid back?"),
    (
        "OutboundEmail",
        "Dear Esther, I am sorry to read this, and glad that everyone is well. Let us go through them one by one.",
    ),
    ("PortalInbound", "Thank you. Shall I write here or by mail?"),
    ("PortalOutbound", "Both arrive in the same place. Here is fine for short things."),
    ("PortalInbound", "Good. I will be on my phone most of the week."),
)

# Each list is of another length, so that no two orders read the same.
_ASKS = (
    "Next on my list: {name}, order {reference}, {price}.",
    "Then there is {name} ({reference}). We paid {price}.",
    "What about {name}?",
    "Could you look at {reference} please? That was {name}.",
    "Now {name}. Not used, not even unpacked.",
)
_LOOKS = (
    "I have it here. Was it delivered already?",
    "Found it: {price}, paid by transfer. Did it reach you?",
    "One moment, {reference} is with another team. Has any of it arrived?",
)
# What the customer tells of the goods, and what follows from it.
_TELLS_AND_RULES = (
    ("No, nothing came.", "Then it is simple: what was not delivered is paid back in full."),
    (
        "Yes, on Monday, and it stands in a dry room.",
        "Then it can go back, and is paid in full once our carrier has it. I have booked a pick-up, no forms.",
    ),
    (
        "Half of it did. The rest was on the van when the road closed.",
        (
            "We pay the half that never came at once, and the other half when it is back with us.\n"
            "If some of it is damaged, take a picture for the insurer and keep the box. "
            "That does not change what you get from us, but it saves us both a form later."
        ),
    ),
    (
        "It did, and I am afraid that it floated for a while.",
        "For a flood the supplier waives the fee. I have asked, and they agreed this morning.",
    ),
    (
        "It came with our name printed on it.",
        "The terms say half for what is made to order. Given what happened I have asked for all of it, and got it.",
    ),
    ("I cannot tell. The store room is still locked.", "Then I take it as lost. Should it turn up, keep it."),
    ("It was to come on the day itself.", "Then nobody had costs yet, and all of it goes back to you."),
)
_REPLIES = (
    "All right.",
    "That is kind, thank you.",
    "Understood. What do you need from me?",
    "Ok 👍",
    "Fine with us.",
    "You are quick.",
)
_NEEDS_AND_GIVES = (
    ("Only your word that the account ending in 4471 is still the right one.", "Yes, same account."),
    ("A picture of the delivery note for {reference} if you have it, else nothing.", "Here it is."),
    ("Nothing more. It usually takes three working days.", "Good. I tell our treasurer to look out for {price}."),
    ("Please tell me who signs for it at the gate.", "Mr Banerjee does, he is there until four."),
    ("The number on the delivery note, please.", "The note is soaked, but one can read {reference}."),
    ("How many parcels were there?", "Two, says the caretaker. One he carried upstairs himself."),
)
_PAYS = (
    "{price} for {name} went out today under {reference}.",
    "Approved. {price}, reference {reference}, in your account by the end of the week.",
    "Done: {price}.",
)
_ARRIVES = (
    "It arrived, thank you.",
    "I see {price} on the account.",
    "Our treasurer says that {reference} is there. One less.",
    "Got it.",
)

_CLOSING = (
    ("PortalInbound", "I think that was the last one."),
    ("PortalOutbound", "It was: twenty of twenty."),
    (
        "InboundEmail",
        "Dear Tomas, dear Asha,\nthe hall has a new floor, and the children ask for the tent. May we order again?",
    ),
    ("OutboundEmail", "Dear Esther, nothing would please us more. Tell us the week and we keep it for you."),
    ("PortalInbound", "The second week of March, if the river agrees."),
    ("PortalOutbound", "Noted. I leave this ticket open until you have the confirmation."),
)


def refund(now: datetime) -> Ticket:
    """Make 200: two hundred messages over some three weeks, the newest an hour old, oldest first."""
    told = [*_OPENING, *_middle(), *_CLOSING]
    when = now - timedelta(hours=1) - sum(map(_gap, range(len(told))), timedelta())
    messages = []
    for number, (kind, text) in enumerate(told):
        when += _gap(number)
        mail = kind.endswith("Email")
        inbound = kind in {"InboundEmail", "PortalInbound"}
        html = paragraphs(*text.split("\n"), *_sign_off(number, inbound=inbound)) if mail else paragraphs(text)
        messages.append(
            message(20_000 + number, kind, stamp(when, number % 8), html, attachments=_photo(number, text))
            | ({} if inbound else {"CreatedBy": (AGENT_TOMAS, AGENT_ASHA)[number // 40 % 2]})
        )
    return Ticket(200, "Refund for the science week", tuple(messages))


def _middle() -> Iterator[tuple[str, str]]:
    for number, order in enumerate(_ORDERS):
        for turn, line in enumerate(_talk(number)):
            way = ("In", "Out")[turn % 2]
            # A mail now and then; the rest is quick talk on the portal.
            kind = f"{way}boundEmail" if (number + turn) % 4 == 0 else f"Portal{way}bound"
            yield kind, line.format(name=order.name, price=order.price, reference=order.reference)
        if number % 3 == 2 or number in {1, len(_ORDERS) - 1}:
            yield "OutboundEmail", _summary(_ORDERS[: number + 1])


def _talk(number: int) -> tuple[str, ...]:
    tell, rule = _TELLS_AND_RULES[number % len(_TELLS_AND_RULES)]
    need, give = _NEEDS_AND_GIVES[number % len(_NEEDS_AND_GIVES)]
    asks, looks, reply, pays, arrives = (
        lines[number % len(lines)] for lines in (_ASKS, _LOOKS, _REPLIES, _PAYS, _ARRIVES)
    )
    return asks, looks, tell, rule, reply, need, give, pays, arrives


def _gap(number: int) -> timedelta:
    return timedelta(minutes=_GAPS[number % len(_GAPS)], seconds=37 * number % 60)


def _summary(paid: tuple[_Order, ...]) -> str:
    lines = [f"{order.reference}: {order.name}, {order.price}, paid back" for order in paid]
    total = sum(order.rupees for order in paid)
    return "\n".join(
        [
            "Dear Esther, here is where we stand.",
            *lines,
            f"Together Rs {total:,}. {len(_ORDERS) - len(paid)} orders to go.",
        ]
    )


def _sign_off(number: int, *, inbound: bool) -> tuple[str, ...]:
    if inbound:
        return ("Esther Mutua\nExample School on the River",) if number % 3 else ("E.",)
    return (f"Best wishes,\n{('Tomas', 'Asha')[number // 40 % 2]}\nExample Supplies, Customer Care",)


def _photo(number: int, text: str) -> list[dict[str, object]] | None:
    if text == "Here it is.":
        return [attachment(f"Delivery note {number}.png", 31_000 + 911 * number, "image/png")]
    return [] if number % 5 else None
