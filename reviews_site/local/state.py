"""The one folder where a local stack keeps everything: data, sockets, logs, its key and its addresses."""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from reviews_site.local.bootstrap import ROOT, SetupError

# Postgres and Redis refuse longer paths: sockaddr_un has 108 bytes on Linux (104 on macOS), one of them a NUL.
LONGEST_SOCKET = 103
POSTGRES_SOCKET = ".s.PGSQL.5432"


def default_folder() -> Path:
    given = os.environ.get("STATE", "").strip()
    return Path(given).expanduser() if given else ROOT / ".local"


def server_user() -> str | None:
    """Postgres refuses root; as root the servers run as nobody."""
    return "nobody" if os.geteuid() == 0 else None


def as_server_user() -> dict[str, Any]:
    """Arguments for subprocess that make a child run as the servers' user."""
    user = server_user()
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


class State:
    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.abspath(folder))
        self.logs = self.folder / "logs"
        self.static = self.folder / "static"
        self.media = self.folder / "media"
        self._lock: IO[str] | None = None

    # --- making it --------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make what is missing. A folder that an interrupted start left behind is simply completed."""
        try:
            # Logs and uploads are nobody else's business; the servers' user only passes through.
            mode = 0o711 if server_user() else 0o700
            self.folder.mkdir(mode=mode, parents=True, exist_ok=True)
            for folder in (self.logs, self.static, self.media):
                folder.mkdir(exist_ok=True)
            self._prepare_server_folder()
        except OSError as error:
            raise SetupError(
                f"the state folder {self.folder} can't be used ({error.strerror}: {error.filename}); "
                "choose another with STATE=/path."
            ) from error

    def _prepare_server_folder(self) -> None:
        servers = self.folder / "servers"
        if not servers.is_dir():
            # A link whose folder was cleaned away, or nothing yet.
            servers.unlink(missing_ok=True)
            servers.mkdir(mode=0o700)
            own_by_server_user(servers)
        refuse_strangers(servers.resolve())
        if not reachable(servers.resolve()):
            servers.rmdir()
            servers.symlink_to(self._folder_elsewhere())
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        own_by_server_user(self.sockets)

    def _folder_elsewhere(self) -> Path:
        """For root whose checkout nobody else may enter: the servers' files lie where their user can reach them."""
        elsewhere = Path("/var/tmp") / f"levelfield-{self.digest}"
        # Left by a state folder of the same name that was deleted since: its data went with it.
        if elsewhere.is_symlink() or elsewhere.exists():
            refuse_strangers(elsewhere)
            shutil.rmtree(elsewhere)
        elsewhere.mkdir(mode=0o700)
        own_by_server_user(elsewhere)
        return elsewhere

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(str(self.folder).encode()).hexdigest()[:10]

    @property
    def servers(self) -> Path:
        return (self.folder / "servers").resolve()

    @property
    def sockets(self) -> Path:
        """Short enough for a socket's path: beside the data, or in /tmp when the checkout lies deep."""
        folder = self.servers / "run"
        if len(os.fsencode(folder / POSTGRES_SOCKET)) <= LONGEST_SOCKET:
            return folder
        elsewhere = Path("/tmp") / f"levelfield-{self.digest}"
        if elsewhere.exists():
            refuse_strangers(elsewhere)
        return elsewhere

    # --- what it remembers ------------------------------------------------------------------

    def secret_key(self) -> str:
        file = self.folder / "secret_key"
        if not file.exists() or not file.read_text().strip():
            write_private(file, secrets.token_urlsafe(48))
        return file.read_text().strip()

    def remember(self, name: str, value: Any) -> None:
        write_private(self.folder / f"{name}.json", json.dumps(value, indent=1))

    def recall(self, name: str) -> Any:
        """What was remembered, or None: a file that a killed process left half-written counts as none."""
        try:
            return json.loads((self.folder / f"{name}.json").read_text())
        except (OSError, ValueError):
            return None

    def forget(self, name: str) -> None:
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    # --- who uses it ------------------------------------------------------------------------

    def lock(self, what: str) -> bool:
        """Take the folder for this process; False if another one has it. The kernel frees it when we die, so it
        can't go stale: whatever an earlier holder wrote into the file is only what to tell the next."""
        file = open(self.folder / "lock", "a+")  # noqa: SIM115  (kept open while it is ours)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "what": what}))
        file.flush()
        self._lock = file
        return True

    def unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @contextmanager
    def sharing(self) -> Iterator[bool]:
        """Tell the holder that somebody else still works here; False if it is about to stop."""
        with open(self.folder / "users", "a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True

    def wait_for_others(self) -> None:
        with open(self.folder / "users", "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # Whoever comes now finds nobody to join, and starts servers of its own.
            self.forget("running")

    def holder(self) -> str:
        try:
            held = json.loads((self.folder / "lock").read_text())
            return f"{held['what']}, process {held['pid']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


def own_by_server_user(path: Path) -> None:
    user = server_user()
    if user:
        shutil.chown(path, user, pwd.getpwnam(user).pw_gid)


def reachable(folder: Path) -> bool:
    """Asked as the servers' user: permissions of every folder above count, and so do access lists."""
    if server_user() is None:
        return True
    try:
        asked = subprocess.run(
            ["/usr/bin/env", "test", "-w", str(folder)], cwd="/", **as_server_user()
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(
            f"Postgres refuses to run as root, and starting it as '{server_user()}' fails ({error}); "
            "run as another user, or give DATABASE_URL and REDIS_URL."
        ) from error
    return asked.returncode == 0


def refuse_strangers(folder: Path) -> None:
    """In a folder that everybody can write, a name of ours may have been taken by somebody else."""
    ours = {os.geteuid()}
    if user := server_user():
        ours.add(pwd.getpwnam(user).pw_uid)
    if folder.is_symlink() or folder.lstat().st_uid not in ours:
        raise SetupError(f"{folder} belongs to somebody else; remove it or use STATE=.")


def write_private(file: Path, text: str) -> None:
    """In one step, so that nobody ever reads half of it, and readable for nobody else."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as out:
        out.write(text)
    new.replace(file)
