"""What can go wrong with a LeadSquared call.

    LeadSquaredError
    ├── Unauthorized      the keys are wrong, the API is off, or this address is not on the allow list
    ├── NotFound          no such API address: wrong host, wrong account number
    ├── Refused           LeadSquared understood and said no; see `before_writing`
    ├── RateLimited       too many calls for now, ours or someone else's on the account
    ├── Unavailable       no answer, or none that makes sense; nothing was written
    │   └── Uncounted     not called: the database that counts the calls cannot be used
    └── OutcomeUnknown    the note left, and no good answer came: it may or may not have been written

Of a note, `bot.leadsquared.client` raises OutcomeUnknown wherever it may have been written: with any other of these
it was not.
"""

from __future__ import annotations


class LeadSquaredError(Exception):
    """A call failed. `detail` is LeadSquared's own words or the cause: data to show as it is, never markup.

    It is not the exception's message: LeadSquared may repeat what people wrote, and messages go astray.
    """

    def __init__(self, detail: str = "") -> None:
        super().__init__()
        self.detail = detail


class Unauthorized(LeadSquaredError):
    """HTTP 401, or 403 without a rate limit in it."""


class NotFound(LeadSquaredError):
    """HTTP 404: the API's documentation says the path is wrong. It says nothing of a ticket."""


class Refused(LeadSquaredError):
    """HTTP 400, or an error body, whatever the status around it.

    `before_writing` is false for an exception that may also come after a note was written, or that nobody knows.
    """

    def __init__(self, detail: str = "", *, before_writing: bool = True) -> None:
        super().__init__(detail)
        self.before_writing = before_writing


class RateLimited(LeadSquaredError):
    """HTTP 429, or a rate limit told inside HTTP 200, 403 or 500. `seconds` is the window it named."""

    def __init__(self, detail: str = "", seconds: float = 5.0) -> None:
        super().__init__(detail)
        self.seconds = seconds


class Unavailable(LeadSquaredError):
    """No connection, no answer in time, a server error, or an answer that is not what the API documents."""


class Uncounted(Unavailable):
    """The database in which several processes count their calls cannot be used, so none may be made."""


class OutcomeUnknown(LeadSquaredError):
    """A note was sent and its fate cannot be told. Sending it again could double it."""


def named(name: str, detail: str) -> LeadSquaredError | None:
    """Make an error again from the name of its class, as it was kept; None for a name that is none of these."""
    kinds: dict[str, type[LeadSquaredError]] = {
        kind.__name__: kind for kind in (*LeadSquaredError.__subclasses__(), Uncounted)
    }
    return kinds[name](detail) if name in kinds else None
