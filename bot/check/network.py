"""Why a server cannot be reached, told from the error that its call raised."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from bot.check.finding import Kind, State


@dataclass(frozen=True)
class Unreachable:
    """The findings for a server that does not answer."""

    no_name: Kind
    proxy: Kind
    certificate: Kind
    no_tls: Kind
    closed: Kind
    silent: Kind
    broken: Kind

    def of(self, error: BaseException) -> Kind:
        """Return the finding for an error of `requests`, or one that has it as its cause."""
        # A proxy's failure has one of the others below it.
        causes: tuple[tuple[type[BaseException], Kind], ...] = (
            (requests.exceptions.ProxyError, self.proxy),
            (socket.gaierror, self.no_name),
            (ssl.SSLCertVerificationError, self.certificate),
            (ssl.SSLError, self.no_tls),
            (requests.Timeout, self.silent),
            (TimeoutError, self.silent),
            (ConnectionRefusedError, self.closed),
        )
        chain = list(_chain(error))
        return next((kind for cause, kind in causes if any(isinstance(link, cause) for link in chain)), self.broken)


def unreachable(what: str, server: str, setting: str) -> Unreachable:
    """Make the findings in the line `what` for a `server` whose address is a setting."""

    def kind(words: str, mend: str) -> Kind:
        return Kind(what, State.FAULT, f"{server} cannot be reached: {words}.", mend)

    return Unreachable(
        no_name=kind(
            f"no host of the name in {setting} is known here",
            f"Look for a slip in {setting}. If there is none, this machine's DNS does not work.",
        ),
        proxy=kind(
            "the proxy that HTTPS_PROXY names does not let it through",
            "Correct HTTPS_PROXY, let the proxy allow the host, or name the host in NO_PROXY.",
        ),
        certificate=kind(
            "its certificate is not trusted here",
            "If a proxy on the way opens TLS, name its certificate in REQUESTS_CA_BUNDLE. Else see that the clock and "
            f"the machine's certificates are up to date, and look at {setting}.",
        ),
        no_tls=kind(
            "it does not speak TLS as it should",
            f"Look at host and port in {setting}. A proxy or firewall on the way may break TLS.",
        ),
        closed=kind(
            "the connection is refused",
            f"Look at host and port in {setting}. A firewall may be in the way.",
        ),
        silent=kind(
            "it does not answer in time",
            "Let the firewall allow calls to it from this machine. If it allows them, try again in some minutes.",
        ),
        broken=kind(
            "the connection breaks before the answer is there",
            "Try again in some minutes. If it stays so, a proxy or firewall on the way breaks the connection.",
        ),
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
