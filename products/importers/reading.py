"""One reader for each format."""

from collections.abc import Callable, Iterator
from pathlib import Path

from products.importers.fedramp import read_fedramp
from products.importers.files import csv_rows, jsonl_rows
from products.importers.items import Item, Options, Skip
from products.importers.landscape import read_landscape
from products.importers.rows import item_from_row

Reader = Callable[[Path, Options], Iterator[Item | Skip]]


def read_jsonl(path: Path, options: Options) -> Iterator[Item | Skip]:
    for where, row in jsonl_rows(path):
        yield item_from_row(row, where, options)


def read_csv(path: Path, options: Options) -> Iterator[Item | Skip]:
    for where, row in csv_rows(path):
        yield item_from_row(row, where, options)


READERS: dict[str, Reader] = {
    "landscape": read_landscape,
    "jsonl": read_jsonl,
    "csv": read_csv,
    "fedramp": read_fedramp,
}
