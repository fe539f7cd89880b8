"""The same bot over Socket Mode, and over a connection that breaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Running
from tests.e2e.test_command import words_of
from tests.e2e.test_notes import form, shown, unsigned


@pytest.fixture
def connected(start: Callable[..., Running]) -> Running:
    running = start(socket_mode=True)
    running.slack.wait(lambda: running.slack.sockets == 1)
    return running


def test_a_conversation_and_a_note_go_through_a_websocket(connected: Running) -> None:
    interaction = connected.slack.slash("/ticket 143")
    assert interaction.error is None
    assert "Ticket #143" in words_of(interaction.message())

    view = form(connected)
    assert connected.slack.submit(view.id, {"note": " "}).errors == {
        "note": "The note is empty. Write what your team should read."
    }
    connected.slack.submit(view.id, {"note": "Over a socket"})
    shown(connected, view, "Internal note added")
    assert [unsigned(note.text)[0] for note in connected.leadsquared.notes] == ["Over a socket"]


@pytest.mark.parametrize("politely", [False, True])
def test_after_the_connection_is_gone_a_new_one_takes_over(connected: Running, *, politely: bool) -> None:
    first = connected.slack.slash("/ticket 143").message()
    opened = sum(call.method == "apps.connections.open" for call in connected.slack.calls)
    if politely:
        connected.slack.send_disconnect()
    else:
        connected.slack.drop_sockets()
    connected.slack.wait(
        lambda: (
            sum(call.method == "apps.connections.open" for call in connected.slack.calls) > opened
            and connected.slack.sockets == 1
        ),
        timeout=30,
    )
    view = connected.slack.click(first, "ticket_add_note").opened()
    connected.slack.submit(view.id, {"note": "After the break"})
    shown(connected, view, "Internal note added")
    assert len(connected.leadsquared.notes) == 1
    assert "Ticket #34" in words_of(connected.slack.slash("/ticket 34").message())
