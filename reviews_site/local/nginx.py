"""Where an nginx is, for the tests of deploy/nginx: the machine's, or one that was only unpacked."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from reviews_site.local.state import default_folder


def unpacked_into() -> Path:
    return default_folder() / "nginx"


def find_nginx() -> Path | None:
    found = shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
    for candidate in (found, shutil.which("nginx"), unpacked_into() / "usr/sbin/nginx"):
        if candidate and os.access(candidate, os.X_OK):
            return Path(candidate)
    return None


def unpack_nginx() -> None:
    """Debian's package, without installing it: that would start a server on port 80."""
    folder = unpacked_into()
    folder.mkdir(parents=True, exist_ok=True)
    if not done(folder, "apt-get", "download", "-q", "nginx") and os.geteuid() == 0:
        done(folder, "apt-get", "update", "-q")
        done(folder, "apt-get", "download", "-q", "nginx")
    for package in folder.glob("nginx_*.deb"):
        done(folder, "dpkg-deb", "-x", package.name, ".")


def done(folder: Path, *command: str) -> bool:
    """Whether nginx is there afterwards is all that counts."""
    with suppress(OSError, subprocess.SubprocessError):
        return not subprocess.run(
            command, cwd=folder, capture_output=True, timeout=120
        ).returncode
    return False
