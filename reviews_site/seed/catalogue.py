"""The products that demo reviews are about."""

import re
from collections.abc import Iterable, Sequence
from random import Random

from django.db.models import Prefetch

from products.models import Product, ProductCategory
from reviews_site.seed.reviews import SeedProduct
from reviews_site.seed.sentences.topics import side_of, topic_for
from reviews_site.seed.writing import Subject

# What a large synthetic set is marked with; the demo's own reviews keep away from it.
SYNTHETIC_SOURCE = "synthetic"
# Products that many people know get more reviews, as they would in life.
WELL_KNOWN = frozenset(
    name.casefold()
    for name in (
        "Kubernetes", "Prometheus", "Grafana", "PostgreSQL", "MySQL", "MongoDB", "Redis", "Elasticsearch", "Kafka",
        "RabbitMQ", "Jenkins", "GitLab", "GitHub Actions", "Terraform", "Ansible", "Vault", "Docker Engine", "Splunk",
        "Datadog", "Dynatrace Platform", "New Relic", "Salesforce Government Cloud Plus", "Slack", "Zoom for Government",
        "Jira Software", "Confluence", "Snowflake", "Okta IDaaS Regulated Cloud", "Trivy", "Falco", "Snyk",
        "SonarQube Server", "Argo CD", "Flux", "Helm", "Istio", "Envoy", "NGINX", "Kong Gateway", "Ceph", "MinIO",
        "Veeam Backup & Replication", "TensorFlow", "PyTorch", "Mlflow", "Apache Spark", "Apache Airflow", "Keycloak",
        "Red Hat OpenShift", "Rancher", "Ubuntu", "Red Hat Enterprise Linux", "Django", "Spring Boot", "React",
        "Mattermost", "Nextcloud", "WordPress", "Drupal", "Moodle", "Tenable.io", "Qualys Cloud Platform",
        "Google Workspace", "Microsoft SharePoint", "Genesys Cloud CX", "Harbor", "Workday Government Cloud (WGC)",
        "Zendesk Customer Support and Help Desk Platform", "Traefik", "Velero",
    )
)  # fmt: skip
_TAIL = re.compile(r"\s+(?:\(|[-–] |for (?:the )?(?:US )?Government\b|Government\b).*$")
_RIVALS = 12


def spoken_name(name: str) -> str:
    """As people call it: without what a register puts behind a name."""
    short = _TAIL.sub("", name).strip()
    return short if len(short) >= 2 else name


def load_products() -> list[SeedProduct]:
    """All visible products but synthetic ones, by slug."""
    rows = (
        Product.objects.visible()
        .exclude(source=SYNTHETIC_SOURCE)
        .order_by("slug")
        .prefetch_related(
            Prefetch(
                "product_categories",
                ProductCategory.objects.select_related("category__parent"),
            )
        )
        .defer("search_vector", "description")
    )
    products = list(rows)
    rivals = _rivals(products)
    return [_seed_product(product, rivals) for product in products]


def _rivals(products: Iterable[Product]) -> dict[int, list[str]]:
    by_category: dict[int, list[str]] = {}
    for product in products:
        for link in product.product_categories.all():
            by_category.setdefault(link.category_id, []).append(
                spoken_name(product.name)
            )
    return by_category


def _seed_product(product: Product, rivals: dict[int, list[str]]) -> SeedProduct:
    links = sorted(product.product_categories.all(), key=lambda link: link.position)
    names = [link.category.name for link in links]
    names += [link.category.parent.name for link in links if link.category.parent]
    name = spoken_name(product.name)
    others = (
        [other for other in rivals[links[0].category_id] if other != name]
        if links
        else []
    )
    topic = topic_for(names)
    conditions = _conditions(product) | topic.kind | {side_of(topic.key, names)}
    chosen = Random(product.slug).sample(others, min(_RIVALS, len(others)))
    return SeedProduct(
        product.pk,
        product.slug,
        product.name,
        tuple(product.deployment),
        Subject(name, topic, conditions, tuple(dict.fromkeys(chosen))),
        product.name.casefold() in WELL_KNOWN,
    )


def _conditions(product: Product) -> frozenset[str]:
    """What the catalogue doesn't know, nobody mentions."""
    conditions = set()
    if product.is_open_source or product.pricing_model == "free":
        conditions.add("oss")
    elif product.is_open_source is False or product.pricing_model:
        conditions.add("paid")
    if "saas" in product.deployment:
        conditions.add("saas")
    elif product.deployment:
        conditions.add("self")
    return frozenset(conditions)


def by_popularity(products: Sequence[SeedProduct], rng: Random) -> list[SeedProduct]:
    """Who is to get the most reviews comes first."""
    weight = {
        product.slug: rng.random() + (0.75 if product.is_well_known else 0)
        for product in products
    }
    return sorted(products, key=lambda product: -weight[product.slug])
