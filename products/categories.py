"""The tree of categories, small and asked for on every list: kept in the cache for a minute."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from products.models import Category
from reviews_site.lib.kept_values import kept_value

KEPT_FOR = 60


@dataclass
class Node:
    id: int
    slug: str
    name: str
    parent_id: int | None
    product_count: int
    children: list["Node"] = field(default_factory=list)

    def ids(self) -> Iterator[int]:
        """Its own and those of everything below."""
        yield self.id
        for child in self.children:
            yield from child.ids()


class CategoryTree:
    def __init__(self, rows: list[tuple]) -> None:
        self.nodes = {row[0]: Node(*row) for row in rows}
        self.by_slug = {node.slug: node for node in self.nodes.values()}
        self.roots: list[Node] = []
        for node in self.nodes.values():
            parent = self.nodes.get(node.parent_id) if node.parent_id else None
            (parent.children if parent else self.roots).append(node)

    def path(self, node: Node) -> list[Node]:
        """From the root down to the node's parent; a loop, which the importers never write, ends it."""
        above: list[Node] = []
        while node.parent_id in self.nodes and self.nodes[node.parent_id] not in above:
            node = self.nodes[node.parent_id]
            above.insert(0, node)
        return above


def category_tree() -> CategoryTree:
    return CategoryTree(kept_value("categories", KEPT_FOR, _rows))


def _rows() -> list[tuple]:
    columns = ("id", "slug", "name", "parent_id", "product_count")
    return list(Category.objects.order_by("name", "id").values_list(*columns))
