"""Files that can't be imported: one sentence each, and nothing changed."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from products.importers import files, yaml_tree
from products.models import Category, Product, Vendor
from tests.products.catalogues import FILES, run

pytestmark = pytest.mark.django_db

LANDSCAPE = (FILES / "landscape.yml").read_bytes()
FEDRAMP = (FILES / "fedramp.json").read_bytes()
UNION = (FILES / "union.jsonl").read_bytes()
BOMB = b'a0: &a0 ["x"]\n' + b"".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n".encode() for n in range(1, 12)
)
ITEM = "    - {name: N%s, homepage_url: https://n.example, logo: n.svg}\n"
HEAD = "landscape:\n- name: C\n  subcategories:\n  - name: S\n    items:\n"

BAD = {
    "empty.yml": (b"", "empty.yml is empty."),
    "prose.yml": (b"{ not: yaml: at all\n", "prose.yml is not YAML: "),
    "word.yml": (
        b"hello\n",
        "word.yml has no list “landscape” or “categories” at its top: it is not a landscape.",
    ),
    "null.yml": (b"landscape:\n", "null.yml has no list “landscape”"),
    "cut.yml": (LANDSCAPE[:400], "cut.yml "),
    "cut_name.yml": (
        (HEAD + ITEM % 1 + ITEM % 2 + ITEM % 3 + "    - item:\n").encode(),
        "cut_name.yml seems to be cut off: its last item has no “name”, and all others have.",
    ),
    "cut_list.yml": (
        (HEAD + ITEM % 1 + "  - name: T\n").encode(),
        "“T” has no “items”: the file is cut off, or it is not a landscape.",
    ),
    "cut_end.yml": (
        (HEAD + "".join(ITEM % n for n in range(400))).encode().strip(),
        "cut_end.yml does not end with a line break: it seems to be cut off. Add one if it is whole.",
    ),
    "string.yml": (
        b"landscape:\n- name: " + b"a" * 10_000_000 + b"\n",
        "Line 2 of string.yml begins a text of more than 1,000,000 characters.",
    ),
    "bomb.yml": (BOMB, "Line 2 of bomb.yml has the alias “*a0”; write its value out."),
    "deep.yml": (b"[" * 100_000, "Line 1 of deep.yml is nested deeper than 30 levels."),
    "object.yml": (
        b"landscape: !!python/object/apply:os.getcwd []\n",
        "Line 1 of object.yml has the tag “tag:yaml.org,2002:python/object/apply:os.getcwd”, which is not accepted.",
    ),
    "latin.yml": (
        "landscape: Café\n".encode("latin-1"),
        "The text is not UTF-8: latin.yml, byte 15, is 0xe9.",
    ),
    "nul.yml": (b"landscape: a\0b\n", "nul.yml is not YAML: unacceptable character"),
    "twice.yml": (
        b"landscape:\n- name: A\n  subcategories:\n  subcategories: []\n",
        "Line 4 of twice.yml has the key “subcategories” a second time in one mapping.",
    ),
    "two.yml": (
        b"landscape: []\n---\na: b\n",
        "Line 2 of two.yml begins a second document; only one is read.",
    ),
    "shape.yml": (
        b"landscape:\n- name: A\n  subcategories:\n  - {name: B, items: {a: b}}\n",
        "The “items” of “B” are not a list.",
    ),
    "key.yml": (b"? [a]\n: b\n", "Line 1 of key.yml has a list or a mapping as a key."),
    "cut.json": (FEDRAMP[:900], "cut.json is not JSON: "),
    "shape.json": (
        b'{"products": {"a": 1}}',
        "shape.json has no list “products” at its top: it is not FedRAMP's file.",
    ),
    "array.json": (b"[1, 2]", "array.json has no list “products” at its top"),
    "deep.json": (b'{"products":' + b"[" * 200_000, "deep.json is nested too deeply."),
    "digits.json": (
        b'{"products":[' + b"9" * 5000 + b"]}",
        "digits.json is not JSON: a number is too long.",
    ),
    "cut.jsonl": (UNION[:-30], "Line 10 of cut.jsonl is not JSON: "),
    "list.jsonl": (
        b'{"product": "A"}\n[1]\n',
        "Line 2 of list.jsonl is not an object with a product's columns.",
    ),
    "string.jsonl": (
        b'{"product": "A", "description": "' + b"x" * 10_000_000 + b'"}\n',
        "Line 1 of string.jsonl has more than 1,000,000 bytes.",
    ),
    "utf16.jsonl": (
        '{"product": "A"}\n'.encode("utf-16-le"),
        "Line 1 of utf16.jsonl is not JSON: ",
    ),
    "columns.csv": (
        b"foo,bar\n1,2\n",
        "columns.csv has no column “product” or “name” in its first line.",
    ),
    "cut.csv": (
        b"product,vendor\nA,B\nC",
        "Line 3 of cut.csv has fewer columns than the first line; the file may be cut off.",
    ),
    "quote.csv": (b'product,vendor\nA,"B\n', "is not CSV: unexpected end of data."),
    "latin.csv": (
        "product,vendor\nCafé,B\n".encode("latin-1"),
        "latin.csv is not UTF-8",
    ),
    "unknown.bin": (
        b"hello world\n",
        "unknown.bin is none of the formats that can be imported",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_in_one_sentence_and_changes_nothing(
    tmp_path, name
) -> None:
    content, sentence = BAD[name]
    file = tmp_path / name
    # What is good in it comes first: it must not stay.
    file.write_bytes(content)

    with pytest.raises(CommandError) as refused:
        call_command("import_catalog", str(file), stdout=io.StringIO())

    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (
        Product.objects.exists() or Vendor.objects.exists() or Category.objects.exists()
    )


def test_utf_16_with_its_mark_is_refused(tmp_path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes('{"product": "A"}\n'.encode("utf-16"))

    with pytest.raises(
        CommandError,
        match="^The text is not UTF-8: line 1 of rows.jsonl, byte 1, is 0xff.$",
    ):
        run(file)


def test_missing_file_folder_and_pipe_are_refused(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for name, sentence in {
        "none.yml": "does not exist.",
        "": "is not a file.",
        "pipe": "is not a file.",
    }.items():
        with pytest.raises(CommandError, match=sentence):
            run(tmp_path / name)


def test_too_large_file_is_refused_unread(tmp_path) -> None:
    file = tmp_path / "large.jsonl"
    with file.open("wb") as sparse:
        sparse.truncate(files.SIZE_LIMIT + 1)

    with pytest.raises(
        CommandError,
        match="^large.jsonl has 200,000,001 bytes; at most 200,000,000 are read.$",
    ):
        run(file)


def test_error_in_a_later_line_takes_back_all_lines_before(tmp_path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [
        json.dumps({"product": f"P{n}", "categories": ["A / B"]}) for n in range(2100)
    ]
    file.write_text("\n".join([*rows, '{"product":']))

    with pytest.raises(CommandError, match="^Line 2101 of rows.jsonl is not JSON"):
        run(file)

    assert not (
        Product.objects.exists() or Vendor.objects.exists() or Category.objects.exists()
    )


def test_exit_code_is_one_and_the_sentence_alone_is_on_stderr(tmp_path) -> None:
    missing = tmp_path / "none.yml"

    ended = subprocess.run(
        [sys.executable, "manage.py", "import_catalog", str(missing)],
        capture_output=True,
        text=True,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"CommandError: {missing} does not exist.\n"


def test_settings_option_is_the_landscape_s_file_not_django_s_module(tmp_path) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "import_catalog", str(FILES / "landscape.yml")]
        + ["--settings", str(tmp_path / "none.yml")],
        capture_output=True,
        text=True,
    )

    assert (ended.returncode, ended.stderr) == (
        1,
        f"CommandError: {tmp_path / 'none.yml'} does not exist.\n",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a: b\n", "settings.yml names no members' category"),
        ("[a]\n", "settings.yml is not a landscape's settings file."),
        ("global: [x]\n", "settings.yml names no members' category"),
    ],
)
def test_settings_file_without_a_members_category_is_refused(
    tmp_path, content, sentence
) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text(content)

    with pytest.raises(CommandError, match=sentence):
        run("landscape.yml", "--landscape-settings", str(settings))


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("a.yml", "landscape.yml", "landscape"),
        ("a", "landscape.yml", "landscape"),
        ("a.json", "fedramp.json", "fedramp"),
        ("a.txt", "fedramp.json", "fedramp"),
        ("a.json", "union.jsonl", "jsonl"),
        ("a", "union.jsonl", "jsonl"),
        ("a.CSV", "table.csv", "csv"),
        ("a.txt", "table.csv", "csv"),
    ],
)
def test_format_is_guessed_from_the_name_or_the_content(
    tmp_path, name, source, expected
) -> None:
    file = tmp_path / name
    file.write_bytes((FILES / source).read_bytes())

    assert files.guess_format(file) == expected


def test_yaml_without_the_c_parser_gives_the_same_tree(monkeypatch) -> None:
    fast = yaml_tree.parsed_yaml(FILES / "landscape.yml")

    monkeypatch.setattr(yaml_tree, "_Loader", yaml_tree.yaml.SafeLoader)

    assert yaml_tree.parsed_yaml(FILES / "landscape.yml") == fast
