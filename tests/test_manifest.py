"""manifest.yml: what Slack accepts, and the same ids as the listeners."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse

from bot.blocks.ids import COMMANDS, SHORTCUTS
from bot.manifest import load_manifest
from tests.conftest import Running

# The rules of Slack's manifest, version 2, for the parts that this app uses: nothing else may stand in it.
_TEXT = {"type": "string", "minLength": 1}
_CLOSED = {"type": "object", "additionalProperties": False}
RULES: dict[str, Any] = {
    **_CLOSED,
    "required": ["_metadata", "display_information", "features", "oauth_config", "settings"],
    "properties": {
        "_metadata": {**_CLOSED, "properties": {"major_version": {"const": 2}}},
        "display_information": {
            **_CLOSED,
            "required": ["name"],
            "properties": {
                "name": {**_TEXT, "maxLength": 35},
                "description": {**_TEXT, "maxLength": 140},
                "background_color": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
            },
        },
        "features": {
            **_CLOSED,
            "properties": {
                "app_home": {
                    **_CLOSED,
                    "properties": {
                        name: {"type": "boolean"}
                        for name in ("home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled")
                    },
                },
                "bot_user": {
                    **_CLOSED,
                    "required": ["display_name"],
                    "properties": {
                        "display_name": {"type": "string", "maxLength": 80, "pattern": "^[a-z0-9._-]+$"},
                        "always_online": {"type": "boolean"},
                    },
                },
                "slash_commands": {
                    "type": "array",
                    "maxItems": 50,
                    "items": {
                        **_CLOSED,
                        "required": ["command", "description"],
                        "properties": {
                            "command": {"type": "string", "maxLength": 32, "pattern": "^/"},
                            "description": {**_TEXT, "maxLength": 2000},
                            "usage_hint": {**_TEXT, "maxLength": 1000},
                            "should_escape": {"type": "boolean"},
                        },
                    },
                },
                "shortcuts": {
                    "type": "array",
                    "maxItems": 10,
                    "items": {
                        **_CLOSED,
                        "required": ["name", "type", "callback_id", "description"],
                        "properties": {
                            "name": {**_TEXT, "maxLength": 24},
                            "type": {"enum": ["message", "global"]},
                            "callback_id": {**_TEXT, "maxLength": 255},
                            "description": {**_TEXT, "maxLength": 150},
                        },
                    },
                },
            },
        },
        "oauth_config": {
            **_CLOSED,
            "properties": {
                "scopes": {
                    **_CLOSED,
                    "properties": {
                        name: {"type": "array", "maxItems": 255, "uniqueItems": True, "items": _TEXT}
                        for name in ("bot", "bot_optional")
                    },
                }
            },
        },
        "settings": {
            **_CLOSED,
            "properties": {
                "interactivity": {
                    **_CLOSED,
                    "required": ["is_enabled"],
                    "properties": {"is_enabled": {"type": "boolean"}},
                },
                **{
                    name: {"type": "boolean"}
                    for name in ("org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled")
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return load_manifest()


def test_it_keeps_to_slacks_rules(manifest: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(RULES)
    assert [error.message for error in Draft202012Validator(RULES).iter_errors(manifest)] == []


def test_it_needs_no_public_address(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["socket_mode_enabled"]
    assert "url" not in str(manifest).lower()


def test_each_scope_has_its_reason_beside_it() -> None:
    lines = Path("manifest.yml").read_text(encoding="utf-8").splitlines()
    first, last = lines.index("    bot:"), lines.index("    bot_optional:")
    scopes = [number for number in range(first, last) if re.fullmatch(r" {6}- [a-z:._]+", lines[number])]
    granted = load_manifest()["oauth_config"]["scopes"]
    assert len(scopes) == len(granted["bot"])
    assert set(granted["bot_optional"]) < set(granted["bot"])
    assert all(lines[number - 1].strip().startswith("# ") for number in scopes)


def test_every_command_and_shortcut_has_a_listener_and_the_other_way_round(
    running: Running, manifest: dict[str, Any]
) -> None:
    commands = {command["command"] for command in manifest["features"]["slash_commands"]}
    shortcuts = {shortcut["callback_id"] for shortcut in manifest["features"]["shortcuts"]}
    candidates = (
        commands | shortcuts | {"/other", "other", "/tickets", "ticket", "ticket_shown"} | _names_in_listeners()
    )
    assert (commands, shortcuts) == (set(COMMANDS), set(SHORTCUTS))
    assert {name for name in candidates if name.startswith("/") and _listens(running, _command(name))} == commands
    assert {name for name in candidates if _listens(running, _shortcut(name))} == shortcuts


def _names_in_listeners() -> set[str]:
    """Every quoted word in the listeners and the ids, so that a listener of another name would be tried."""
    sources = [*Path("bot/listeners").glob("*.py"), Path("bot/blocks/ids.py")]
    return {word for path in sources for word in re.findall(r'"(/?[a-z_]+)"', path.read_text(encoding="utf-8"))}


def _command(name: str) -> dict[str, Any]:
    return {"command": name, "text": "", "team_id": "T1", "user_id": "U1"}


def _shortcut(callback_id: str) -> dict[str, Any]:
    return {"type": "message_action", "callback_id": callback_id, "team": {"id": "T1"}, "user": {"id": "U1"}}


def _listens(running: Running, payload: dict[str, Any]) -> bool:
    request = BoltRequest(mode="socket_mode", body=payload)
    response = BoltResponse(status=200)
    # The last listener of each kind takes what no other does, to say that it is out of date.
    known = [x for x in running.bot.app._listeners if not x.ack_function.__name__.startswith("unknown")]
    return any(listener.matches(req=request, resp=response) for listener in known)
