"""Each thing that can be wrong, made wrong in stand-ins: the line that names it, and no other line at fault."""

from __future__ import annotations

import re
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from bot.check import leadsquared, run, scopes, settings, slack, slack_clock, store, versions, way_in
from bot.check import manifest as manifest_check
from bot.check.finding import Finding, Kind, State
from bot.check.parts import Parts
from bot.checkup import parts_of_env
from bot.database import open_database, upgrade
from bot.leadsquared.budget import CallBudget, LocalPlaces
from bot.leadsquared.client import LeadSquaredClient
from bot.leadsquared.errors import Uncounted
from bot.manifest import load_manifest
from bot.sandbox.faults import OTHER_HOST, Fault
from bot.sandbox.http import LoopbackServer, Request, Response
from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.slack import Slack
from bot.sandbox.stage import ACCESS_KEY, APP_TOKEN, BOT_TOKEN, ORG_ID, SECRET_KEY, SIGNING_SECRET, Stage
from tests.check.catalogue import LINES, kinds

SECRETS = (ACCESS_KEY, SECRET_KEY, BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, "made-up")
MB = 1_000_000


@dataclass
class World:
    """The stand-ins, the settings that point at them, and what is changed of the parts made from these."""

    stage: Stage
    folder: Path
    request: pytest.FixtureRequest
    monkeypatch: pytest.MonkeyPatch
    stack: ExitStack
    env: dict[str, str]
    changes: dict[str, Any] = field(default_factory=dict)

    def parts(self, seconds: int = 10) -> Parts:
        return replace(parts_of_env(self.env, seconds=seconds), **self.changes)

    def slack(self, **options: Any) -> Slack:
        """Put another Slack in the place of the stage's."""
        values = {
            "signing_secret": SIGNING_SECRET,
            "bot_token": BOT_TOKEN,
            "app_token": APP_TOKEN,
            "manifest": load_manifest(),
        }
        other = self.stack.enter_context(Slack(**values | options))
        self.env["SLACK_API_URL"] = other.api_url
        return other

    def leadsquared(self, **options: Any) -> LeadSquared:
        """Put another LeadSquared in the place of the stage's."""
        values: dict[str, Any] = {"org_id": ORG_ID, "access_key": ACCESS_KEY, "secret_key": SECRET_KEY, "tickets": {}}
        other = self.stack.enter_context(LeadSquared(**values | options))
        self.env["LEADSQUARED_API_URL"] = other.url
        return other

    def serve(self, handler: Callable[[Request], Response | None], tls: ssl.SSLContext | None = None) -> str:
        return self.stack.enter_context(LoopbackServer(handler, tls=tls)).url

    def sqlite(self) -> Path:
        """Make the database as a bot does at its start."""
        path = self.folder / "notes.db"
        self.env["DATABASE_URL"] = f"sqlite:///{path}"
        database = open_database(self.env["DATABASE_URL"])
        upgrade(database)
        database.dispose()
        return path

    def postgres(self) -> str:
        address: str = self.request.getfixturevalue("postgres")
        self.env["DATABASE_URL"] = address
        return address

    def sql(self, *statements: str) -> None:
        database = open_database(self.env["DATABASE_URL"])
        with database.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        database.dispose()


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with ExitStack() as stack:
        stage = stack.enter_context(Stage())
        yield World(stage, tmp_path, request, monkeypatch, stack, stage.env(socket_mode=True))


Break = Callable[[World], object]


def env(**values: str) -> Break:
    return lambda world: world.env.update(values)


def unset(*names: str) -> Break:
    def change(world: World) -> None:
        for name in names:
            del world.env[name]

    return change


def http_mode(world: World) -> None:
    del world.env["SLACK_APP_TOKEN"]
    world.env["SLACK_SIGNING_SECRET"] = SIGNING_SECRET


def slack_fails(method: str, **how: Any) -> Break:
    return lambda world: world.stage.slack.fail(method, **how)


def leadsquared_fails(fault: Fault) -> Break:
    return lambda world: world.stage.leadsquared.fail(fault)


def at(setting: str, address: Callable[[World], str]) -> Break:
    return lambda world: world.env.update({setting: address(world)})


def closed(_: World) -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def plain_server(world: World) -> str:
    """An address that promises TLS, where none is spoken."""
    return world.serve(lambda _: Response.of_json({})).replace("http", "https")


def self_signed(world: World) -> str:
    """An address with a certificate that nobody has signed."""
    key, certificate = world.folder / "key.pem", world.folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    except FileNotFoundError:
        pytest.skip("openssl, which makes the certificate, is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return world.serve(lambda _: Response.of_json({}), tls=context)


def no_such_name(world: World) -> str:
    resolve = socket.getaddrinfo

    def offline(host: Any, *args: Any, **more: Any) -> Any:
        if host == "nobody.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *args, **more)

    world.monkeypatch.setattr(socket, "getaddrinfo", offline)
    return "https://nobody.invalid"


def behind_a_closed_proxy(world: World) -> str:
    world.monkeypatch.setenv("HTTPS_PROXY", closed(world))
    world.monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return "https://host.example.com"


def silent(world: World) -> str:
    ended = threading.Event()
    world.stack.callback(ended.set)

    def wait(_: Request) -> None:
        ended.wait(30)

    return world.serve(wait)


def hangs_up(world: World) -> str:
    return world.serve(lambda _: None)


def page(world: World) -> str:
    return world.serve(lambda _: Response(200, b"<html>Welcome</html>", {"Content-Type": "text/html"}))


def answers(status: int, body: Mapping[str, Any] | None = None) -> Callable[[World], str]:
    return lambda world: world.serve(lambda _: Response.of_json(body or {}, status))


def without_scopes(*gone: str) -> Break:
    def change(world: World) -> None:
        manifest = load_manifest()
        granted = manifest["oauth_config"]["scopes"]
        granted["bot"] = [scope for scope in granted["bot"] if scope not in gone]
        world.slack(manifest=manifest)

    return change


def slack_clock_at(ahead: float) -> Break:
    return lambda world: world.slack(clock=lambda: time.time() + ahead)


def app_token_of_another_app(world: World) -> None:
    world.env["SLACK_APP_TOKEN"] = "xapp-1-A0OTHERAPP-made-up"
    world.slack(app_token=world.env["SLACK_APP_TOKEN"])


def manifest_with(change: Callable[[dict[str, Any]], object]) -> Break:
    def alter(world: World) -> None:
        manifest = load_manifest()
        change(manifest["features"])
        world.changes["manifest"] = manifest

    return alter


def no_manifest(world: World) -> None:
    world.changes["manifest"] = None


def mangled_key(world: World) -> None:
    world.env["LEADSQUARED_ACCESS_KEY"] = ACCESS_KEY.partition("$")[0]


def lower_plan(world: World) -> None:
    world.leadsquared(calls_per_window=10).fail(Fault.RATE_LIMITED_429)


def own_calls_used_up(world: World) -> None:
    places = LocalPlaces(1)
    places.take()
    client = LeadSquaredClient(
        api_url=world.stage.leadsquared.url,
        org_id=ORG_ID,
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        budget=CallBudget(places, 1),
    )
    world.stack.callback(client.close)
    world.changes["look"] = lambda: client.look(patience=0)


def refused_at(address: str) -> Break:
    """LeadSquared refuses the keys, at a host that no test may call."""

    def change(world: World) -> None:
        world.env["LEADSQUARED_SECRET_KEY"] = "other"
        parts = world.parts()
        world.changes |= {"look": parts.look, "values": {**parts.values, "LEADSQUARED_API_URL": address}}

    return change


def file_at(content: bytes) -> Break:
    def make(world: World) -> None:
        path = world.folder / "notes.db"
        path.write_bytes(content)
        world.env["DATABASE_URL"] = f"sqlite:///{path}"

    return make


def held(world: World) -> None:
    holder = sqlite3.connect(world.sqlite(), isolation_level=None)
    world.stack.callback(holder.close)
    holder.execute("BEGIN IMMEDIATE")


def folder_in_its_place(world: World) -> None:
    world.env["DATABASE_URL"] = f"sqlite:///{world.folder}"


def newer_tables(world: World) -> None:
    world.sqlite()
    world.sql("UPDATE alembic_version SET version_num = '9999'")


def table_lost(world: World) -> None:
    world.sqlite()
    world.sql("DROP TABLE notes")


def free_bytes(count: int) -> Break:
    return lambda world: world.changes.update(free=lambda _: count)


def postgres_with(**changes: Any) -> Break:
    def change(world: World) -> None:
        url = make_url(world.postgres()).set(**changes)
        world.env["DATABASE_URL"] = url.render_as_string(hide_password=False)

    return change


def postgres_read_only(world: World) -> None:
    name = make_url(world.postgres()).database
    world.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")


def postgres_locked(world: World) -> None:
    database = open_database(world.postgres())
    upgrade(database)
    world.stack.callback(database.dispose)
    holder = world.stack.enter_context(database.connect())
    holder.execute(text("LOCK TABLE notes"))


def without_module(name: str) -> Break:
    return lambda world: world.monkeypatch.setitem(sys.modules, name, None)


def both(*changes: Break) -> Break:
    def change(world: World) -> None:
        for one in changes:
            one(world)

    return change


SLACK, LEADSQUARED = "SLACK_API_URL", "LEADSQUARED_API_URL"
SLACK_AWAY, LEADSQUARED_AWAY = slack.SLACK_UNREACHABLE, leadsquared.LEADSQUARED_UNREACHABLE
POSTGRES = {"DATABASE_URL": "postgresql://bot:made-up-password@127.0.0.1:1/bot"}
# What is done, and the lines that are not well then. All other lines are ok, or skipped.
CASES: dict[str, tuple[Break, tuple[Kind, ...]]] = {
    "a setting is missing": (unset("LEADSQUARED_ORG_ID"), (settings.WRONG,)),
    "a key has its quotes": (env(LEADSQUARED_SECRET_KEY="'made-up'"), (settings.WRONG,)),
    "a key has a space": (env(LEADSQUARED_ACCESS_KEY="u$r made up"), (settings.WRONG,)),
    "the bot token is a user's": (env(SLACK_BOT_TOKEN="xoxp-made-up"), (settings.WRONG,)),
    "a number is none": (env(LEADSQUARED_CALLS_PER_5S="many"), (settings.WRONG,)),
    "the database's address is none": (env(DATABASE_URL="notes.db"), (settings.WRONG,)),
    "Slack's address is none": (env(SLACK_API_URL="slack"), (settings.WRONG,)),
    "a name is misspelt": (
        both(unset("LEADSQUARED_TICKET_URL"), env(LEADSQUARED_TICKETS_URL="https://x.example.com/{ticket_id}")),
        (settings.MISSPELT,),
    ),
    "a shell has eaten the $": (mangled_key, (settings.NO_DOLLAR, leadsquared.KEY_EATEN)),
    "$ is doubled": (
        env(LEADSQUARED_ACCESS_KEY=ACCESS_KEY.replace("$", "$$")),
        (settings.ESCAPED, leadsquared.KEYS_REFUSED),
    ),
    "a key is another variable's name": (
        env(LEADSQUARED_SECRET_KEY="${LSQ_SECRET}"),
        (settings.REFERENCE, leadsquared.KEYS_REFUSED),
    ),
    "both keys are one": (env(LEADSQUARED_SECRET_KEY=ACCESS_KEY), (settings.SAME_KEYS, leadsquared.KEYS_REFUSED)),
    "the bot token is not known": (env(SLACK_BOT_TOKEN="xoxb-other"), (slack.TOKEN_UNKNOWN,)),
    "token_revoked": (slack_fails("auth.test", error="token_revoked"), (slack.TOKEN_GONE,)),
    "account_inactive": (slack_fails("auth.test", error="account_inactive"), (slack.TOKEN_INACTIVE,)),
    "token_expired": (slack_fails("auth.test", error="token_expired"), (slack.TOKEN_EXPIRED,)),
    "not_allowed_token_type": (
        slack_fails("auth.test", error="not_allowed_token_type"),
        (slack.TOKEN_OF_ANOTHER_KIND,),
    ),
    "another workspace": (slack_fails("auth.test", error="team_access_not_granted"), (slack.TOKEN_NOT_LET_IN,)),
    "a refusal that nobody knows": (slack_fails("auth.test", error="made_up_error"), (slack.TOKEN_REFUSED,)),
    "Slack has too many calls": (slack_fails("auth.test", error="ratelimited"), (slack.SLACK_TROUBLE,)),
    "Slack has trouble": (slack_fails("auth.test", status=503), (slack.SLACK_TROUBLE,)),
    "Slack's address is a page's": (at(SLACK, page), (slack.NOT_SLACK,)),
    "Slack's address answers with another JSON": (at(SLACK, answers(200, {"status": "up"})), (slack.NOT_SLACK,)),
    "Slack's address is LeadSquared's": (at(SLACK, lambda w: w.stage.leadsquared.url), (slack.NOT_SLACK,)),
    "Slack: no such name": (at(SLACK, no_such_name), (SLACK_AWAY.no_name,)),
    "Slack: closed": (at(SLACK, closed), (SLACK_AWAY.closed,)),
    "Slack: no TLS": (at(SLACK, plain_server), (SLACK_AWAY.no_tls,)),
    "Slack: self-signed": (at(SLACK, self_signed), (SLACK_AWAY.certificate,)),
    "Slack: proxy": (at(SLACK, behind_a_closed_proxy), (SLACK_AWAY.proxy,)),
    "Slack: silent": (at(SLACK, silent), (SLACK_AWAY.silent,)),
    "Slack: hangs up": (at(SLACK, hangs_up), (SLACK_AWAY.broken,)),
    "a scope is missing": (without_scopes("users:read"), (scopes.SCOPES_MISSING,)),
    "an optional scope is missing": (without_scopes("users:read.email"), (scopes.SCOPES_OPTIONAL,)),
    "Slack's clock is two minutes ahead": (slack_clock_at(120), (slack_clock.CLOCK_OFF,)),
    "Slack's clock is six minutes behind": (slack_clock_at(-360), (slack_clock.CLOCK_FAR_OFF,)),
    "the app token is not known": (env(SLACK_APP_TOKEN="xapp-other"), (way_in.APP_TOKEN_REFUSED,)),
    "the app token is of another app": (app_token_of_another_app, (way_in.APP_TOKEN_OF_ANOTHER_APP,)),
    "the app token has no scope": (
        slack_fails("apps.connections.open", error="missing_scope"),
        (way_in.APP_TOKEN_SCOPE,),
    ),
    "Slack opens no socket now": (
        slack_fails("apps.connections.open", error="ratelimited"),
        (way_in.APP_TOKEN_TROUBLE,),
    ),
    "Slack breaks off when asked for a socket": (
        slack_fails("apps.connections.open", drop="before"),
        (way_in.APP_TOKEN_NO_ANSWER,),
    ),
    "the signing secret is none": (both(http_mode, env(SLACK_SIGNING_SECRET="made-up")), (way_in.SIGNING_SHAPE,)),
    "a command has no listener": (
        manifest_with(lambda features: features["slash_commands"].append({"command": "/other"})),
        (manifest_check.NO_LISTENER,),
    ),
    "a shortcut is not in the manifest": (
        manifest_with(lambda features: features["shortcuts"].pop()),
        (manifest_check.NOT_IN_MANIFEST,),
    ),
    "the manifest is missing": (no_manifest, (manifest_check.NO_MANIFEST,)),
    "the secret key is wrong": (env(LEADSQUARED_SECRET_KEY="other"), (leadsquared.KEYS_REFUSED,)),
    "the account number is wrong": (env(LEADSQUARED_ORG_ID="1"), (leadsquared.KEYS_REFUSED,)),
    "the API is off": (leadsquared_fails(Fault.API_OFF), (leadsquared.API_OFF,)),
    "the address is not listed": (leadsquared_fails(Fault.ADDRESS_REFUSED), (leadsquared.IP_NOT_LISTED,)),
    "the region is another": (leadsquared_fails(Fault.OTHER_REGION), (leadsquared.WRONG_REGION,)),
    "a refusal that names the documentation": (
        at(LEADSQUARED, answers(401, {"message": "See apidocs.leadsquared.com or ask help@leadsquared.com"})),
        (leadsquared.KEYS_REFUSED,),
    ),
    "the path is not known": (leadsquared_fails(Fault.NOT_FOUND), (leadsquared.NO_SUCH_CALL,)),
    "the address has a path": (
        at(LEADSQUARED, lambda world: f"{world.stage.leadsquared.url}/api"),
        (leadsquared.PATH_IN_ADDRESS,),
    ),
    "the host is the core API's": (refused_at("https://api-in21.leadsquared.com"), (leadsquared.WRONG_API,)),
    "the host is that of metadata": (
        refused_at("https://api.service-in.leadsquared.com"),
        (leadsquared.WRONG_API,),
    ),
    "the host is Service Cloud's": (
        refused_at("https://apigw.service-in.leadsquared.com"),
        (leadsquared.KEYS_REFUSED,),
    ),
    "the call is refused": (leadsquared_fails(Fault.BAD_REQUEST), (leadsquared.BAD_REQUEST,)),
    "the ticket is refused": (leadsquared_fails(Fault.LOGICAL_500), (leadsquared.QUESTION_REFUSED,)),
    "too many calls": (leadsquared_fails(Fault.RATE_LIMITED_403), (leadsquared.BUSY,)),
    "the plan has fewer calls": (lower_plan, (leadsquared.BUSY, leadsquared.BUDGET_OVER_PLAN)),
    "more calls than documented": (env(LEADSQUARED_CALLS_PER_5S="40"), (leadsquared.BUDGET_HIGH,)),
    "the bot's own calls are used up": (own_calls_used_up, (leadsquared.NO_CALL_FREE,)),
    "LeadSquared has trouble": (leadsquared_fails(Fault.GATEWAY_502_HTML), (leadsquared.LEADSQUARED_TROUBLE,)),
    "LeadSquared's address is a page's": (at(LEADSQUARED, page), (leadsquared.NOT_LEADSQUARED,)),
    "LeadSquared's address leads elsewhere": (at(LEADSQUARED, answers(302)), (leadsquared.NOT_LEADSQUARED,)),
    "LeadSquared answers with another JSON": (at(LEADSQUARED, answers(200)), (leadsquared.NOT_LEADSQUARED,)),
    "LeadSquared: no such name": (at(LEADSQUARED, no_such_name), (LEADSQUARED_AWAY.no_name,)),
    "LeadSquared: closed": (at(LEADSQUARED, closed), (LEADSQUARED_AWAY.closed,)),
    "LeadSquared: no TLS": (at(LEADSQUARED, plain_server), (LEADSQUARED_AWAY.no_tls,)),
    "LeadSquared: self-signed": (at(LEADSQUARED, self_signed), (LEADSQUARED_AWAY.certificate,)),
    "LeadSquared: proxy": (at(LEADSQUARED, behind_a_closed_proxy), (LEADSQUARED_AWAY.proxy,)),
    "LeadSquared: silent": (at(LEADSQUARED, silent), (LEADSQUARED_AWAY.silent,)),
    "LeadSquared: drips": (leadsquared_fails(Fault.SLOW_DRIP), (LEADSQUARED_AWAY.broken,)),
    "LeadSquared: resets": (leadsquared_fails(Fault.RESET_BEFORE_READING), (LEADSQUARED_AWAY.broken,)),
    "the folder is missing": (env(DATABASE_URL="sqlite:////nowhere/notes.db"), (store.NO_FOLDER,)),
    "a folder stands in the file's place": (folder_in_its_place, (store.NOT_WRITABLE,)),
    "the file is something else's": (file_at(b"Not a database at all, and long enough. " * 40), (store.NO_DATABASE,)),
    "the file is held": (held, (store.LOCKED,)),
    "the tables are newer": (newer_tables, (store.NEWER_TABLES,)),
    "a table is lost": (table_lost, (store.UNUSABLE,)),
    "the disk is full": (free_bytes(1 * MB), (store.DISK_FULL,)),
    "the disk is nearly full": (free_bytes(100 * MB), (store.DISK_LOW,)),
    "PostgreSQL: no driver": (both(env(**POSTGRES), without_module("psycopg")), (store.NO_DRIVER,)),
    "PostgreSQL: closed": (env(**POSTGRES), (store.NO_SERVER,)),
    "PostgreSQL: no such user": (postgres_with(username="nobody"), (store.NOT_LET_IN,)),
    "PostgreSQL: no TLS": (postgres_with(query={"sslmode": "require"}), (store.NOT_LET_IN,)),
    "PostgreSQL: no such database": (postgres_with(database="nothing"), (store.NO_SUCH_DATABASE,)),
    "PostgreSQL: only read": (postgres_read_only, (store.NOT_WRITABLE,)),
    "PostgreSQL: held": (postgres_locked, (store.LOCKED,)),
    "numbers without their package": (
        both(env(METRICS_PORT="9000"), without_module("prometheus_client")),
        (versions.NO_METRICS,),
    ),
}


def made_by(kind: Kind, finding: Finding) -> bool:
    """Tell whether a finding is of a kind, whatever the values in it."""

    def fits(template: str, text: str) -> bool:
        return bool(re.fullmatch(re.sub(r"\\\{[^}]*\}", ".*", re.escape(template)), text, re.DOTALL))

    alike = kind.what in {finding.what, "(any)"} and kind.state is finding.state
    return alike and fits(kind.words, finding.words) and fits(kind.mend, finding.mend)


def not_well(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.state in {State.WARNING, State.FAULT}]


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_named_and_nothing_else(world: World, case: str) -> None:
    breaks, expected = CASES[case]
    breaks(world)
    found = run.run_checks(world.parts(seconds=1))
    world.stack.close()  # before the database goes that is held on to
    wrong = not_well(found)
    assert len(wrong) == len(expected), wrong
    assert all(made_by(kind, finding) for kind, finding in zip(expected, wrong, strict=True)), wrong
    assert all(finding.mend for finding in wrong)
    told = "\n".join(f"{finding.words} {finding.mend}" for finding in found)
    assert not [secret for secret in SECRETS if secret in told]
    assert not world.stage.leadsquared.notes


@pytest.mark.parametrize("database", ["new file", "SQLite", "PostgreSQL", "new PostgreSQL"])
@pytest.mark.parametrize("door", ["App token", "Signing secret"])
def test_where_nothing_is_wrong_every_line_is_ok_and_the_order_is_fixed(world: World, door: str, database: str) -> None:
    if door == "Signing secret":
        http_mode(world)
    if database.endswith("PostgreSQL"):
        world.postgres()
    if database == "PostgreSQL":
        engine = open_database(world.env["DATABASE_URL"])
        upgrade(engine)
        engine.dispose()
    elif database == "SQLite":
        world.sqlite()
    found = run.run_checks(world.parts())
    assert {finding.state for finding in found} == {State.OK}, found
    other = "App token" if door == "Signing secret" else "Signing secret"
    assert [finding.what for finding in found] == [line for line in LINES if line not in {other, "(any)"}]
    assert run.exit_code(found, startable=True) == 0


def test_every_finding_that_there_is_has_its_case() -> None:
    wrong = [name for name, kind in kinds().items() if kind.state in {State.WARNING, State.FAULT}]
    expected = [kind for _, some in CASES.values() for kind in some]
    # The last two are the runner's own, below.
    assert [name for name in wrong if kinds()[name] not in expected] == ["TOO_LONG", "BROKEN"]


def test_one_call_of_leadsquared_is_made_that_reads_next_to_nothing(world: World) -> None:
    run.run_checks(world.parts())
    [request] = world.stage.leadsquared.requests
    assert request.kind == "conversations"
    assert request.json == {"TicketId": 1, "OrgId": ORG_ID, "ActivityType": ["PortalOutbound"]}


def test_nothing_is_left_in_a_database(world: World) -> None:
    path = world.sqlite()
    before = tables(path)
    run.run_checks(world.parts())
    assert tables(path) == before
    world.env["DATABASE_URL"] = f"sqlite:///{world.folder}/empty.db"
    (world.folder / "empty.db").touch()
    run.run_checks(world.parts())
    assert tables(world.folder / "empty.db") == []
    world.env["DATABASE_URL"] = f"sqlite:///{world.folder}/none.db"
    run.run_checks(world.parts())
    assert not [path.name for path in world.folder.iterdir() if path.name.startswith("none")]


def tables(path: Path) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [(name, connection.execute(f"SELECT * FROM {name}").fetchall()) for name in names]  # noqa: S608
    finally:
        connection.close()


def test_the_call_has_a_place_among_those_of_the_bots_that_share_the_limit(world: World) -> None:
    engine = open_database(world.postgres())
    upgrade(engine)
    engine.dispose()
    run.run_checks(world.parts())
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT account, answered_at IS NOT NULL FROM calls")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [(str(ORG_ID), True)]


def test_a_bot_whose_calls_cannot_be_counted_does_not_ask(world: World) -> None:
    world.changes["look"] = lambda: (0, Uncounted())
    [line] = [finding for finding in run.run_checks(world.parts()) if finding.what == "LeadSquared"]
    assert line.state is State.SKIPPED
    assert "see Database" in line.words


def test_a_check_that_hangs_is_ended_and_the_others_go_on(world: World) -> None:
    ended = threading.Event()
    world.stack.callback(ended.set)
    world.changes["look"] = lambda: ended.wait(30)
    wrong = not_well(run.run_checks(world.parts(), seconds=0.3))
    assert [finding.what for finding in wrong] == ["LeadSquared"]
    assert made_by(run.TOO_LONG, wrong[0])


def test_a_check_that_breaks_is_told_and_the_others_go_on(world: World) -> None:
    world.changes["free"] = lambda _: 1 / 0
    found = run.run_checks(world.parts())
    [wrong] = not_well(found)
    assert wrong.what == "Database"
    assert made_by(run.BROKEN, wrong)
    assert found[-1].what == "Versions"


def test_the_command_line_quotes_leadsquared_and_slack_does_not(world: World) -> None:
    for quotes in (True, False):
        world.stage.leadsquared.fail(Fault.OTHER_REGION)
        world.changes["quotes"] = quotes
        [wrong] = not_well(run.run_checks(world.parts()))
        assert (OTHER_HOST in wrong.words) == quotes
        assert (f"https://{OTHER_HOST}" in wrong.mend) == quotes


def test_a_key_that_leadsquared_repeats_is_not_told(world: World) -> None:
    at(LEADSQUARED, answers(401, {"message": f"Bad key {ACCESS_KEY} \u202e\nand more"}))(world)
    [wrong] = not_well(run.run_checks(world.parts()))
    assert "It says: “Bad key <secret> and more”" in wrong.words


def test_all_faults_of_the_settings_are_told_and_what_can_be_checked_is(world: World) -> None:
    world.env |= {"SLACK_APP_TOKEN": "no", "PORT": "no", "LEADSQUARED_ORG_ID": ""}
    parts = world.parts()
    found = run.run_checks(parts)
    [wrong] = not_well(found)
    assert [name for name in ("SLACK_APP_TOKEN", "PORT", "LEADSQUARED_ORG_ID") if name not in wrong.words] == []
    states = {finding.what: finding.state for finding in found}
    assert [what for what, state in states.items() if state is State.SKIPPED] == ["Way in", "LeadSquared"]
    assert run.exit_code(found, startable=not parts.faults) == 2
    assert run.exit_code(found, startable=True) == 1
