"""Chromium, and the demo page in it, used the way a person uses Slack."""

from __future__ import annotations

import re
import shutil
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Playwright,
    Request,
    Response,
    expect,
)

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_HERE = "127.0.0.1"

# Run in every document before its own scripts: keeps what is only seen from inside.
_WATCH_INSIDE = """
window.watched = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.watched.push(`content security policy: ${event.violatedDirective} ${event.blockedURI}`));
new MutationObserver(() => {
  for (const box of document.querySelectorAll(".unknown")) window.watched.push(box.textContent);
}).observe(document, { childList: true, subtree: true });
"""


def find_chromium() -> str | None:
    """Return the path of an installed Chromium, or None."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def launch(playwright: Playwright, path: str) -> Browser:
    """Start Chromium without a window. It reaches nothing but this machine."""
    return playwright.chromium.launch(
        executable_path=path,
        args=[
            # In a container there is seldom a sandbox to be had, and the only page opened is the project's own.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {_HERE}",
        ],
    )


class Watch:
    """Writes down what may not happen in a browser context, whatever the test is about."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._seen: list[str] = []
        context.add_init_script(_WATCH_INSIDE)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._note(f"page error: {error.error}"))
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("dialog", self._on_dialog)

    def take(self) -> list[str]:
        """Return what was seen since the last time, without repetitions."""
        inside = [line for page in self._context.pages for line in page.evaluate("window.watched.splice(0)")]
        seen, self._seen = self._seen, []
        return list(dict.fromkeys(seen + inside))

    def _note(self, line: str) -> None:
        self._seen.append(line)

    def _on_console(self, message: ConsoleMessage) -> None:
        address = str(message.location["url"])
        # Chromium asks the server of an opened attachment for an icon; the page names its own.
        if message.type in {"error", "warning"} and urlsplit(address).path != "/favicon.ico":
            self._note(f"console: {message.text} {address}")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.hostname != _HERE:
            self._note(f"request to {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"HTTP {response.status} from {response.url}")

    def _on_dialog(self, dialog: Dialog) -> None:
        self._note(f"dialog: {dialog.message}")
        dialog.dismiss()


class Client:
    """One person in front of the page. What it returns are locators: they look again at each use."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.watch = Watch(page.context)
        self.composer = page.get_by_role("combobox", name=re.compile("^Message "))
        self.messages = page.locator(".message")
        self.answers = page.locator(".message.ephemeral").filter(has_not_text="Internal note added to")
        self.modal = page.get_by_role("dialog")
        self.panel = page.get_by_role("complementary", name="LeadSquared (stand-in)")
        self.panel_button = page.get_by_role("button", name="LeadSquared (stand-in)")

    @property
    def answer(self) -> Locator:
        """The newest message that only this person sees."""
        return self.answers.last

    def open(self, url: str) -> None:
        """Open the page, and wait for its messages."""
        self.page.goto(url)
        self.messages.first.wait_for()

    def command(self, text: str) -> None:
        """Type into the composer and press Enter."""
        self.composer.press_sequentially(text)
        self.composer.press("Enter")

    def ticket(self, number: int) -> Locator:
        """Ask for a ticket, and return its first page once it is there."""
        self.command(f"/ticket {number}")
        expect(self.heading).to_have_text(f"Ticket #{number}")
        return self.answer

    @property
    def heading(self) -> Locator:
        """The heading of the newest answer."""
        return self.answer.get_by_role("heading")

    def button(self, name: str) -> Locator:
        """A button of the newest answer."""
        return self.answer.get_by_role("button", name=name, exact=True)

    def go_to(self, channel: str) -> None:
        """Open another channel from the sidebar."""
        self.page.get_by_role("navigation").get_by_role("button", name=channel).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(channel)

    def shortcut(self, message: str, name: str) -> None:
        """Open the ⋯ menu of the message that holds these words, and choose a shortcut."""
        row = self.messages.filter(has_text=message)
        row.hover()
        row.get_by_role("button", name="More actions").click()
        self.page.get_by_role("menuitem", name=name).click()

    def submit(self, name: str) -> None:
        """Press the submit button of the open modal."""
        self.modal.get_by_role("button", name=name, exact=True).click()

    def write_note(self, text: str) -> None:
        """Add a note to the ticket of the newest answer, and wait for the receipt."""
        self.button("Add note").click()
        self.modal.get_by_label("Note", exact=True).fill(text)
        self.submit("Add note")
        expect(self.modal.get_by_role("heading")).to_have_text("Internal note added")

    def focused(self) -> str:
        """Name what has the focus: its label, else its words."""
        return str(
            self.page.evaluate(
                "(node => node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent ?? node.textContent)"
                "(document.activeElement)"
            )
        ).strip()

    def tab_to(self, name: str, *, back: bool = False) -> None:
        """Press Tab, or Shift and Tab, until that has the focus. Fails after twenty."""
        for _ in range(20):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if self.focused() == name:
                return
        raise AssertionError(f"Tab does not lead to {name}")
