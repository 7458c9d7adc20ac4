"""Keeping the book: backup of a whole database as one file, and restore of it, verified."""

from zhiwei.store.keeping.backup import back_up
from zhiwei.store.keeping.manifest import Manifest, read_manifest
from zhiwei.store.keeping.restore import restore

__all__ = ["Manifest", "back_up", "read_manifest", "restore"]
