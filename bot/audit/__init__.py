"""The audit: who looked at, shared or wrote on which ticket, from where, when, and what came of it."""

from bot.audit.entry import TOLD, WORDS, Deed, Entry, Result, failed, refused, tell
from bot.audit.store import AuditStore, Wanted, add_entries
from bot.audit.writer import Audit

__all__ = [
    "TOLD",
    "WORDS",
    "Audit",
    "AuditStore",
    "Deed",
    "Entry",
    "Result",
    "Wanted",
    "add_entries",
    "failed",
    "refused",
    "tell",
]
