"""Notes under kill -9: people write, the bot dies again and again, and in the end every note is accounted for.

By hand, for longer than the tests do: `python -m tests.notes.crash --rounds 200 --seed 7`.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bot.sandbox.faults import Fault
from bot.sandbox.stage import Stage
from tests.notes import kill_child
from tests.notes.nursery import Child, Nursery
from tests.notes.people import Crew, Door
from tests.notes.verdict import Counts, Table, answer_doubts, onlooker, settle, texts_lost
from tests.postgres import fresh_database, running_server

# Where this side does the killing, for it sees when.
WRITTEN = "during the post, written"
UNWRITTEN = "during the post, not written"
ACKED = "after the ack"
POINTS = (*kill_child.POINTS, WRITTEN, UNWRITTEN, ACKED)
RANDOM = "at random"
# A bot that comes by no such point is a fault of the test.
LONGEST_LIFE = 30.0
CREW = 5
MOST_PASSES = 3
LONGEST_RANDOM_LIFE = 0.6


@dataclass(frozen=True)
class Outcome:
    """What a run came to: the notes when all had settled, and again when people had answered every doubt."""

    counts: Counts
    answered: Counts
    kills: Counter[str]
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.counts}, {self.kills.total()} kills in {self.seconds:.0f} s\n"
            f"after the doubts were answered: {self.answered}\n"
            + "\n".join(f"  {count} {point}" for point, count in sorted(self.kills.items()))
        )


class Crash:
    """One run: a stage, people, and one bot after the other on one database."""

    def __init__(
        self, stage: Stage, nursery: Nursery, table: Table, env: Mapping[str, str], rng: random.Random
    ) -> None:
        self.kills: Counter[str] = Counter()
        self._stage = stage
        self._nursery = nursery
        self._table = table
        self._env = env
        self._rng = rng
        self._door = Door(stage, rng)
        self._crew = Crew(stage, self._door, rng, size=CREW)

    def run(self, plan: list[str]) -> Outcome:
        """Kill a bot at every point of the plan, let everything settle, and judge."""
        began = time.monotonic()
        self._crew.start()
        for point in plan:
            self._one_life(point)
        last = self._up()
        self._crew.stop()
        counts = settle(self._stage, self._table, self._crew.written)
        answer_doubts(self._stage, self._door, self._table)
        answered = settle(self._stage, self._table, self._crew.written)
        assert not self._table.badly_audited()
        self._nursery.kill(last)
        assert "Traceback" not in self._nursery.said(), self._nursery.said()
        return Outcome(counts, answered, self.kills, time.monotonic() - began)

    def _up(self, point: str = "", nth: int = 0) -> Child:
        child = self._nursery.start(self._env, point, nth)
        if child.url:
            self._door.open(child.url)
        return child

    def _one_life(self, point: str) -> None:
        nth = self._rng.randint(1, MOST_PASSES)
        if point in kill_child.POINTS:
            child = self._up(point, nth)
            assert self._nursery.ended(child, LONGEST_LIFE) == -9, f"{point}, pass {nth}\n{self._nursery.said()}"
        else:
            child = self._up()
            {WRITTEN: self._kill_when_written, UNWRITTEN: self._kill_when_unwritten, ACKED: self._kill_when_acked}.get(
                point, self._kill_at_random
            )(child, nth)
        self._door.shut(child.url)
        self.kills[point] += 1
        assert not texts_lost(self._table.rows())

    def _kill_at_random(self, child: Child, _: int) -> None:
        ended = self._nursery.ended(child, self._rng.uniform(0, LONGEST_RANDOM_LIFE))
        assert ended is None, f"it ended by itself: {ended}\n{self._nursery.said()}"
        self._nursery.kill(child)

    def _kill_when_written(self, child: Child, nth: int) -> None:
        """The server has written the note, and its answer waits until the bot is gone."""
        self._stage.leadsquared.on_note = self._at(child, nth)
        self._gone(child)
        self._stage.leadsquared.on_note = None

    def _kill_when_acked(self, child: Child, nth: int) -> None:
        self._crew.on_accepted = self._at(child, nth)
        self._gone(child)
        self._crew.on_accepted = lambda _: None

    def _kill_when_unwritten(self, child: Child, _: int) -> None:
        """The server has the request, and will never write the note."""
        leadsquared = self._stage.leadsquared
        seen = len(leadsquared.requests)
        leadsquared.fail(Fault.SILENCE, call="internal_note", writes=False)
        self._stage.slack.wait(
            lambda: any(one.kind == "internal_note" and one.status is None for one in leadsquared.requests[seen:]),
            LONGEST_LIFE,
        )
        self._nursery.kill(child)
        leadsquared.release()

    def _at(self, child: Child, nth: int) -> Callable[[object], None]:
        passes = iter(range(1, nth))

        def passing(_: object) -> None:
            if next(passes, None) is None:
                self._nursery.kill(child)

        return passing

    def _gone(self, child: Child) -> None:
        assert self._nursery.ended(child, LONGEST_LIFE) == -9, self._nursery.said()


def plan(rng: random.Random, *, each: int, at_random: int) -> list[str]:
    """Every named point `each` times and so many random moments, in a random order."""
    points = [*POINTS * each, *[RANDOM] * at_random]
    rng.shuffle(points)
    return points


@contextmanager
def quick_stage() -> Iterator[Stage]:
    """A stage whose LeadSquared takes its time over an answer, and as many calls as the bot may make."""
    with Stage() as stage:
        stage.leadsquared._limit = 1000
        stage.leadsquared.delay = 0.01
        yield stage


def env_of(stage: Stage, address: str) -> dict[str, str]:
    """Return the settings of a bot on a database of ours that is not slowed by its budget."""
    return stage.env(socket_mode=False) | {"DATABASE_URL": address, "LEADSQUARED_CALLS_PER_5S": "1000"}


def crash(address: str | None, seed: int, *, each: int, at_random: int) -> Outcome:
    """Run once, on the stage's own SQLite file when no address is given."""
    rng = random.Random(seed)  # noqa: S311 (the same order of kills for the same seed)
    with quick_stage() as stage, Nursery() as nursery:
        env = env_of(stage, address or stage.env(socket_mode=False)["DATABASE_URL"])
        with onlooker(env["DATABASE_URL"]) as table:
            return Crash(stage, nursery, table, env, rng).run(plan(rng, each=each, at_random=at_random))


def main() -> int:
    """Run by hand. Returns 0 when every note is accounted for; else an AssertionError says which is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.notes.crash", description="Notes under kill -9.")
    parser.add_argument("--rounds", type=int, default=200, help="how often the bot is killed (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="for the order and the moments of the kills (default: 0)")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    chosen = parser.parse_args()
    each = chosen.rounds // (2 * len(POINTS))
    with ExitStack() as stack:
        address = None
        if chosen.database == "postgres":
            address = stack.enter_context(fresh_database(stack.enter_context(running_server())))
        outcome = crash(address, chosen.seed, each=each, at_random=chosen.rounds - each * len(POINTS))
    sys.stdout.write(f"seed {chosen.seed}, {chosen.database}: {outcome}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
