"""A database that fails says so and loses nothing; and what is erased is nowhere in its files."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from bot.leadsquared.errors import (
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from bot.notes import BROKEN, Decision, Note, NoteStore, State, StoreUnavailable
from tests.notes.conftest import (
    AUTHOR,
    Bench,
    deliver,
    draft,
    saved,
)


@contextmanager
def failing(engine: Engine) -> Iterator[None]:
    """Let the database fail, whatever it is asked."""

    def fail(_: object, __: object, asked: str, *___: object) -> None:
        raise OperationalError(asked, {}, Exception("on purpose"))

    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fail)


def test_a_database_that_fails_is_said_so_by_every_method(bench: Bench) -> None:
    outbox = bench.outbox()
    note = saved(outbox)
    calls: list[Callable[[], object]] = [
        lambda: outbox.save(draft(view_id="V0002")),
        lambda: outbox.get(note.reference),
        lambda: outbox.deliver(note, AUTHOR),
        lambda: outbox.refuse(note, BROKEN, "E-1a2b3c4d"),
        lambda: outbox.decide(note.reference, Decision.AGAIN),
        lambda: outbox.told(note),
        outbox.tend,
        lambda: outbox.purge(0),
    ]
    with failing(bench.engines[-1]):
        for call in calls:
            with pytest.raises(StoreUnavailable) as caught:
                call()
            assert "Called back." not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert bench.sender.sent == []
    assert len(bench.rows()) == 1
    assert deliver(outbox, note).state is State.POSTED


def test_a_file_that_is_no_database_any_more_is_said_so(on_sqlite: Bench, sqlite_path: Path) -> None:
    outbox = on_sqlite.outbox()
    note = saved(outbox)
    on_sqlite.engines[0].dispose()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{sqlite_path}{suffix}").unlink(missing_ok=True)
    sqlite_path.mkdir()
    calls: list[Callable[[], object]] = [lambda: outbox.deliver(note, AUTHOR), outbox.tend, lambda: outbox.purge(0)]
    for call in calls:
        with pytest.raises(StoreUnavailable):
            call()
    assert on_sqlite.sender.sent == []


class DeafStore(NoteStore):
    """Commits, and does not hear that it was committed."""

    def add(self, *args: Any, **more: Any) -> Note | None:
        super().add(*args, **more)
        raise StoreUnavailable("on purpose")

    def finish(self, *args: Any, **more: Any) -> Note | None:
        super().finish(*args, **more)
        raise StoreUnavailable("on purpose")


def test_a_save_whose_commit_was_not_heard_of_is_found_by_the_next_submission(bench: Bench) -> None:
    with pytest.raises(StoreUnavailable):
        bench.outbox(DeafStore(bench.engine())).save(draft())
    outbox = bench.outbox(randomness=None)
    note, new = outbox.save(draft())
    assert not new
    deliver(outbox, note)
    assert len(bench.sender.sent) == len(bench.rows()) == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [(None, State.POSTED), (Refused("no"), State.REFUSED), (Unavailable("no"), State.QUEUED)],
    ids=["posted", "refused", "queued"],
)
def test_what_came_of_a_try_is_kept_while_the_database_fails_and_recorded_later(
    bench: Bench, answer: Exception | None, state: State
) -> None:
    outbox = bench.outbox()
    note = saved(outbox)
    with ExitStack() as failure:

        def answered() -> None:
            failure.enter_context(failing(bench.engines[-1]))
            if answer:
                raise answer

        bench.sender.answers.append(answered)
        assert deliver(outbox, note).state is state
        with pytest.raises(StoreUnavailable):
            outbox.tend()
    assert bench.row(note)["state"] == State.SENDING
    outbox.tend()
    assert bench.row(note)["state"] == state
    outbox.tend()
    assert len(bench.sender.sent) == 1


def test_a_result_whose_commit_was_not_heard_of_is_not_recorded_twice(bench: Bench) -> None:
    store = DeafStore(bench.engine())
    outbox = bench.outbox(store)
    note = bench.outbox().save(draft()).note
    bench.sender.answers.append(OutcomeUnknown("it broke off"))
    assert deliver(outbox, note).state is State.UNKNOWN
    assert bench.outbox().decide(note.reference, Decision.THERE)
    outbox.tend()
    assert bench.row(note)["state"] == State.POSTED
    assert bench.row(note)["decision"] == "there"


def on_disk(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir() if file.name.startswith(path.name))


@pytest.mark.parametrize("words", [3, 500])
def test_what_is_erased_is_nowhere_in_the_files(on_sqlite: Bench, sqlite_path: Path, words: int) -> None:
    chance = random.Random(11)  # noqa: S311 (no secret)
    outbox = on_sqlite.outbox(randomness=chance)
    kept: set[str] = set()
    erased: set[str] = set()
    for number in range(40):
        secret, text = f"<{chance.getrandbits(64):x}>", " lorem" * chance.randrange(words)
        note = saved(outbox, text=f"{secret}{text}", view_id=f"V{number}")
        why, answer = f"why{secret}", chance.choice([None, None, Refused, OutcomeUnknown, Unavailable])
        on_sqlite.sender.answers.append(answer(why) if answer else None)
        assert secret.encode() in on_disk(sqlite_path)
        note = deliver(outbox, note)
        if tell := note.state is not State.QUEUED and chance.random() < 0.7:
            outbox.told(note)
        if note.state is State.UNKNOWN and chance.random() < 0.5:
            note = outbox.decide(note.reference, Decision.THERE) or note
        gone = note.state is State.POSTED or (note.state is State.REFUSED and tell)
        (erased if gone else kept).add(secret)
    outbox.purge(90 * 86_400)
    files = on_disk(sqlite_path)
    assert len(on_sqlite.rows()) == 40
    assert len(erased) > 15
    assert len(kept) > 5
    assert {secret for secret in erased if secret.encode() in files} == set()
    assert {secret for secret in kept if secret.encode() not in files} == set()
