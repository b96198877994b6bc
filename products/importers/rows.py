"""One row (of JSON lines or of a table) → one item. The columns and their other names: docs/catalogue.md."""

import re
from collections.abc import Iterable
from typing import Any

from products.importers.categories import ALTERNATIVES, places, split_path
from products.importers.items import Item, Options, Path, Skip
from products.importers.organisations import why_organisation
from products.importers.spdx import spdx
from products.importers.text import (
    KNOWN_SPELLINGS,
    clean_line,
    clean_text,
    clean_url,
    plain,
    vendor_key,
    vendor_name_from_slug,
)
from products.models import Deployment, PricingModel

NAME_LIMIT, VENDOR_LIMIT, SUMMARY_LIMIT, DESCRIPTION_LIMIT = 200, 160, 200, 4_000
FACT_LIMIT, FACTS_LIMIT = 500, 40
CATEGORIES_LIMIT = 12
SERVICE_MODELS = {"saas", "paas", "iaas"}
OTHER_NAMES = {
    "product": ("name",),
    "homepage": ("website", "homepage_url", "url"),
    "repo": ("repository", "repo_url"),
    "license": ("licence",),
    "data_license": ("data_licence",),
    "categories": ("category",),
    "extra": ("facts",),
    "open_source": ("is_open_source",),
}


def column(row: dict[str, Any], name: str) -> Any:
    for key in (name, *OTHER_NAMES.get(name, ())):
        if row.get(key) not in (None, ""):
            return row[key]
    return None


def item_from_row(
    row: dict[str, Any], where: str, options: Options, notes: tuple[str, ...] = ()
) -> Item | Skip:
    raw_name = column(row, "product")
    name = without_stray_bracket(clean_line(raw_name, NAME_LIMIT))
    if not name:
        return Skip(clean_line(str(raw_name or ""), 80), where, "It has no name.")
    reason = why_organisation(name, raw_paths(row), options.members_categories)
    if reason:
        return Skip(name, where, reason)
    return _item(row, name, where, options, notes)


def _item(
    row: dict[str, Any], name: str, where: str, options: Options, notes: tuple[str, ...]
) -> Item:
    source = clean_line(row.get("source"), 50) or _usual_source(row, options)
    website, repository, unusable = addresses(
        column(row, "homepage"), column(row, "repo")
    )
    vendor, is_derived = _vendor(row, name)
    facts = clean_facts(column(row, "extra")) | _rivals(row)
    is_open = truth(column(row, "open_source"))
    kinds = raw_paths(row)
    return Item(
        where=where,
        name=name,
        source=source,
        stated_id=clean_line(row.get("source_id"), 240),
        vendor=vendor,
        vendor_is_derived=is_derived,
        categories=places(kinds, source),
        summary=clean_line(row.get("summary"), SUMMARY_LIMIT),
        description=without_doubled_name(
            clean_text(row.get("description"), DESCRIPTION_LIMIT), name
        ),
        website=website,
        repository=repository,
        licence=spdx(column(row, "license")),
        is_open_source=is_open,
        pricing_model=_choice(row.get("pricing_model"), PricingModel.values),
        deployment=deployment(
            stated=row.get("deployment"),
            service_models=facts.get("service_model"),
            kinds=kinds,
            open_source_repository=bool(is_open and repository),
        ),
        discontinued=("tag:discontinued",) in kinds
        or facts.get("maturity") == "archived",
        facts=facts,
        data_licence=clean_line(column(row, "data_license"), 100)
        or options.data_licence,
        notes=notes + unusable,
    )


def _usual_source(row: dict[str, Any], options: Options) -> str:
    """A list that names "alternatives" has the headings of ALTERNATIVES."""
    if options.source:
        return options.source
    return (
        ALTERNATIVES
        if isinstance(row.get("alternatives"), list)
        else options.dataset[:50]
    )


def raw_paths(row: dict[str, Any]) -> tuple[Path, ...]:
    """The row's categories: texts ("Cat / Sub"), a text with ";" between them, or lists of names."""
    stated = column(row, "categories")
    if isinstance(stated, str):
        stated = re.split(r"\s*[;|]\s*", stated)
    if not isinstance(stated, list | tuple):
        return ()
    paths = (_path(one) for one in stated[:CATEGORIES_LIMIT])
    return tuple(dict.fromkeys(path for path in paths if path))


def _path(stated: object) -> Path:
    if isinstance(stated, list | tuple):
        names = (clean_line(one, 120) for one in stated[:3])
        return tuple(name for name in names if name)
    return split_path(clean_line(stated, 250))


def addresses(website: object, repository: object) -> tuple[str, str, tuple[str, ...]]:
    """Both addresses as far as they are usable, and a note for each that is not."""
    cleaned = {"homepage": clean_url(website), "repository": clean_url(repository)}
    stated = {"homepage": website, "repository": repository}
    notes = tuple(
        f"Its {kind} is not an http or https address and was left out."
        for kind, url in cleaned.items()
        if stated[kind] and not url
    )
    return cleaned["homepage"], cleaned["repository"], notes


def _vendor(row: dict[str, Any], name: str) -> tuple[str, bool]:
    vendor = clean_line(row.get("vendor"), VENDOR_LIMIT)
    if not vendor:
        return vendor_of_tags(raw_paths(row)), False
    origin = clean_line(row.get("vendor_source"), 80)
    if "slug" in origin:
        return derived_vendor(vendor.replace(" ", "-"), name), True
    # A list that names each company like its product knows no more than the name.
    return vendor, origin == "company_name" and plain(vendor) == plain(name)


def derived_vendor(slug: str, product: str) -> str:
    """A vendor's name from the slug of its address; a product of the same letters knows how to write it."""
    spelled = clean_line(vendor_name_from_slug(slug), VENDOR_LIMIT)
    return product if plain(product) == plain(spelled) else spelled


# endoflife.date says who makes a product by a tag; foundations, kinds and runtimes are tags too.
VENDOR_TAGS = {
    "microsoft": "Microsoft",
    "amazon": "Amazon Web Services",
    "google": "Google",
    "oracle": "Oracle",
    "red-hat": "Red Hat",
    "apple": "Apple",
    "apache": "Apache Software Foundation",
    "eclipse": "Eclipse Foundation",
    "palo-alto-networks": "Palo Alto Networks",
    "hpe": "HPE",
    "sap": "SAP",
    "ibm": "IBM",
    "cncf": "Cloud Native Computing Foundation",
} | {
    tag: KNOWN_SPELLINGS.get(vendor_key(tag), tag.title())
    for tag in [
        "adobe",
        "alibaba",
        "atlassian",
        "azul",
        "bellsoft",
        "cisco",
        "citrix",
        "elastic",
        "fortinet",
        "github",
        "gitlab",
        "hashicorp",
        "influxdata",
        "intel",
        "jetbrains",
        "meta",
        "mikrotik",
        "mondoo",
        "motorola",
        "mozilla",
        "netapp",
        "nutanix",
        "nvidia",
        "progress",
        "proxmox",
        "sonarsource",
        "sony",
        "stormshield",
        "suse",
        "veeam",
        "vercel",
        "veritas",
        "vmware",
        "zerto",
    ]
}


def vendor_of_tags(paths: Iterable[Path]) -> str:
    tags = [
        path[0].removeprefix("tag:") for path in paths if path[0].startswith("tag:")
    ]
    return next((VENDOR_TAGS[tag] for tag in tags if tag in VENDOR_TAGS), "")


def without_stray_bracket(name: str) -> str:
    """ "[Activepieces" is what a broken link left of a name."""
    return name.lstrip("[ ") if name.startswith("[") and "]" not in name else name


def without_doubled_name(description: str, name: str) -> str:
    """ "AdonisJS AdonisJS is a framework": the first is a link's text that a converter left."""
    if description.casefold().startswith(f"{name} {name}".casefold()):
        return description[len(name) :].lstrip()
    return description


def truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {
        "true": True,
        "yes": True,
        "1": True,
        "false": False,
        "no": False,
        "0": False,
    }.get(str(value).strip().casefold())


def _choice(value: object, choices: Iterable[str]) -> str:
    return value if isinstance(value, str) and value in choices else ""


def deployment(
    *,
    stated: object,
    service_models: object,
    kinds: Iterable[Path],
    open_source_repository: bool,
) -> tuple[str, ...]:
    """How it is run, as far as the source says so: nothing is guessed from a name."""
    words = re.split(r"[;|,\s]+", stated) if isinstance(stated, str) else stated
    found = (
        [w for w in words if w in Deployment.values]
        if isinstance(words, list | tuple)
        else []
    )
    models = service_models if isinstance(service_models, list) else []
    kinds = tuple(kinds)
    if (
        any(str(model).casefold() in SERVICE_MODELS for model in models)
        or ("service",) in kinds
    ):
        found.append(Deployment.SAAS)
    if any("hosted" in kind[-1].casefold().split() for kind in kinds if len(kind) > 1):
        found.append(Deployment.SAAS)
    if open_source_repository:
        found.append(Deployment.SELF_HOSTED)
    return tuple(dict.fromkeys(str(one) for one in found))


def _rivals(row: dict[str, Any]) -> dict[str, Any]:
    """The proprietary products that a list of open alternatives names."""
    stated = row.get("alternatives")
    if not isinstance(stated, list):
        return {}
    names = [
        clean_line(one.get("name"), 120) for one in stated[:20] if isinstance(one, dict)
    ]
    return {"alternative_to": [name for name in names if name]} if any(names) else {}


def clean_facts(stated: object) -> dict[str, Any]:
    """Named facts: texts, numbers, truths and lists of them; deeper things are left out."""
    if not isinstance(stated, dict):
        return {}
    pairs = (
        (clean_line(name, 60), _fact(value))
        for name, value in list(stated.items())[:FACTS_LIMIT]
    )
    return {
        name: value for name, value in pairs if name and value not in (None, "", [])
    }


def _fact(value: object) -> Any:
    if isinstance(value, list):
        facts = [_fact(one) for one in value[:20] if not isinstance(one, list | dict)]
        return [fact for fact in facts if fact not in (None, "")]
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    if isinstance(value, float):
        return value if abs(value) < 2**53 else None
    return clean_line(value, FACT_LIMIT)
