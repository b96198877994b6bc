"""python -m reviews_site.local demo | manage COMMAND … | test [pytest's own options]"""

import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from reviews_site.local.bootstrap import SetupError
from reviews_site.local.commands import (
    MANAGE,
    Steps,
    in_foreground,
    migrate_if_needed,
    site_environment,
)
from reviews_site.local.demo import demo, port
from reviews_site.local.interrupts import Stopped
from reviews_site.local.stack import joined_stack
from reviews_site.local.testing import run_tests


def run_demo(arguments: Sequence[str]) -> int:
    try:
        demo(Console())
    except Stopped:
        print("\nStopped; the data is kept.", file=sys.stderr)
        raise
    return 0


def run_manage(arguments: Sequence[str]) -> int:
    """Standard output is the command's alone: what we say goes to standard error."""
    if not arguments:
        raise SetupError('name the command: make manage ARGS="check_ratings".')
    with joined_stack(what=f"make manage ({arguments[0]})") as stack:
        environment = stack.environment
        if stack.started_here:
            environment = site_environment(stack, port())
            migrate_if_needed(Steps(stack, environment, Console(stderr=True)))
            stack.announce(environment)
        return in_foreground([*MANAGE, *arguments], environment)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": run_demo,
    "manage": run_manage,
    "test": run_tests,
}


def main(arguments: Sequence[str]) -> int:
    run = COMMANDS.get(arguments[0]) if arguments else None
    if run is None:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return run(arguments[1:])
    except SetupError as error:
        print(f"Levelfield stopped: {error}", file=sys.stderr)
        return 2
    except Stopped as stopped:
        return stopped.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
