"""Lines 2 and 3: a thousand commands at once for two hundred tickets, by one process of the bot and by several.

LeadSquared lets 25 calls through in any 5 s. So the last of 200 calls cannot start before 35 s have passed, seven whole
windows after the first 25, and with an upstream that takes 1 s its answer cannot be there before 36 s: the plain ideal.
But nobody can keep to that who does not know when the server counts a call, between its start and its answer. The rule
that is safe whatever the network adds is to count each call until 5 s after its answer. Then a batch of 25 starts only
every 5 s and a round trip, and the last of 200 answers comes at 7 x (5 + 1) + 1 = 43 s at the earliest: the ideal of
the rule. That is what the bot is held to; the table tells the plain one beside it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.sandbox.leadsquared import Fault, LeadSquared
from bot.sandbox.stage import ACCESS_KEY, ORG_ID, SECRET_KEY
from bot.sandbox.ticket_model import Ticket, message, paragraphs, stamp
from tests.benchmarks.client import Ack, Posts, at_once, command, connection
from tests.benchmarks.servers import Around, NoNode, Server, bot, node, stand_ins
from tests.benchmarks.setting import Scale, sample_answer, say, share
from tests.benchmarks.table import Row, at_most, exactly, figure, ratio_at_most, told
from tests.postgres import NoPostgres, fresh_database, running_server

CALLS, WINDOW = 25, 5.0
UPSTREAM_SECONDS = 1.0
PEOPLE_A_TICKET = 5
PEOPLE = 200
JITTER_SECONDS = 0.3
# Asked for before the crowd comes, and among it.
_KEPT_TICKET = 9000
# How a word about the wait ends; an answer follows it.
_NOT_YET = "The conversation will be shown here"
_SPARE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Ideal:
    """When the last answer could be there at the earliest, in seconds, and the sum in words."""

    seconds: float
    words: str


def plain_ideal(calls: int) -> Ideal:
    """Let the limit of calls start every window."""
    rounds = _rounds(calls)
    return Ideal(rounds * WINDOW + UPSTREAM_SECONDS, f"{rounds} × {WINDOW:g} + {UPSTREAM_SECONDS:g}")


def ideal_of_the_rule(calls: int, jitter: float = 0.0) -> Ideal:
    """Count each call until a window after its answer. With jitter, the round trip is the one to be expected."""
    rounds, trip = _rounds(calls), UPSTREAM_SECONDS + jitter / 2
    return Ideal(rounds * (WINDOW + trip) + trip, f"{rounds} × ({WINDOW:g} + {trip:g}) + {trip:g}")


def _rounds(calls: int) -> int:
    """Return how often one must wait for places."""
    return -(-calls // CALLS) - 1


@dataclass
class _Outcome:
    """What came of a crowd. `answers` are seconds from the first command to each answer."""

    acks: list[Ack]
    commands: int
    calls: int
    worst: int
    refused: int
    answers: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    told_to_wait: int = 0

    @property
    def slowest_ack(self) -> float:
        return max(ack.seconds for ack in self.acks)

    @property
    def acked(self) -> int:
        return sum(ack.status == 200 and not ack.body for ack in self.acks)


def measure(scale: Scale) -> Iterator[Row]:
    """Measure one process, with a calm upstream, with a failing one, and with jitter before it."""
    tickets = scale.of(200, 50)
    with stand_ins(sample_answer()) as around:
        say("a crowd before one process")
        with _leadsquared(tickets) as upstream, bot(around, leadsquared=upstream.url) as ours:
            outcome = _crowd(around, [ours], upstream, tickets)
        yield from _common("", outcome, tickets)
        with suppress(NoNode), node(around) as theirs:
            acks = at_once([theirs.port], _commands(around, "node", tickets, PEOPLE_A_TICKET)[0])
            slowest = max(ack.seconds for ack in acks)
            yield ratio_at_most("  slowest ack, beside Node", outcome.slowest_ack, slowest, 2, "s")
        yield from _in_time("", outcome, ideal_of_the_rule(tickets), 1.08)
        yield at_most("  kept ticket meanwhile: median", 1000 * share(outcome.kept, 0.5), 10, "ms")
        yield at_most("  kept ticket meanwhile: 99 of 100", 1000 * share(outcome.kept, 0.99), 10, "ms")
        yield told("  kept ticket meanwhile: slowest", f"{1000 * max(outcome.kept):.1f} ms")

        say("a crowd before a failing upstream")
        few = scale.of(50, 25)
        with _leadsquared(few) as upstream, bot(around, leadsquared=upstream.url) as ours:
            upstream.fail(Fault.UNAUTHORIZED, times=10_000)
            outcome = _crowd(around, [ours], upstream, few, keep=False)
        yield from _common("failing upstream: ", outcome, few)

        say("a crowd with jitter")
        with _leadsquared(tickets, jitter=JITTER_SECONDS) as upstream, bot(around, leadsquared=upstream.url) as ours:
            outcome = _crowd(around, [ours], upstream, tickets)
        prefix = f"jitter up to {JITTER_SECONDS} s: "
        yield from _common(prefix, outcome, tickets)
        yield from _in_time(prefix, outcome, ideal_of_the_rule(tickets, JITTER_SECONDS), 1.10)


def measure_processes(scale: Scale) -> Iterator[Row]:
    """Measure two and four processes on one PostgreSQL, the commands spread over them."""
    with ExitStack() as stack:
        try:
            postgres = stack.enter_context(running_server())
        except NoPostgres as error:
            yield told("several processes", "skipped", str(error))
            return
        around = stack.enter_context(stand_ins(sample_answer()))
        # Each process fetches what it is asked for: with four, half the tickets for the same commands keep a run short.
        for count, tickets, people in ((2, scale.of(200, 40), 5), (4, scale.of(100, 20), 10)):
            say(f"a crowd before {count} processes")
            with ExitStack() as inner:
                address = inner.enter_context(fresh_database(postgres))
                upstream = inner.enter_context(_leadsquared(tickets))
                ours = [
                    inner.enter_context(
                        bot(around, name=f"of-{count}-{number}", leadsquared=upstream.url, DATABASE_URL=address)
                    )
                    for number in range(count)
                ]
                outcome = _crowd(around, ours, upstream, tickets, people, keep=False)
            yield from _common(f"{count} processes: ", outcome, tickets, shared=False)
            yield from _in_time(f"{count} processes: ", outcome, ideal_of_the_rule(outcome.calls), 1.08)


def _common(prefix: str, outcome: _Outcome, tickets: int, *, shared: bool = True) -> Iterator[Row]:
    yield at_most(f"{prefix}{outcome.commands:,} commands at once: slowest ack", outcome.slowest_ack, 3.0, "s")
    yield exactly(f"  {prefix}acknowledged", outcome.acked, outcome.commands)
    yield exactly(f"  {prefix}answered", len(outcome.answers), outcome.commands)
    if shared:
        yield exactly(f"  {prefix}calls upstream", outcome.calls, tickets)
    else:
        yield told(f"  {prefix}calls upstream", f"{outcome.calls:,}", f"{tickets:,} tickets")
    yield at_most(f"  {prefix}calls in the worst 5 s", outcome.worst, CALLS)
    yield exactly(f"  {prefix}refused for the limit", outcome.refused, 0)
    yield told(f"  {prefix}told to wait", f"{outcome.told_to_wait:,}")


def _in_time(prefix: str, outcome: _Outcome, rule: Ideal, goal: float) -> Iterator[Row]:
    last = max(outcome.answers, default=float("inf"))
    name = f"  {prefix}last answer, beside the rule's {rule.words} s"
    yield ratio_at_most(name, last, rule.seconds, goal, "s")
    plain = plain_ideal(outcome.calls)
    name = f"  {prefix}the same, beside the plain {plain.words} s"
    yield Row(name, figure(last, "s"), figure(plain.seconds, "s"), f"{last / plain.seconds:.2f} ×")


@contextmanager
def _leadsquared(tickets: int, *, jitter: float = 0.0) -> Iterator[LeadSquared]:
    """Run the strict stand-in, slow as a real one may be."""
    when = datetime.now(UTC) - timedelta(days=1)
    held = {number: _ticket(number, when) for number in (*_numbers(tickets), _KEPT_TICKET)}
    with LeadSquared(org_id=ORG_ID, access_key=ACCESS_KEY, secret_key=SECRET_KEY, tickets=held) as leadsquared:
        leadsquared.delay = UPSTREAM_SECONDS
        if jitter:
            random_seconds = random.Random(5)  # noqa: S311 (the same for every run; nothing is kept secret by it)
            leadsquared.jitter = lambda: random_seconds.uniform(0, jitter)
        yield leadsquared


def _numbers(tickets: int) -> Iterable[int]:
    return range(1, tickets + 1)


def _ticket(number: int, when: datetime) -> Ticket:
    words = paragraphs(f"Hello,\nthis is about order {number}.", "It has not come yet. Could you look where it is?")
    kinds = ("InboundEmail", "OutboundEmail", "InboundEmail")
    return Ticket(
        number,
        f"Order {number}",
        tuple(message(10 * number + n, kind, stamp(when), words) for n, kind in enumerate(kinds)),
    )


def _commands(around: Around, name: str, tickets: int, people: int) -> tuple[list[bytes], list[str]]:
    """Return signed commands, each ticket wished for by so many people, and the tokens of their answers."""
    wished = [number for _ in range(people) for number in _numbers(tickets)]
    # As people come: without any order, and so to one process as well as to another.
    random.Random(7).shuffle(wished)  # noqa: S311 (the same for every run; nothing is kept secret by it)
    tokens = [f"{name}-{place}" for place in range(len(wished))]
    requests = [
        command(str(number), around.hook(token), user=f"U{place % PEOPLE:09}")
        for place, (number, token) in enumerate(zip(wished, tokens, strict=True))
    ]
    return requests, tokens


def _crowd(
    around: Around,
    servers: list[Server],
    upstream: LeadSquared,
    tickets: int,
    people: int = PEOPLE_A_TICKET,
    *,
    keep: bool = True,
) -> _Outcome:
    """Let everybody ask at once, and wait for the last answer; `keep`: a ticket that is kept is asked for meanwhile."""
    posts = Posts(around.port)
    name = f"crowd{len(posts.more())}"
    if keep:
        _ask_kept(around, servers[0], f"{name}-first")
        _wait(posts, {f"{name}-first"}, 10)
        # That call must not count among the crowd's.
        time.sleep(WINDOW + UPSTREAM_SECONDS + JITTER_SECONDS)
    earlier = len(upstream.requests)
    requests, tokens = _commands(around, name, tickets, people)
    begun = time.monotonic()
    acks = at_once([server.port for server in servers], requests)
    calls = tickets * min(people, len(servers))  # at the most: each process fetches for itself
    deadline = begun + ideal_of_the_rule(calls).seconds + _SPARE_SECONDS
    asked: dict[str, float] = {}
    left = set(tokens)
    while left and time.monotonic() < deadline:
        if keep:
            token = f"{name}-kept-{len(asked)}"
            asked[token] = time.monotonic()
            _ask_kept(around, servers[0], token)
        time.sleep(0.1)
        left -= set(_answered(posts))
    answered = _answered(posts)
    received = upstream.requests[earlier:]
    return _Outcome(
        acks=acks,
        commands=len(requests),
        calls=sum(request.kind == "conversations" for request in received),
        worst=upstream.worst_window(),
        refused=sum(request.status == 429 for request in received),
        answers=[answered[token] - begun for token in tokens if token in answered],
        kept=[answered[token] - at for token, at in asked.items() if token in answered],
        told_to_wait=sum(token in set(tokens) and _NOT_YET in words for token, _, words in posts.all),
    )


def _ask_kept(around: Around, server: Server, token: str) -> None:
    with connection(server.port) as one:
        one.ask(command(str(_KEPT_TICKET), around.hook(token)))


def _wait(posts: Posts, tokens: set[str], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not tokens <= set(_answered(posts)):
        if time.monotonic() > deadline:
            raise TimeoutError("the ticket that is to be kept was not shown")
        time.sleep(0.05)


def _answered(posts: Posts) -> dict[str, float]:
    return {token: at for token, at, words in posts.more() if _NOT_YET not in words}
