"""README says what is true: its tables are made from the settings and the manifest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.check.finding import State
from bot.check.leadsquared import API_PAGE
from bot.database.tables import metadata
from bot.manifest import load_manifest, scope_reasons
from bot.settings import SPECS
from tests.access.table import readme_table
from tests.check.catalogue import kinds

README = Path("README.md")


def settings_table() -> str:
    rows = ["| Setting | What it is | When unset |", "| --- | --- | --- |"]
    for spec in SPECS:
        default = {None: "must be set", "": "off"}.get(spec.default, f"`{spec.default}`")
        rows.append(f"| `{spec.name}` | {spec.purpose}{'. A secret' if spec.secret else ''} | {default} |")
    return "\n".join(rows)


def scopes_table() -> str:
    reasons = scope_reasons()
    scopes = load_manifest()["oauth_config"]["scopes"]["bot"]
    return "\n".join(["| Scope | Why |", "| --- | --- |", *(f"| `{scope}` | {reasons[scope]} |" for scope in scopes)])


def findings_table() -> str:
    rows = ["| Line | What it says | How to mend it |", "| --- | --- | --- |"]
    rows += [
        f"| {kind.what} | {_in_general(kind.words)} | {_in_general(kind.mend)} |"
        for kind in kinds().values()
        if kind.state in {State.WARNING, State.FAULT}
    ]
    return "\n".join(rows)


def _in_general(template: str) -> str:
    """Return a finding's template with dots for its values, and with names and signs as code."""
    text = re.sub(r" ?\{(?:said|host|free|tables)\}", "", template.replace("{page}", API_PAGE)).replace("\n", " ")
    text = re.sub(r"\{\w+(?::[^}]*)?\}", "…", text)
    return re.sub(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:=\w+)?|\\?\$+|pip install '[^']*'", r"`\g<0>`", text)


TABLES = [
    ("settings", settings_table()),
    ("scopes", scopes_table()),
    ("access", readme_table()),
    ("findings", findings_table()),
]


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_a_table_is_what_it_is_made_from(request: pytest.FixtureRequest, name: str, table: str) -> None:
    text = README.read_text(encoding="utf-8")
    start, end = re.compile(rf"<!-- {name}:.*-->\n"), f"<!-- end of {name} -->"
    opening = start.search(text)
    assert opening
    closing = text.index(end)
    if request.config.getoption("--update-generated"):
        text = f"{text[: opening.end()]}\n{table}\n\n{text[closing:]}"
        README.write_text(text, encoding="utf-8")
        closing = text.index(end)
    assert text[opening.end() : closing].strip() == table


def test_every_file_it_names_is_there() -> None:
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert Path(target).exists(), target
    layout = text.split("```\nbot/\n")[1].split("```")[0]
    for name in re.findall(r"(?:^|; )  ?([a-z_]+(?:\.py|/))", layout, re.MULTILINE) + re.findall(
        r"([a-z_]+\.py)", layout
    ):
        assert (Path("bot") / name).exists() or Path(name).exists(), name


def test_it_says_of_each_table_what_is_stored_and_for_how_long() -> None:
    security = README.read_text(encoding="utf-8").split("## Security")[1].split("## ")[0]
    for table in metadata.tables:
        assert f"`{table}`" in security, table
    for name in re.findall(r"`([A-Z_]{6,})`", security):
        assert name in {spec.name for spec in SPECS}, name
