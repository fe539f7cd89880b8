"""Draws the README's pictures: `python -m tests.page.pictures` runs the demo's parts and photographs the page."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import ViewportSize, expect, sync_playwright

from tests.conftest import Starter
from tests.page.client import Client, find_chromium, launch

FOLDER = Path(__file__).parent / "pictures"
_NOTE = "Student card checked: it is Meera's.\nNew address meera.j@example.com entered, class links sent again."


def main(folder: Path = FOLDER) -> int:
    """Write the pictures that README shows. Returns the exit code: 2 where there is no Chromium."""
    path = find_chromium()
    if path is None:
        print("The pictures need Chromium, and none is installed.", file=sys.stderr)  # noqa: T201 (a command's output)
        return 2
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack, sync_playwright() as playwright:
        running = Starter(stack)()
        browser = launch(playwright, path)
        zone = _zone_of_late_morning(datetime.now(UTC))
        context = browser.new_context(viewport=_size(), locale="en-US", timezone_id=zone)
        client = Client(context.new_page())
        client.open(f"{running.slack.url}/?theme=light")
        take_pictures(client, folder)
        problems = client.watch.take()
        browser.close()
    print(*problems, sep="\n", end="", file=sys.stderr)  # noqa: T201 (as above)
    return 1 if problems else 0


def take_pictures(client: Client, folder: Path) -> None:
    """Ask for a ticket, add a note and share, with a picture of each step. `client` has just opened the page."""
    answer = client.ticket(143)
    _fit(client)
    client.page.screenshot(path=folder / "ticket.png")

    client.page.set_viewport_size(_size())
    client.button("Add note").click()
    client.modal.get_by_label("Note", exact=True).fill(_NOTE)
    client.page.screenshot(path=folder / "note.png", caret="hide")

    client.submit("Add note")
    expect(client.modal.get_by_role("heading")).to_have_text("Internal note added")
    client.modal.get_by_role("button", name="Close").last.click()
    client.panel_button.click()
    expect(client.panel.get_by_role("listitem")).to_have_count(1)
    client.page.mouse.move(0, 0)
    answer.evaluate("row => row.scrollIntoView()")
    client.page.screenshot(path=folder / "note-arrived.png")

    client.page.set_viewport_size(_size(taller=150))
    client.button("Share…").click()
    expect(client.modal).to_contain_text("Just this will be posted.")
    client.page.screenshot(path=folder / "share.png")


def _fit(client: Client) -> None:
    """Make the window just so high that the whole answer is seen, and the message before it."""
    more = client.answer.evaluate(
        """row => {
          const scroller = document.getElementById("scroller");
          const below = scroller.getBoundingClientRect().top + scroller.scrollHeight - scroller.scrollTop;
          return below - row.previousElementSibling.getBoundingClientRect().top - scroller.clientHeight;
        }"""
    )
    client.page.set_viewport_size(_size(taller=round(more)))
    client.page.get_by_role("region", name="Messages").evaluate("node => { node.scrollTop = node.scrollHeight; }")


def _size(taller: int = 0) -> ViewportSize:
    return {"width": 1200, "height": 800 + taller}


def _zone_of_late_morning(now: datetime) -> str:
    """Name the zone where it is eleven o'clock, so that the team's talk of morning and afternoon is true."""
    east = 11 - now.hour
    # The sign in these names is that of the way to Greenwich.
    return f"Etc/GMT{-east:+d}"


if __name__ == "__main__":
    sys.exit(main())
