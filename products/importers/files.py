"""Opening a catalogue file that nobody vouches for, and telling what it is."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from products.importers.items import CatalogueError

SIZE_LIMIT = 200_000_000  # bytes
WHOLE_SIZE_LIMIT = 50_000_000  # bytes, of a file that is held in memory as a whole
LINE_LIMIT = 1_000_000  # bytes of one JSON line
SNIFFED = 65_536  # bytes
NAME_COLUMNS = {"product", "name"}
FORMATS = ("landscape", "jsonl", "csv", "fedramp")
ENDINGS = {
    ".yml": "landscape",
    ".yaml": "landscape",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
}


def check(path: Path, limit: int = SIZE_LIMIT) -> None:
    """Refuses what is not a readable file of bearable size, in one sentence."""
    if not path.exists():
        raise CatalogueError(f"{path} does not exist.")
    if not path.is_file():
        raise CatalogueError(f"{path} is not a file.")
    size = path.stat().st_size
    if size == 0:
        raise CatalogueError(f"{path.name} is empty.")
    if size > limit:
        raise CatalogueError(
            f"{path.name} has {size:,} bytes; at most {limit:,} are read."
        )


def guess_format(path: Path) -> str:
    """By the file's ending, else by how it begins."""
    ending = path.suffix.casefold()
    if ending in ENDINGS:
        return ENDINGS[ending]
    with path.open("rb") as file:
        head = (
            file.read(SNIFFED).decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
        )
    if head.startswith(("{", "[")):
        return "jsonl" if _is_row(head.split("\n", 1)[0]) else "fedramp"
    if "\nlandscape:" in f"\n{head}" or "\ncategories:" in f"\n{head}":
        return "landscape"
    if "," in head.split("\n", 1)[0]:
        return "csv"
    raise CatalogueError(
        f"{path.name} is none of the formats that can be imported ({', '.join(FORMATS)}); "
        "say which with --format."
    )


def _is_row(line: str) -> bool:
    """A whole object on the first line that names a product."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and not NAME_COLUMNS.isdisjoint(row)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines of a UTF-8 file that are not empty."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LINE_LIMIT + 1):
            number += 1
            if len(raw) > LINE_LIMIT:
                raise CatalogueError(
                    f"Line {number} of {path.name} has more than {LINE_LIMIT:,} bytes."
                )
            text = decoded(raw, f"line {number} of {path.name}").strip("\ufeff \t\r\n")
            if text:
                yield number, text


def decoded(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CatalogueError(
            f"The text is not UTF-8: {where}, byte {error.start + 1}, is {error.object[error.start]:#04x}."
        ) from error


def parsed_json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise CatalogueError(f"{where} is nested too deeply.") from error
    except ValueError as error:
        if not isinstance(error, json.JSONDecodeError):
            raise CatalogueError(
                f"{where} is not JSON: a number is too long."
            ) from error
        reason = f"{error.msg} (character {error.pos + 1:,})"
        raise CatalogueError(f"{where} is not JSON: {reason}.") from error


def jsonl_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    check(path)
    for number, text in lines(path):
        row = parsed_json(text, f"Line {number} of {path.name}")
        if not isinstance(row, dict):
            raise CatalogueError(
                f"Line {number} of {path.name} is not an object with a product's columns."
            )
        yield f"line {number}", row


def csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    check(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            if not NAME_COLUMNS & {
                (column or "").strip().casefold() for column in reader.fieldnames or ()
            }:
                raise CatalogueError(
                    f"{path.name} has no column “product” or “name” in its first line."
                )
            for row in reader:
                if None in row.values():
                    raise CatalogueError(
                        f"Line {reader.line_num} of {path.name} has fewer columns than the first line; "
                        "the file may be cut off."
                    )
                yield f"line {reader.line_num}", {_column(k): v for k, v in row.items()}
        except csv.Error as error:
            raise CatalogueError(
                f"Line {reader.line_num} of {path.name} is not CSV: {error}."
            ) from error
        except UnicodeDecodeError as error:
            raise CatalogueError(
                f"{path.name} is not UTF-8 (after line {reader.line_num})."
            ) from error


def _column(name: str | None) -> str:
    return (name or "").strip().casefold().replace(" ", "_")
