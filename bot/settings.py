"""Settings from the environment and a .env file: read once, checked whole, frozen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.leadsquared.storage import DOCUMENTED_HOST, is_host_pattern

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Secret:
    """A value that is never printed: `str`, `repr` and formatting show `<secret>`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself. Never pass it to a log or a message."""
        return self._value

    def __repr__(self) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class SettingsError(Exception):
    """Some settings are missing or wrong. The message names every one of them, never a secret's value."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"{len(faults)} setting(s) missing or wrong:\n{lines}\nSee .env.example for every setting.")


@dataclass(frozen=True)
class Spec:
    """One setting as an admin meets it: its name, what it is for, and how its text is read.

    `default` is None for a setting that must be given, and "" for one that may stay unset (read as None).
    `read` raises ValueError with what is wrong, in words that do not repeat the value.
    """

    name: str
    purpose: str
    read: Callable[[str], Any]
    default: str | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the bot; see `SPECS` for what each one is for."""

    slack_bot_token: Secret
    slack_signing_secret: Secret | None
    slack_app_token: Secret | None
    slack_api_url: str
    leadsquared_api_url: str
    leadsquared_org_id: int
    leadsquared_access_key: Secret
    leadsquared_secret_key: Secret
    leadsquared_ticket_url: str | None
    leadsquared_calls_per_5s: int
    leadsquared_note_max_chars: int
    attachment_hosts: tuple[str, ...]
    cache_seconds: int
    socket_mode_give_up_seconds: int
    host: str
    port: int
    log_level: str
    metrics_port: int | None
    metrics_host: str
    lane_reads: int
    lane_hits: int
    lane_notes: int
    lane_slack: int
    database_url: Secret
    note_retention_days: int
    audit_retention_days: int
    allow_guests: bool
    allowed_usergroups: tuple[str, ...] | None
    note_usergroups: tuple[str, ...] | None
    allowed_channels: tuple[str, ...] | None
    private_in_shared_channels: bool
    share_in_org_channels: bool
    access_cache_seconds: int

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read every setting from `env` (names to texts). Raises SettingsError that names all faults at once."""
        values: dict[str, Any] = {}
        faults: list[str] = []
        for spec in SPECS:
            try:
                values[spec.name.lower()] = _value(spec, env)
            except SettingsError as error:
                faults += error.faults
        faults += _faults_between(env)
        if faults:
            raise SettingsError(faults)
        return cls(**values)


def read_one(name: str, env: Mapping[str, str]) -> Any:
    """Read one setting from `env`, for what needs no other. Raises SettingsError."""
    return _value(next(spec for spec in SPECS if spec.name == name), env)


def load_env(environ: Mapping[str, str], dotenv: Path) -> dict[str, str]:
    """Return the .env file's settings with those of the environment over them. The file need not exist.

    Nothing is interpolated: a LeadSquared key contains a literal `$`, and `$` means nothing else here.
    Raises SettingsError for a file that cannot be read or is not UTF-8.
    """
    try:
        # Some editors put a byte order mark first; it would become part of the first name.
        values = dotenv_values(dotenv, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"cannot be read: {error.strerror}"
        raise SettingsError([f"the file {dotenv} {why}"]) from None
    return {name: value for name, value in values.items() if value is not None} | dict(environ)


def _value(spec: Spec, env: Mapping[str, str]) -> Any:
    text = env.get(spec.name, "").strip() or spec.default
    if text is None:
        raise SettingsError([f"{spec.name} is missing: {spec.purpose}"])
    if text == "":
        return None
    try:
        return spec.read(text)
    except ValueError as error:
        raise SettingsError([f"{spec.name} is wrong: {error}. It is {_lower_first(spec.purpose)}"]) from None


def _faults_between(env: Mapping[str, str]) -> list[str]:
    faults = []
    if not env.get("SLACK_APP_TOKEN", "").strip() and not env.get("SLACK_SIGNING_SECRET", "").strip():
        faults.append(
            "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing: the first for Socket Mode, the second for HTTP"
        )
    # Bolt reads these two by itself, empty ones too, turns to OAuth and ignores the bot token.
    if "SLACK_CLIENT_ID" in env and "SLACK_CLIENT_SECRET" in env:
        faults.append("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET must not be set: the bot uses SLACK_BOT_TOKEN instead")
    return faults


def _lower_first(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _secret(prefix: str = "") -> Callable[[str], Secret]:
    def read(text: str) -> Secret:
        if text[0] == text[-1] and text[0] in "'\"`":
            raise ValueError("it should be without the quotes around it; they belong in a .env file only")
        # It travels in a header, and an error about a header that cannot be sent would quote it.
        if not re.fullmatch(r"[!-~]+", text):
            raise ValueError("it should have no spaces and no characters but ASCII letters, digits and signs")
        if not text.startswith(prefix):
            raise ValueError(f"it should start with {prefix}")
        return Secret(text)

    return read


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise ValueError(f"it should be a whole number from {low:,} to {high:,}")
        return int(text)

    return read


def _yes_or_no(text: str) -> bool:
    if text.lower() not in {"yes", "no"}:
        raise ValueError("it should be yes or no")
    return text.lower() == "yes"


def _ids(what: str, shape: str, example: str) -> Callable[[str], tuple[str, ...]]:
    """Read ids with commas between them. Names can be given to something else; ids cannot."""

    def read(text: str) -> tuple[str, ...]:
        ids = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        if not ids or not all(re.fullmatch(shape, each) for each in ids):
            raise ValueError(f"it should be ids of {what}, not names, with commas between them, like {example}")
        return ids

    return read


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        well_formed = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or re.search(r"[\s?#@\\]", text):
        raise ValueError("it should be an address such as https://host/path")
    # Keys and tokens travel in the headers: only a stand-in on this machine may be called without TLS.
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("it should start with https://")
    return text.rstrip("/")


def _slack_address(text: str) -> str:
    return _address(text) + "/"  # slack_sdk joins method names to it as it stands


def _ticket_url(text: str) -> str:
    if not re.match(r"https://[^/{]+/", text) or text.count("{ticket_id}") != 1:
        raise ValueError("it should be an https:// address that contains {ticket_id} once")
    if re.search(r"[{}\s<>|]", text.replace("{ticket_id}", "")):
        raise ValueError("it should contain no braces but those of {ticket_id}, no spaces and none of < > |")
    return text


def _database(text: str) -> Secret:
    """Read a database's address, and name the driver in it that the bot uses."""
    # Heroku and others write the old name.
    scheme, separator, rest = text.partition("://")
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"} and separator:
        text = f"postgresql+psycopg://{rest}"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValueError("it should be like sqlite:///ticketbot.db or postgresql://user:password@host/name")
    # The rest of a password with an @ in it would be taken for the host, and told when that is not found.
    if "@" in (url.host or ""):
        raise ValueError("an @ in the user or password should be written %40")
    if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        raise ValueError("it should name a file: what is kept in memory does not outlive the process")
    return Secret(text)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in text.split(",") if host.strip())
    if not hosts or not all(map(is_host_pattern, hosts)):
        raise ValueError("it should be hosts such as files.example.com or *.example.com, with commas between")
    return hosts


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"it should be one of {', '.join(LOG_LEVELS)}")
    return text.upper()


SPECS = (
    Spec("SLACK_BOT_TOKEN", "The app's bot token (xoxb-…), from OAuth & Permissions", _secret("xoxb-"), secret=True),
    Spec("SLACK_APP_TOKEN", "The app-level token (xapp-…) for Socket Mode", _secret("xapp-"), "", secret=True),
    Spec("SLACK_SIGNING_SECRET", "The signing secret, for HTTP instead of Socket Mode", _secret(), "", secret=True),
    Spec("SLACK_API_URL", "Where Slack's Web API is", _slack_address, "https://slack.com/api/"),
    Spec(
        "LEADSQUARED_API_URL",
        "The API host of the account's region; ask LeadSquared which one is yours",
        _address,
        "https://apigw.service-in.leadsquared.com",
    ),
    Spec("LEADSQUARED_ORG_ID", "The account number, shown under the profile icon", _whole(1, 2**31 - 1)),
    Spec("LEADSQUARED_ACCESS_KEY", "The access key of the user the bot acts as", _secret(), secret=True),
    Spec("LEADSQUARED_SECRET_KEY", "The secret key of the same user", _secret(), secret=True),
    Spec("LEADSQUARED_TICKET_URL", "The ticket page's address with {ticket_id} in it, for links", _ticket_url, ""),
    Spec("LEADSQUARED_CALLS_PER_5S", "The most calls in any 5 seconds, for the whole account", _whole(1, 1000), "25"),
    Spec(
        "LEADSQUARED_NOTE_MAX_CHARS",
        "The longest note to send, the line that names its author included",
        _whole(400, 100_000),
        "3000",
    ),
    Spec(
        "ATTACHMENT_HOSTS",
        "The hosts that LeadSquared keeps attachments on, with commas between, *. for all below one; "
        "no other is linked to",
        _hosts,
        DOCUMENTED_HOST,
    ),
    Spec("CACHE_SECONDS", "How long a fetched conversation is shown without fetching it again", _whole(0, 3000), "60"),
    Spec(
        "SOCKET_MODE_GIVE_UP_SECONDS",
        "How long Socket Mode may be without a connection before the process ends, to be started again",
        _whole(10, 86_400),
        "120",
    ),
    Spec("HOST", "The address to listen on, for HTTP", str, "127.0.0.1"),
    Spec("PORT", "The port to listen on, for HTTP", _whole(0, 65535), "3000"),
    Spec("LOG_LEVEL", "How much is logged", _level, "INFO"),
    Spec("METRICS_PORT", "The port for numbers and health; needs the extra [metrics]", _whole(0, 65535), ""),
    Spec("METRICS_HOST", "The address to listen on for numbers and health", str, "127.0.0.1"),
    # Fewer than the 25 calls that may be under way, and places would stand idle while people wait. The client keeps 32
    # connections to LeadSquared: with more threads, some would open one for each call.
    Spec(
        "LANE_READS",
        "How many tickets are fetched at once: no fewer than LEADSQUARED_CALLS_PER_5S, or calls are left unused",
        _whole(1, 32),
        "32",
    ),
    Spec(
        "LANE_HITS",
        "How many kept conversations are sent to Slack at once, and how many of those fetched: raise it where "
        "ticketbot_lane_waiting shows a queue",
        _whole(1, 64),
        "4",
    ),
    Spec("LANE_NOTES", "How many notes are sent at once; no note waits behind tickets", _whole(1, 32), "4"),
    Spec(
        "LANE_SLACK",
        "How many modals are opened and short answers given at once: a modal must open within 3 seconds of the click",
        _whole(1, 64),
        "8",
    ),
    Spec(
        "DATABASE_URL",
        "Where notes are kept until they are sent: sqlite:///file, or postgresql://user:password@host/name",
        _database,
        "sqlite:///ticketbot.db",
        secret=True,
    ),
    Spec(
        "NOTE_RETENTION_DAYS",
        "How long it is kept who added a note to which ticket; its text is erased once it is posted",
        _whole(1, 3650),
        "90",
    ),
    Spec(
        "AUDIT_RETENTION_DAYS",
        "How long it is kept who looked at, shared or wrote on which ticket",
        _whole(1, 3650),
        "365",
    ),
    Spec("ALLOW_GUESTS", "Whether guests of the workspace may use the bot: yes or no", _yes_or_no, "no"),
    Spec(
        "ALLOWED_USERGROUPS",
        "The user groups that may use the bot, by id; needs the scope usergroups:read",
        _ids("user groups", r"S[A-Z0-9]{2,20}", "S0123ABCD,S0456EFGH"),
        "",
    ),
    Spec(
        "NOTE_USERGROUPS",
        "The user groups that may add notes, by id; who is in one must also be allowed to use the bot",
        _ids("user groups", r"S[A-Z0-9]{2,20}", "S0123ABCD,S0456EFGH"),
        "",
    ),
    Spec(
        "ALLOWED_CHANNELS",
        "The channels where the bot may be used, by id",
        _ids("channels", r"[CGD][A-Z0-9]{2,20}", "C0123ABCD,C0456EFGH"),
        "",
    ),
    Spec(
        "PRIVATE_IN_SHARED_CHANNELS",
        "Whether private answers are given in channels shared with another organisation: yes or no",
        _yes_or_no,
        "yes",
    ),
    Spec(
        "SHARE_IN_ORG_CHANNELS",
        "Whether tickets may be shared in channels that workspaces of one organisation share: yes or no",
        _yes_or_no,
        "no",
    ),
    Spec(
        "ACCESS_CACHE_SECONDS",
        "How long the bot goes by what Slack said of people's rights before it asks again",
        _whole(30, 3600),
        "300",
    ),
)
