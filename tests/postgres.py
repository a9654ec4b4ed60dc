"""A PostgreSQL server for tests, from the binaries of this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_PATIENCE = 60.0


def find_binaries() -> Path | None:
	"""The directory of the newest PostgreSQL's programs; None where there is none."""
	if found := shutil.which("initdb"):
		return Path(found).resolve().parent
	return max(
		(path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
		key=lambda path: int(path.parent.name),
		default=None,
	)


@contextmanager
def postgres(binaries: Path) -> Iterator[str]:
	"""The URL of an empty database, reached by a socket, as long as the context lasts."""
	owner = _owner()
	with TemporaryDirectory(prefix="ai-assistant-") as directory:
		if owner:
			os.chown(directory, pwd.getpwnam(owner).pw_uid, -1)
		data = f"{directory}/data"
		_run(
			owner, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"
		)
		options = f"-k {directory} -h '' -F"
		log = f"{directory}/log"
		_run(owner, binaries / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
		try:
			yield f"postgresql+psycopg://postgres@/postgres?host={directory}"
		finally:
			_run(owner, binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def _owner() -> str | None:
	"""Whom to run it as: PostgreSQL refuses to be run by root."""
	if os.geteuid() != 0:
		return None
	return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"


def _run(owner: str | None, *command: str | Path) -> None:
	subprocess.run(
		command,
		check=True,
		stdin=subprocess.DEVNULL,
		stdout=subprocess.DEVNULL,
		user=owner,
		extra_groups=[] if owner else None,
		cwd="/",
		timeout=_PATIENCE,
	)
