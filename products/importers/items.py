from dataclasses import dataclass, field
from hashlib import sha256
from json import dumps
from typing import Any

from products.importers.text import address_key, plain, vendor_key

# Categories are paths, top first: ("Security", "Identity and access").
Path = tuple[str, ...]
Record = dict[str, Any]


class CatalogueError(Exception):
    """The file can't be imported; the message is one sentence for the person who gave it."""


@dataclass(frozen=True)
class Options:
    """What the caller knows about the file."""

    dataset: str
    """Names the file among all that are imported; with an item's id it says "the same item again"."""
    members_categories: frozenset[str] = frozenset()
    """Landscape categories, small letters, whose items are organisations."""
    source: str = ""
    data_licence: str = ""


@dataclass(frozen=True)
class Skip:
    item: str
    where: str
    reason: str


@dataclass(frozen=True)
class Item:
    """One product as one source describes it; blank is "not stated"."""

    where: str
    name: str
    source: str
    stated_id: str = ""
    vendor: str = ""
    vendor_is_derived: bool = False
    """The name was made from an address's slug; a stated one replaces it."""
    categories: tuple[Path, ...] = ()
    summary: str = ""
    description: str = ""
    website: str = ""
    repository: str = ""
    licence: str = ""
    is_open_source: bool | None = None
    pricing_model: str = ""
    deployment: tuple[str, ...] = ()
    discontinued: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    data_licence: str = ""
    notes: tuple[str, ...] = field(default=(), compare=False)
    """What of it could not be used, in words; not stored."""

    @property
    def source_id(self) -> str:
        """The id that the source gives, else what makes it one product: its name and vendor (or address)."""
        if self.stated_id:
            return self.stated_id
        owner = (
            vendor_key(self.vendor)
            if self.vendor
            else address_key(self.repository or self.website)
        )
        return f"{plain(self.name) or self.name.casefold()}@{owner}"[:240]

    @property
    def is_bare(self) -> bool:
        """Nothing says whose product it is."""
        return not (self.vendor or self.website or self.repository)

    def record(self) -> Record:
        """What is kept of it in ProductSource.record: its stated fields."""
        unkept = {"where", "stated_id", "notes"}
        return {
            name: _as_json(value)
            for name, value in self.__dict__.items()
            if name not in unkept and value not in ("", (), {}, None, False)
        } | ({"is_open_source": False} if self.is_open_source is False else {})


def _as_json(value: Any) -> Any:
    return [_as_json(one) for one in value] if isinstance(value, tuple) else value


def digest(record: Record) -> str:
    return sha256(dumps(record, sort_keys=True).encode()).hexdigest()
