"""Which vocabulary a product gets, by the names of its categories."""

import re
from collections.abc import Sequence

from reviews_site.seed.sentences import (
    administration,
    business,
    data,
    delivery,
    operations,
    protection,
)
from reviews_site.seed.sentences.parts import Topic

TOPICS: tuple[Topic, ...] = (
    *operations.TOPICS,
    *protection.TOPICS,
    *data.TOPICS,
    *delivery.TOPICS,
    *business.TOPICS,
    *administration.TOPICS,
)

# The first pattern that occurs in a category's name decides; narrow ones stand before wide ones.
_PATTERNS: tuple[tuple[str, Topic], ...] = (
    (r"learning and training|\beducation", administration.PEOPLE),
    (r"web analytics|website analytics|product analytics", data.ANALYTICS),
    (r"device management|mobile device|\bmdm\b|remote desktop|operating|linux|\bos\b|endpoint|browser", protection.ENDPOINTS),
    (r"languages and runtimes|frameworks and libraries|rpc|remote procedure", delivery.DEVTOOLS),
    (r"responsible ai|evaluation", delivery.MODELS),
    (r"vpn|web server|\bproxy|proxies|service discovery|\bmesh\b|api gateway|network", operations.NETWORKING),
    (r"messaging and meetings|contact cent|video|conferenc|telephon|communicat|messaging app|chat\b|social|communit|forum", business.COMMUNICATION),
    (r"customer data|e-?commerce|crm|customer relation|sales|email marketing", business.CRM),
    (r"cms|content management|web content|publishing", administration.CONTENT),
    (r"vector database|graph database|vector databases|time.?series", data.DATABASE),
    (r"\bauth\b|sso|identity|password|key management|secret", protection.IDENTITY),
    (r"agent|generative|natural language|\bnlp\b|\brag\b|llm|language model|chatbot|guardrail|structured output|prompt", delivery.AGENTS),
    (r"legal", administration.CASES),
    (r"secur|complian|vulnerab|policy|adversarial|threat|risk", protection.SECURITY),
    (r"machine learning|deep learning|\bml\b|mlops|ml ops|training|inference|model|notebook|reinforcement|explainab|fairness|data science|label|feature engineer|federated|accelerator", delivery.MODELS),
    (r"observab|monitor|logging|log management|tracing|chaos|metrics|optimi[sz]ation|finops", operations.OBSERVABILITY),
    (r"stream|messag|queue|event", data.STREAMING),
    (r"registr|ci/cd|continuous|integration & delivery|pipeline orch|build|release|feature flag|feature toggle|devops|artifact|testing", delivery.PIPELINE),
    (r"storage|backup|file host|file shar|recovery", operations.STORAGE),
    (r"gateway|tunnel|load balanc|\bdns\b", operations.NETWORKING),
    (r"business intelligence|analytic|visuali[sz]ation|dashboard", data.ANALYTICS),
    (r"database|\bsql\b|relational|warehouse", data.DATABASE),
    (r"\belt\b|\betl\b|data |lineage|distributed computing|catalog", data.PIPELINES),
    (r"application platform|develop|programming|librar|\bapis?\b|backend|no-code|low-code|internal tool|toolchain|webhook|sdk|\bide\b", delivery.DEVTOOLS),
    (r"kubernetes|container|orchestrat|paas|platform as|runtime|serverless|wasm|\bedge\b|cloud platform|virtuali|hosted|hosting|ai infrastructure", operations.PLATFORM),
    (r"provision|automation & conf|infrastructure|system admin|configuration management", operations.PROVISIONING),
    (r"help ?desk|customer service|service management|service desk|operations|fleet|customer|field service", business.SERVICE),
    (r"collabor|project|\bnotes?\b|notetak|workflow|document|office|knowledge|productivity|wiki", business.COLLABORATION),
    (r"human resources|\bhr\b|recruit|payroll", administration.PEOPLE),
    (r"financ|account|\berp\b|resource planning|travel|grant|procure|signature|invoice|expense|budget|billing", administration.FINANCE),
    (r"design|\bmedia\b|\bforms?\b|survey|locali", administration.CONTENT),
    (r"law|case|research|health|construction|facilities|public safety|government|record", administration.CASES),
    (r"marketing", business.CRM),
    (r"search", data.DATABASE),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), topic) for pattern, topic in _PATTERNS)


def topic_for(category_names: Sequence[str]) -> Topic:
    """The primary category first; a name that says nothing leaves it to the next."""
    for name in category_names:
        for pattern, topic in _COMPILED:
            if pattern.search(name.lower()):
                return topic
    return administration.BUSINESS


# Fields of which a vocabulary has two sides: the one for names with this pattern, and the other.
_SIDES: dict[str, tuple[str, str, str]] = {
    "networking": (r"vpn", "vpn", "traffic"),
    "storage": (r"file", "files", "disks"),
    "service": (r"fleet|assets", "fleet", "desk"),
    "crm": (r"commerce|shop", "shop", "sales"),
    "communication": (r"contact", "calls", "meet"),
    "people": (r"learn|train|educat", "learning", "hr"),
    "cases": (r"health", "health", "law"),
    "finance": (r"grant", "grants", "ledger"),
}


# What a product on such a side is called, where that isn't what its vocabulary says.
NOUNS = {
    "vpn": "network security product",
    "files": "file sharing tool",
    "fleet": "fleet system",
    "shop": "shop system",
    "learning": "learning platform",
    "calls": "contact centre",
    "health": "clinical system",
    "grants": "grants system",
}


def side_of(topic_key: str, category_names: Sequence[str]) -> str:
    """A condition, as in sentences/parts.py; "any" for a vocabulary that has one side."""
    if topic_key not in _SIDES:
        return "any"
    pattern, narrow, wide = _SIDES[topic_key]
    name = category_names[0].lower() if category_names else ""
    return narrow if re.search(pattern, name) else wide
