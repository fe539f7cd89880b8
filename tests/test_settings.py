"""Settings: read whole, every fault told at once, and no secret told at all."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from bot.leadsquared.storage import DOCUMENTED_HOST
from bot.settings import SPECS, Secret, Settings, SettingsError, load_env

EXAMPLE = Path(__file__).parents[1] / ".env.example"
AWKWARD_KEY = "u$r1234$HOME${PATH}"
ENV = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-bot",
    "SLACK_SIGNING_SECRET": "made-up-signing",
    "SLACK_APP_TOKEN": "xapp-made-up-app",
    "LEADSQUARED_ORG_ID": "22824",
    "LEADSQUARED_ACCESS_KEY": "u$rmade-up-access",
    "LEADSQUARED_SECRET_KEY": "made-up-secret",
    "DATABASE_URL": "postgresql+psycopg://bot:made-up-password@localhost/bot",
}


def faults(env: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(env)
    assert all(fault in str(caught.value) for fault in caught.value.faults)
    return caught.value.faults


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in ENV.items() if name not in names}


def test_what_is_not_set_has_its_documented_default() -> None:
    settings = Settings.from_env(without("DATABASE_URL", "SLACK_APP_TOKEN"))
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.leadsquared_api_url == "https://apigw.service-in.leadsquared.com"
    assert settings.leadsquared_calls_per_5s == 25
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 3000, "INFO")
    assert settings.leadsquared_ticket_url is None
    assert settings.slack_app_token is None
    assert settings.database_url == Secret("sqlite:///ticketbot.db")
    assert settings.note_retention_days == 90


def test_what_is_set_is_read_in_its_own_type() -> None:
    more = {"PORT": " 8080 ", "LOG_LEVEL": "debug", "LEADSQUARED_TICKET_URL": "https://desk.example.com/t/{ticket_id}"}
    settings = Settings.from_env(ENV | more)
    assert (settings.leadsquared_org_id, settings.port, settings.log_level) == (22824, 8080, "DEBUG")
    assert settings.slack_bot_token.reveal() == "xoxb-made-up-bot"
    assert settings.leadsquared_access_key == Secret("u$rmade-up-access")
    assert settings.leadsquared_ticket_url == "https://desk.example.com/t/{ticket_id}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgres://u:p@host:5432/name", "postgresql+psycopg://u:p@host:5432/name"),
        ("postgresql://u:p@host/name?sslmode=require", "postgresql+psycopg://u:p@host/name?sslmode=require"),
        ("sqlite:////var/lib/ticketbot/notes.db", "sqlite:////var/lib/ticketbot/notes.db"),
    ],
)
def test_a_database_address_is_understood_as_platforms_write_it(written: str, read: str) -> None:
    assert Settings.from_env(ENV | {"DATABASE_URL": written}).database_url.reveal() == read


@pytest.mark.parametrize(
    "written",
    [
        "mysql://u:p@host/name",
        "ticketbot.db",
        "sqlite://",
        "sqlite:///:memory:",
        "://",
        "postgres://u:p@top-secret@host/name",
    ],
)
def test_a_database_that_the_bot_cannot_use_is_refused_in_words(written: str) -> None:
    [fault] = faults(ENV | {"DATABASE_URL": written})
    assert fault.startswith("DATABASE_URL is wrong: ")
    assert "should" in fault
    assert "u:p" not in fault
    assert "top-secret" not in fault


def test_groups_and_channels_are_ids_with_commas_between_them() -> None:
    settings = Settings.from_env(
        ENV | {"ALLOWED_USERGROUPS": " S0AGENTS01, S0LEADS002,,S0AGENTS01", "ALLOWED_CHANNELS": "C0SUPPORT1,G0BILLING2"}
    )
    assert settings.allowed_usergroups == ("S0AGENTS01", "S0LEADS002")
    assert settings.allowed_channels == ("C0SUPPORT1", "G0BILLING2")
    assert settings.note_usergroups is None


@pytest.mark.parametrize("name", ["ALLOWED_USERGROUPS", "NOTE_USERGROUPS", "ALLOWED_CHANNELS"])
@pytest.mark.parametrize("written", ["support", "#support", "@agents", "U0ASHA001", "C0SUPPORT1 S0AGENTS01", ",", "*"])
def test_a_name_where_an_id_belongs_is_refused_and_never_means_everybody(name: str, written: str) -> None:
    [fault] = faults(ENV | {name: written})
    assert fault.startswith(f"{name} is wrong: it should be ids of ")
    assert "not names" in fault


@pytest.mark.parametrize(("written", "read"), [("yes", True), ("No", False), ("NO", False)])
def test_a_switch_is_yes_or_no_and_nothing_else(written: str, read: bool) -> None:
    assert Settings.from_env(ENV | {"ALLOW_GUESTS": written}).allow_guests is read
    for other in ("true", "1", "on", "y"):
        assert faults(ENV | {"ALLOW_GUESTS": other})[0].startswith("ALLOW_GUESTS is wrong: it should be yes or no")


def test_attachment_hosts_are_hosts_with_commas_between() -> None:
    read = Settings.from_env(ENV | {"ATTACHMENT_HOSTS": " Files.example.com , *.example.org,127.0.0.1 "})
    assert read.attachment_hosts == ("files.example.com", "*.example.org", "127.0.0.1")
    assert Settings.from_env(ENV).attachment_hosts == (DOCUMENTED_HOST,)


@pytest.mark.parametrize(
    "written",
    ["https://files.example.com", "files.example.com/x", "*", "*.com", "*.*.example.com", "a b", ",", "f:443"],
)
def test_what_is_no_attachment_host_is_refused_in_words(written: str) -> None:
    [fault] = faults(ENV | {"ATTACHMENT_HOSTS": written})
    assert fault.startswith("ATTACHMENT_HOSTS is wrong: it should be hosts such as files.example.com")


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_env(ENV)
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]


def test_every_missing_setting_is_named_at_once_with_what_it_is_for() -> None:
    said = "\n".join(faults({}))
    needed = [spec for spec in SPECS if spec.default is None]
    assert [spec.name for spec in needed] == [
        "SLACK_BOT_TOKEN",
        "LEADSQUARED_ORG_ID",
        "LEADSQUARED_ACCESS_KEY",
        "LEADSQUARED_SECRET_KEY",
    ]
    assert all(f"{spec.name} is missing: {spec.purpose}" in said for spec in needed)
    assert "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing" in said
    assert len(said.splitlines()) == 5


def test_wrong_settings_are_told_together_with_missing_ones() -> None:
    told = faults(without("SLACK_BOT_TOKEN") | {"PORT": "http", "LOG_LEVEL": "loud"})
    assert [fault.split()[0] for fault in told] == ["SLACK_BOT_TOKEN", "PORT", "LOG_LEVEL"]
    assert told[1].endswith("It is the port to listen on, for HTTP")


def test_a_wrong_log_level_is_told_once_with_the_right_ones() -> None:
    (told,) = faults(ENV | {"LOG_LEVEL": "loud"})
    assert told == "LOG_LEVEL is wrong: it should be one of DEBUG, INFO, WARNING, ERROR. It is how much is logged"


@pytest.mark.parametrize("blank", ["", "   ", "\t\n"])
def test_a_blank_setting_counts_as_unset(blank: str) -> None:
    assert len(faults(ENV | {"LEADSQUARED_ORG_ID": blank})) == 1
    assert Settings.from_env(ENV | {"PORT": blank}).port == 3000
    assert Settings.from_env(ENV | {"SLACK_APP_TOKEN": blank}).slack_app_token is None


@pytest.mark.parametrize("kept", ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_one_of_app_token_and_signing_secret_is_enough(kept: str) -> None:
    doors = {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
    Settings.from_env(without(*doors - {kept}))
    (told,) = faults(without(*doors))
    assert "Socket Mode" in told
    assert "HTTP" in told


# Bolt takes both from the environment by itself, empty or not, and turns to OAuth.
@pytest.mark.parametrize("value", ["123.456", ""])
def test_client_id_and_secret_are_refused_together(value: str) -> None:
    (told,) = faults(ENV | {"SLACK_CLIENT_ID": value, "SLACK_CLIENT_SECRET": "made-up-client"})
    assert "SLACK_BOT_TOKEN" in told
    assert "made-up-client" not in told
    Settings.from_env(ENV | {"SLACK_CLIENT_ID": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "hush-not-a-bot-token"),
        ("SLACK_BOT_TOKEN", "'xoxb-hush'"),
        ("SLACK_APP_TOKEN", "xoxb-hush"),
        ("LEADSQUARED_ACCESS_KEY", "hush\r\nX-Other: 1"),
        ("LEADSQUARED_ACCESS_KEY", "“hush”"),
        ("LEADSQUARED_ACCESS_KEY", '"hush"'),
        ("LEADSQUARED_SECRET_KEY", "hu sh"),
    ],
)
def test_a_wrong_secret_is_named_and_not_told(name: str, value: str) -> None:
    (told,) = faults(ENV | {name: value})
    assert told.startswith(f"{name} is wrong")
    assert "hush" not in told
    assert value not in told


@pytest.mark.parametrize("name", [spec.name for spec in SPECS if spec.secret])
def test_no_secret_shows_in_any_form_of_the_settings(name: str) -> None:
    settings = Settings.from_env(ENV)
    value = ENV[name]
    secret = getattr(settings, name.lower())
    assert secret.reveal() == value
    shown = [
        repr(settings),
        str(settings),
        f"{settings}",
        repr(secret),
        str(secret),
        f"{secret}",
        "{} {!r} {!s}".format(secret, secret, secret),  # noqa: UP032 (the other way to format),
    ]
    assert all(value not in text for text in shown)
    assert "<secret>" in repr(settings)


def test_a_secret_keeps_quiet_in_the_message_about_other_faults() -> None:
    told = "\n".join(faults(ENV | {"PORT": "x", "LEADSQUARED_API_URL": "ftp://x"}))
    assert not [name for name in ENV if ENV[name] in told and name != "LEADSQUARED_ORG_ID"]


def test_secrets_compare_by_value_and_survive_a_copy() -> None:
    secret = Secret("hush")
    assert secret == Secret("hush") != Secret("other")
    assert secret != "hush"
    assert copy.deepcopy(secret) == pickle.loads(pickle.dumps(secret)) == secret  # noqa: S301 (its own bytes)
    assert len({secret, Secret("hush")}) == 1


@pytest.mark.parametrize(
    "address",
    [
        "slack.com/api",
        "ftp://host.example.com",
        "https://",
        "https:///api",
        "https://host.example.com/?key=1",
        "https://host.example.com/#part",
        "https://name:word@host.example.com",
        "https://host.example.com:port",
        "https://host.example.com:99999",
        "https://[host",
        "https://ho st.example.com",
        "https://host.example.com\\@other.example.com",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    (told,) = faults(ENV | {"LEADSQUARED_API_URL": address})
    assert "it should be an address such as https://host/path" in told
    assert "name:word" not in told


@pytest.mark.parametrize("address", ["http://host.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1"])
def test_keys_leave_this_machine_by_tls_only(address: str) -> None:
    for name in ("LEADSQUARED_API_URL", "SLACK_API_URL"):
        (told,) = faults(ENV | {name: address})
        assert "it should start with https://" in told


@pytest.mark.parametrize("host", ["127.0.0.1:4000", "localhost:4000", "[::1]:4000"])
def test_a_stand_in_on_this_machine_needs_no_tls(host: str) -> None:
    both = {"LEADSQUARED_API_URL": f"http://{host}/", "SLACK_API_URL": f"http://{host}/api"}
    settings = Settings.from_env(ENV | both)
    assert settings.leadsquared_api_url == f"http://{host}"
    assert settings.slack_api_url == f"http://{host}/api/"


@pytest.mark.parametrize(
    "template",
    [
        "http://desk.example.com/{ticket_id}",
        "https://desk.example.com/",
        "https://desk.example.com/{ticket_id}/{ticket_id}",
        "https://desk.example.com/{ticket_id}/{other}",
        "https://desk.example.com/{ticket_id} x",
        "https://desk.example.com/{ticket_id}|x",
        "https://desk.example.com/<{ticket_id}>",
        "https:///{ticket_id}",
        "https://{ticket_id}",
        "https://{ticket_id}.example.com/",
    ],
)
def test_a_ticket_address_without_one_place_for_the_number_is_refused(template: str) -> None:
    (told,) = faults(ENV | {"LEADSQUARED_TICKET_URL": template})
    assert told.startswith("LEADSQUARED_TICKET_URL is wrong")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEADSQUARED_ORG_ID", "0"),
        ("LEADSQUARED_ORG_ID", "-1"),
        ("LEADSQUARED_ORG_ID", "22824.0"),
        ("LEADSQUARED_ORG_ID", "٢٢"),
        ("LEADSQUARED_ORG_ID", "9" * 5000),
        ("LEADSQUARED_CALLS_PER_5S", "0"),
        ("PORT", "65536"),
        ("METRICS_PORT", "65536"),
        ("SOCKET_MODE_GIVE_UP_SECONDS", "9"),
        ("LANE_READS", "0"),
        ("LANE_READS", "33"),  # the client keeps 32 connections
        ("CACHE_SECONDS", "3001"),  # links to attachments live an hour
    ],
)
def test_a_number_outside_its_range_is_refused(name: str, value: str) -> None:
    (told,) = faults(ENV | {name: value})
    assert "it should be a whole number from" in told


def test_the_example_names_every_setting_in_order_with_its_purpose() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    names = [line.partition("=")[0] for line in lines if "=" in line and not line.startswith("#")]
    assert names == [spec.name for spec in SPECS]
    for spec in SPECS:
        at = next(place for place, line in enumerate(lines) if line.startswith(f"{spec.name}="))
        assert spec.purpose in lines[at - 1]
    assert list(load_env({}, EXAMPLE)) == names


def test_the_example_holds_the_defaults_and_quotes_every_secret() -> None:
    values = dict(line.split("=", 1) for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if line[:1].isupper())
    for spec in SPECS:
        assert values[spec.name] == (f"'{spec.default or ''}'" if spec.secret else spec.default or "")


def test_the_example_filled_in_is_a_working_file(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "LEADSQUARED_SECRET_KEY"):
        text = text.replace(f"{name}=''", f"{name}='{ENV[name]}'")
    text = text.replace("LEADSQUARED_ORG_ID=", "LEADSQUARED_ORG_ID=22824")
    text = text.replace("LEADSQUARED_ACCESS_KEY=''", f"LEADSQUARED_ACCESS_KEY='{AWKWARD_KEY}'")
    file = tmp_path / ".env"
    file.write_text(text, encoding="utf-8")
    settings = Settings.from_env(load_env({}, file))
    assert settings.leadsquared_access_key.reveal() == AWKWARD_KEY
    assert settings.slack_signing_secret is None


def test_a_key_with_dollars_arrives_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text(f"LEADSQUARED_ACCESS_KEY='{AWKWARD_KEY}'\nLEADSQUARED_SECRET_KEY='$LEADSQUARED_ACCESS_KEY'\n")
    for name in ("HOME", "PATH", "r1234", "LEADSQUARED_ACCESS_KEY"):
        monkeypatch.setenv(name, "from the shell")
    read = load_env({}, file)
    assert read["LEADSQUARED_ACCESS_KEY"] == AWKWARD_KEY
    assert read["LEADSQUARED_SECRET_KEY"] == "$LEADSQUARED_ACCESS_KEY"


def test_the_environment_goes_before_the_file_and_arrives_whole_too(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"LEADSQUARED_ACCESS_KEY='{AWKWARD_KEY}'\nPORT=4000\n")
    read = load_env({"LEADSQUARED_ACCESS_KEY": "u$r${HOME}other"}, file)
    assert read == {"LEADSQUARED_ACCESS_KEY": "u$r${HOME}other", "PORT": "4000"}


def test_a_byte_order_mark_is_not_part_of_a_name(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xef\xbb\xbfPORT=4000\r\nHOST=localhost\r\n")
    assert load_env({}, file) == {"PORT": "4000", "HOST": "localhost"}


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    assert load_env({"PORT": "1"}, tmp_path / ".env") == {"PORT": "1"}


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=4000\n", encoding="utf-16")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load_env({}, file)
