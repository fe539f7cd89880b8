"""The Slack app's manifest, as the repository and an installed package hold it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def load_manifest() -> dict[str, Any]:
    """Return manifest.yml. Raises FileNotFoundError when the package was installed without it."""
    here = Path(__file__).resolve().parent
    # The wheel carries it inside the package; a checkout has it at the top, where people look for it.
    packaged = here / "manifest.yml"
    path = packaged if packaged.exists() else here.parent / "manifest.yml"
    manifest: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return manifest
