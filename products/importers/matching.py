"""Finding the product or the vendor that a source means among those that are there."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import tldextract

from products.importers.items import Item
from products.importers.text import (
    address_key,
    name_keys,
    plain,
    vendor_key,
    vendor_name,
)
from products.models import Product, Vendor, VendorAlias
from products.slugs import SlugBook

_registrable = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


class VendorBook:
    """All vendors by the keys of their spellings; new ones are kept until `save`."""

    def __init__(self) -> None:
        self.by_pk = Vendor.objects.in_bulk()
        self.by_key = {
            key: self.by_pk[pk]
            for key, pk in VendorAlias.objects.values_list("key", "vendor_id")
        }
        for vendor in self.by_pk.values():  # one that staff made has no alias yet
            self.by_key.setdefault(vendor_key(vendor.name), vendor)
        self.slugs = SlugBook(
            (vendor.slug for vendor in self.by_pk.values()), limit=100
        )
        self.new: dict[str, Vendor] = {}
        self.changed: dict[int, set[str]] = {}

    def find(self, name: str) -> Vendor | None:
        return self.by_key.get(vendor_key(name))

    def spelled(self, item: Item) -> str:
        """How the catalogue writes the item's vendor; a product without one is its own."""
        name = item.vendor or item.name
        vendor = self.find(name)
        return vendor.name if vendor else name

    def resolve(self, name: str, is_derived: bool) -> Vendor:
        """The vendor of this spelling, made if need be; a stated spelling replaces a derived one."""
        vendor = self.find(name)
        if vendor is None:
            return self._add(name, is_derived)
        if vendor.name_is_derived and not is_derived:
            self._set(vendor, name=vendor_name(name), name_is_derived=False)
        return vendor

    def _add(self, spelling: str, is_derived: bool) -> Vendor:
        name = vendor_name(spelling)
        vendor = Vendor(
            name=name, slug=self.slugs.take(name), name_is_derived=is_derived
        )
        key = vendor_key(spelling)
        self.by_key[key] = self.new[key] = vendor
        return vendor

    def learn_website(self, vendor: Vendor, website: str) -> None:
        """A product's address whose domain is the vendor's name is the vendor's own."""
        host = urlsplit(website).hostname or ""
        parts = _registrable(host)
        domain = parts.top_domain_under_public_suffix
        if not domain or plain(parts.domain) != vendor_key(vendor.name):
            return
        if not vendor.website and host in (domain, f"www.{domain}"):
            self._set(vendor, website=f"{urlsplit(website).scheme}://{host}/")
        if domain not in vendor.email_domains:
            self._set(vendor, email_domains=[*vendor.email_domains, domain])

    def _set(self, vendor: Vendor, **values: object) -> None:
        for name, value in values.items():
            setattr(vendor, name, value)
        if vendor.pk:
            self.changed.setdefault(vendor.pk, set()).update(values)

    def save(self) -> set[int]:
        """Writes new and changed vendors; the ids of those whose name changed."""
        Vendor.objects.bulk_create(self.new.values(), batch_size=1000)
        VendorAlias.objects.bulk_create(
            [
                VendorAlias(vendor=vendor, name=vendor.name, key=key)
                for key, vendor in self.new.items()
            ],
            batch_size=1000,
        )
        self.by_pk |= {vendor.pk: vendor for vendor in self.new.values()}
        fields = set().union(*self.changed.values())
        if fields:
            Vendor.objects.bulk_update(
                [self.by_pk[pk] for pk in self.changed], sorted(fields), batch_size=500
            )
        renamed = {pk for pk, names in self.changed.items() if "name" in names}
        self.new, self.changed = {}, {}
        return renamed

    def forget(self, vendors: Iterable[Vendor]) -> None:
        gone = {vendor.pk for vendor in vendors}
        self.by_key = {
            key: vendor for key, vendor in self.by_key.items() if vendor.pk not in gone
        }
        self.by_pk = {pk: vendor for pk, vendor in self.by_pk.items() if pk not in gone}


@dataclass(eq=False)
class Known:
    """A product as far as matching needs it."""

    pk: int | None
    bare: bool
    """Neither a vendor nor an address is known of it."""


class ProductIndex:
    """Products by (name, vendor) and (name, address).

    The same name and the same vendor, homepage or repository: the same product. A source that gives neither vendor nor
    address means the one product of that name, where there is just one.
    """

    def __init__(self, vendors: VendorBook) -> None:
        self.vendors = vendors
        self.by_key: dict[tuple[str, str], Known] = {}
        self.by_name: dict[str, list[Known]] = {}
        self.by_pk: dict[int, Known] = {}
        rows = Product.objects.order_by("pk").values_list(
            "pk", "name", "vendor_id", "website", "repository"
        )
        for pk, name, vendor_id, *urls in rows.iterator(chunk_size=5000):
            vendor = vendors.by_pk[vendor_id].name
            own_name = vendor_key(vendor) == vendor_key(name)
            self.by_pk[pk] = Known(pk, bare=own_name and not any(urls))
            self.add(self.by_pk[pk], name, vendor, urls)

    def add(self, known: Known, name: str, vendor: str, urls: Iterable[str]) -> None:
        for name_key, owner in _keys(name, vendor, urls):
            self.by_key.setdefault((name_key, owner), known)
            if known not in self.by_name.setdefault(name_key, []):
                self.by_name[name_key].append(known)

    def find(self, item: Item) -> Known | None:
        vendor = self.vendors.spelled(item) if item.vendor else ""
        keys = _keys(item.name, vendor, (item.website, item.repository))
        known = next((self.by_key[key] for key in keys if key in self.by_key), None)
        return known or self._only_one_of_that_name(item)

    def _only_one_of_that_name(self, item: Item) -> Known | None:
        namesakes = self.by_name.get(plain(item.name), [])
        if len(namesakes) != 1:
            return None
        return namesakes[0] if item.is_bare or namesakes[0].bare else None


def _keys(name: str, vendor: str, urls: Iterable[str]) -> list[tuple[str, str]]:
    owners = [f"vendor:{vendor_key(vendor)}"] if vendor else []
    owners += [address_key(url) for url in urls if url]
    return [
        (name_key, owner)
        for name_key in sorted(name_keys(name, vendor))
        for owner in owners
    ]
