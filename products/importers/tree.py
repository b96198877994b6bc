from collections.abc import Iterable

from products.importers.items import Path
from products.models import Category
from products.slugs import SlugBook


class CategoryBook:
    """All categories by their path; a missing one is made when it is asked for."""

    def __init__(self) -> None:
        self.by_pk = Category.objects.in_bulk()
        self.by_place = {
            (c.parent_id, category_key(c.name)): c for c in self.by_pk.values()
        }
        self.slugs = SlugBook((c.slug for c in self.by_pk.values()), limit=100)
        self.created = 0

    def resolve(self, paths: Iterable[Path]) -> list[int]:
        return list(dict.fromkeys(self._resolve(path).pk for path in paths if path))

    def _resolve(self, path: Path) -> Category:
        parent: Category | None = None
        for name in path[:-1]:
            parent = self._child(parent, name)
        return self._child(parent, path[-1])

    def _child(self, parent: Category | None, name: str) -> Category:
        place = (parent.pk if parent else None, category_key(name))
        return self.by_place.get(place) or self._add(parent, name)

    def _add(self, parent: Category | None, name: str) -> Category:
        wishes = (name, f"{parent.name} {name}") if parent else (name,)
        category = Category.objects.create(
            name=name, slug=self.slugs.take(*wishes), parent=parent
        )
        self.by_pk[category.pk] = category
        self.by_place[category.parent_id, category_key(name)] = category
        self.created += 1
        return category

    def names(self, pks: Iterable[int]) -> list[str]:
        """The categories' names and those above them."""
        found: list[str] = []
        for pk in pks:
            above: int | None = pk
            while above is not None:
                found.append(self.by_pk[above].name)
                above = self.by_pk[above].parent_id
        return found


def category_key(name: str) -> str:
    """ "Governance, Policy & Security" and "Governance, policy and security" are one."""
    return " ".join(name.casefold().replace("&", " and ").split())
