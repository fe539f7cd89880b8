"""The Slack app's manifest, as the repository and an installed package hold it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml


def load_manifest() -> dict[str, Any]:
    """Return manifest.yml. Raises FileNotFoundError when the package was installed without it."""
    manifest: dict[str, Any] = yaml.safe_load(_text())
    return manifest


def scope_reasons() -> dict[str, str]:
    """Return what each scope of manifest.yml is for: the comment above it. Raises FileNotFoundError as above."""
    found = re.findall(r"^ +# (.+)\n +- ([a-z:._]+)$", _text(), re.MULTILINE)
    return {scope: reason for reason, scope in found}


def _text() -> str:
    here = Path(__file__).resolve().parent
    # The wheel carries it inside the package; a checkout has it at the top, where people look for it.
    packaged = here / "manifest.yml"
    path = packaged if packaged.exists() else here.parent / "manifest.yml"
    return path.read_text(encoding="utf-8")
