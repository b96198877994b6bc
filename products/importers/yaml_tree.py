"""YAML from a stranger as plain dictionaries, lists, texts, truths and None.

Built from the parser's events, because the loaders follow aliases (a few lines that stand for gigabytes) and recurse
into any depth. Numbers and dates stay texts: a product may be called 7.
"""

from pathlib import Path
from typing import Any

import yaml

from products.importers.files import WHOLE_SIZE_LIMIT, check, decoded
from products.importers.items import CatalogueError

SHORT = 20_000  # characters: longer files are written by programs, which end their last line
DEPTH_LIMIT = 30
SCALAR_LIMIT = 1_000_000  # characters
NODE_LIMIT = 5_000_000
TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
}
PLAIN = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
# The C parser is ten times as fast; both give the same events.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parsed_yaml(path: Path) -> Any:
    """The file's one document. Aliases, foreign tags, repeated keys and unbearable sizes are refused."""
    check(path, WHOLE_SIZE_LIMIT)
    text = decoded(path.read_bytes(), path.name).removeprefix("\ufeff")
    builder = _Builder(path.name)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.YAMLError as error:
        raise CatalogueError(f"{path.name} is not YAML: {_reason(error)}.") from error
    if len(text) > SHORT and not text.endswith("\n"):
        raise CatalogueError(
            f"{path.name} does not end with a line break: it seems to be cut off. Add one if it is whole."
        )
    return builder.document


def _reason(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    mark = getattr(error, "problem_mark", None)
    return f"{problem} (line {mark.line + 1})" if mark else str(problem)


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.document: Any = None
        self.documents = 0
        self.open: list[
            tuple[Any, list[str]]
        ] = []  # container, and a mapping's key that waits
        self.nodes = 0

    def take(self, event: Any) -> None:
        match event:
            case yaml.AliasEvent():
                self._refuse(
                    event,
                    f"has the alias “*{str(event.anchor)[:40]}”; write its value out",
                )
            case yaml.ScalarEvent():
                self._add(event, self._scalar(event))
            case yaml.MappingStartEvent():
                self._open(event, {})
            case yaml.SequenceStartEvent():
                self._open(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.open.pop()
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self._refuse(event, "begins a second document; only one is read")

    def _refuse(self, event: Any, why: str) -> None:
        raise CatalogueError(f"Line {event.start_mark.line + 1} of {self.name} {why}.")

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        self._check_tag(event)
        if len(event.value) > SCALAR_LIMIT:
            self._refuse(
                event, f"begins a text of more than {SCALAR_LIMIT:,} characters"
            )
        is_plain = event.implicit[0]
        return PLAIN.get(event.value, event.value) if is_plain else event.value

    def _check_tag(self, event: Any) -> None:
        if event.tag not in (None, "!") and event.tag not in TAGS:
            self._refuse(
                event, f"has the tag “{event.tag[:60]}”, which is not accepted"
            )

    def _open(self, event: Any, container: Any) -> None:
        self._check_tag(event)
        if len(self.open) >= DEPTH_LIMIT:
            self._refuse(event, f"is nested deeper than {DEPTH_LIMIT} levels")
        self._add(event, container)
        self.open.append((container, []))

    def _add(self, event: Any, value: Any) -> None:
        self.nodes += 1
        if self.nodes > NODE_LIMIT:
            self._refuse(event, f"goes beyond {NODE_LIMIT:,} values")
        if not self.open:
            self.document = value
            return
        container, waiting = self.open[-1]
        if isinstance(container, list):
            container.append(value)
        elif waiting:
            container[waiting.pop()] = value
        else:
            waiting.append(self._key(event, container, value))

    def _key(self, event: yaml.Event, container: dict[str, Any], value: Any) -> str:
        if isinstance(value, dict | list):
            self._refuse(event, "has a list or a mapping as a key")
        key = str(event.value) if isinstance(event, yaml.ScalarEvent) else ""
        if key in container:
            self._refuse(
                event, f"has the key “{key[:60]}” a second time in one mapping"
            )
        return key
