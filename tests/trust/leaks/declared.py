"""What there is on the site, to be compared with the policies of it."""

from collections.abc import Iterator
from contextlib import suppress

from django.contrib import admin
from django.template import TemplateDoesNotExist, engines
from django.template.base import FilterExpression, Node, Variable
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from notifications import kinds
from tests.trust.crawl import named_routes
from tests.trust.leaks import policies
from tests.trust.leaks.policies import Policy, undeclared


def models() -> dict[str, str]:
    """Each model of the panel, and where its pages are."""
    registered = [model._meta for model in admin.site._registry]
    return {
        each.label: f"/admin/{each.app_label}/{each.model_name}/" for each in registered
    }


def model_at(route: str) -> str | None:
    found = (label for label, start in models().items() if route.startswith(start))
    return next(found, None)


def operations() -> list[tuple[str, str]]:
    """(method, path) of the OpenAPI document."""
    generator = SchemaGenerator(patterns=get_resolver().url_patterns)
    document = generator.get_schema(request=None, public=True)
    return sorted(
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
    )


def policy_of(name: str, route: str) -> Policy:
    model = model_at(route)
    return policies.ROUTES[name] if model is None else policies.MODELS[model]


def all_undeclared() -> dict[str, dict[str, list[str]]]:
    found = {
        "routes": undeclared(_routes(), policies.ROUTES),
        "operations": undeclared(
            (f"{method} {path}" for method, path in operations()), policies.OPERATIONS
        ),
        "e-mails": undeclared(kinds._KINDS, policies.EMAILS),
        "lists of staff": undeclared(models(), policies.MODELS),
    }
    return {what: lists for what, lists in found.items() if any(lists.values())}


def email_variables() -> set[str]:
    """Whatever the templates of all kinds of e-mail name."""
    engine = engines["django"].engine
    found = set()
    for kind in kinds._KINDS:
        for ending in ("subject.txt", "txt", "html"):
            with suppress(TemplateDoesNotExist):
                template = engine.get_template(f"emails/{kind}.{ending}")
                for node in template.nodelist.get_nodes_by_type(Node):
                    found |= set(_named_by(node))
    return found


def _named_by(node: Node) -> Iterator[str]:
    for value in vars(node).values():
        for each in value if isinstance(value, list | tuple) else [value]:
            variable = each.var if isinstance(each, FilterExpression) else None
            if isinstance(variable, Variable) and variable.lookups:
                yield ".".join(variable.lookups)


def _routes() -> Iterator[str]:
    return (name for name, route in named_routes() if model_at(route) is None)
