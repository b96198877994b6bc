"""The landscapes of the CNCF and its sisters: `landscape.yml` of version 1, data files of version 2."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from products.importers.items import CatalogueError, Item, Options, Skip
from products.importers.items import Path as CategoryPath
from products.importers.organisations import NAME_ENDINGS, why_organisation
from products.importers.rows import NAME_LIMIT, item_from_row
from products.importers.text import clean_line
from products.importers.tree import category_key
from products.importers.yaml_tree import parsed_yaml

# Which organisation an item belongs to: the slug is a key, nothing is ever looked up behind the address.
ORGANISATION = re.compile(r"crunchbase\.com/organization/([^/?#\s]+)")
REQUIRED = ("name", "homepage_url", "logo")


@dataclass(frozen=True)
class Listed:
    """An item as it stands in the file, and under which names."""

    fields: Any
    path: CategoryPath

    @property
    def where(self) -> str:
        return " / ".join(self.path) or "no category"

    @property
    def name(self) -> str:
        return (
            clean_line(self.fields.get("name"), NAME_LIMIT)
            if isinstance(self.fields, dict)
            else ""
        )


def read_landscape(path: Path, options: Options) -> Iterator[Item | Skip]:
    subcategories = list(_subcategories(_categories(parsed_yaml(path), path.name)))
    listed = [
        Listed(fields, names) for names, items in subcategories for fields in items
    ]
    _check_end(listed, path.name)
    paths = _Paths(names for names, _ in subcategories)
    organisations = _organisations(listed)
    for one in listed:
        yield _item(one, paths, organisations, options)


def _check_end(listed: list[Listed], name: str) -> None:
    """A file that is cut off is often still YAML: its last item lacks what the format asks of every item."""
    fields = [one.fields for one in listed if isinstance(one.fields, dict)]
    for key in REQUIRED if len(fields) > 3 else ():
        if all(key in one for one in fields[:-1]) and key not in fields[-1]:
            raise CatalogueError(
                f"{name} seems to be cut off: its last item has no “{key}”, and all others have."
            )


def _categories(tree: Any, name: str) -> list[Any]:
    if isinstance(tree, dict):
        categories = tree.get("landscape") or tree.get("categories")
        if isinstance(categories, list):
            return categories
    raise CatalogueError(
        f"{name} has no list “landscape” or “categories” at its top: it is not a landscape."
    )


def _subcategories(categories: list[Any]) -> Iterator[tuple[CategoryPath, list[Any]]]:
    for category in categories:
        for subcategory in _list(category, "subcategories"):
            items = _list(subcategory, "items")
            names = (_name(category, "category"), _name(subcategory, "subcategory"))
            yield tuple(name for name in names if name), items


def _list(holder: Any, key: str) -> list[Any]:
    """The list under the key, empty for null; what has no such key is cut off or no landscape."""
    if not isinstance(holder, dict) or key not in holder:
        label = clean_line(
            holder.get("name") if isinstance(holder, dict) else str(holder)[:80], 80
        )
        raise CatalogueError(
            f"“{label}” has no “{key}”: the file is cut off, or it is not a landscape."
        )
    held = holder[key]
    if held is not None and not isinstance(held, list):
        raise CatalogueError(
            f"The “{key}” of “{clean_line(holder.get('name'), 80)}” are not a list."
        )
    return held or []


def _name(holder: dict[str, Any], other_key: str) -> str:
    """Version 1 writes `category:` with nothing behind it, and the name under `name`."""
    return clean_line(holder.get("name") or holder.get(other_key), 120)


def _item(
    one: Listed, paths: "_Paths", organisations: dict[str, str], options: Options
) -> Item | Skip:
    if not isinstance(one.fields, dict):
        return Skip(
            clean_line(str(one.fields)[:80], 80),
            one.where,
            "It is not a mapping of an item's fields.",
        )
    reason = why_organisation(
        one.name, [one.path], options.members_categories, guess=True
    )
    if reason:
        return Skip(one.name, one.where, reason)
    second, unknown = paths.resolve(one.fields.get("second_path"))
    row = _row(one, [one.path, *second]) | _vendor(one.fields, organisations)
    return item_from_row(row, one.where, options, notes=unknown)


def _row(one: Listed, paths: list[CategoryPath]) -> dict[str, Any]:
    fields = one.fields
    extra = fields.get("extra") if isinstance(fields.get("extra"), dict) else {}
    stated = fields.get("open_source")
    return {
        "product": fields.get("name"),
        "categories": paths,
        "homepage": fields.get("homepage_url"),
        "repo": fields.get("repo_url"),
        "description": fields.get("description")
        or extra.get("summary_use_case")
        or extra.get("summary_business_use_case"),
        "license": fields.get("license"),
        # The format's own rule: an item with a repository is open source unless it says otherwise.
        "open_source": stated
        if isinstance(stated, bool)
        else (True if fields.get("repo_url") else None),
        "extra": _facts(fields, extra),
    }


def _facts(fields: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    tags = extra.get("summary_tags")
    return {
        "maturity": "archived" if extra.get("archived") else fields.get("project"),
        "accepted": extra.get("accepted"),
        "tags": [tag.strip() for tag in tags.split(",")]
        if isinstance(tags, str)
        else None,
    }


def _vendor(fields: dict[str, Any], organisations: dict[str, str]) -> dict[str, Any]:
    """The organisation's stated name, else its name in the members' list, else its slug."""
    organisation = fields.get("organization")
    if isinstance(organisation, dict) and organisation.get("name"):
        return {"vendor": organisation["name"]}
    slug = _slug(organisation) or _slug(fields.get("crunchbase"))
    if slug in organisations:
        return {"vendor": organisations[slug]}
    return {"vendor": slug, "vendor_source": "slug"} if slug else {}


def _slug(address: object) -> str:
    found = ORGANISATION.search(address) if isinstance(address, str) else None
    return found[1].casefold() if found else ""


def _organisations(listed: Iterable[Listed]) -> dict[str, str]:
    """Names from the members' lists, by the organisation's slug."""
    names: dict[str, str] = {}
    for one in listed:
        ending = NAME_ENDINGS.search(one.name)
        if ending and (slug := _slug(one.fields.get("crunchbase"))):
            names.setdefault(slug, one.name[: ending.start()].strip())
    return names


class _Paths:
    """The landscape's categories by how `second_path` may spell them: "&" for "and", one "s" more or less."""

    def __init__(self, paths: Iterable[CategoryPath]) -> None:
        self.known = {_path_key(" / ".join(path)): path for path in paths}

    def resolve(self, stated: object) -> tuple[list[CategoryPath], tuple[str, ...]]:
        """The paths that exist, and a note for each that doesn't."""
        spelled = (
            [clean_line(one, 250) for one in stated] if isinstance(stated, list) else []
        )
        found = {one: self.known.get(_path_key(one)) for one in spelled if one}
        notes = tuple(
            f"Its second path “{one}” is no category of this landscape and was left out."
            for one, path in found.items()
            if path is None
        )
        return [path for path in found.values() if path], notes


def _path_key(path: str) -> str:
    """Without the blanks around slashes: names have slashes too ("PaaS/Container Service")."""
    words = re.sub(r"\s*/\s*", "/", category_key(path))
    return re.sub(r"s(?=/|$)", "", words)


def members_categories(path: Path) -> list[str]:
    """The categories of organisations that a landscape's settings name, in small letters."""
    settings = parsed_yaml(path)
    if not isinstance(settings, dict):
        raise CatalogueError(f"{path.name} is not a landscape's settings file.")
    held = settings.get("global")
    nested = held if isinstance(held, dict) else {}
    stated = [settings.get("members_category"), nested.get("membership")]
    names = [
        clean_line(name, 120).casefold() for name in stated if isinstance(name, str)
    ]
    if not any(names):
        raise CatalogueError(
            f"{path.name} names no members' category (“members_category”, or “membership” under “global”)."
        )
    return names
