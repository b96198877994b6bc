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
_PATTERNS: tuple[tuple[str, Topic], ...] = tuple(
    (pattern, topic)
    for pattern, topic in (
        (r"website analytics|product analytics", data.ANALYTICS),
        (r"customer data|e-?commerce|crm|sales|email marketing", business.CRM),
        (r"cms|content management|web content|publishing", administration.CONTENT),
        (r"vector database|graph database|time ?series", data.DATABASE),
        (r"\bauth\b|sso|identity|password|key management|secret", protection.IDENTITY),
        (r"agent|generative|natural language|\bnlp\b|\brag\b|llm|chatbot|guardrail|structured output|prompt", delivery.AGENTS),
        (r"mobile device|\bmdm\b|remote desktop|operating|linux|\bos\b|endpoint", protection.ENDPOINTS),
        (r"secur|complian|vulnerab|policy|adversarial|threat|risk", protection.SECURITY),
        (r"machine learning|deep learning|\bml\b|mlops|ml ops|training|inference|model|notebook|reinforcement|explainab|fairness|data science|label|feature engineer|federated|artificial|accelerator", delivery.MODELS),
        (r"observab|monitor|logging|log management|tracing|chaos|metrics|optimization|finops", operations.OBSERVABILITY),
        (r"contact cent|video|conferenc|telephon|communicat|messaging app|chat|social|community|forum", business.COMMUNICATION),
        (r"stream|messag|queue|event", data.STREAMING),
        (r"registry|ci/cd|continuous|integration & delivery|pipeline orch|build|release|feature flag|feature toggle|devops|artifact", delivery.PIPELINE),
        (r"storage|backup|file host|file shar|recovery|\bstore\b", operations.STORAGE),
        (r"gateway|mesh|proxy|network|vpn|service discovery|remote procedure|tunnel|load balanc|\bdns\b", operations.NETWORKING),
        (r"warehouse|business intelligence|analytic|visuali|dashboard", data.ANALYTICS),
        (r"database|\bsql\b|relational", data.DATABASE),
        (r"elt|etl|data management|governance|lineage|data architecture|data pipeline|versioning|\bdata\b|catalog", data.PIPELINES),
        (r"kubernetes|container|orchestrat|paas|platform as|runtime|serverless|wasm|edge|cloud platform|virtuali|scheduling|hosted|hosting", operations.PLATFORM),
        (r"provision|automation & conf|infrastructure|system admin|configuration management", operations.PROVISIONING),
        (r"develop|framework|programming|language|library|libraries|api|backend|no-code|low-code|internal tool|toolchain|webhook|sdk|ide\b", delivery.DEVTOOLS),
        (r"help ?desk|customer service|service desk|operations management|itsm|fleet|customer|field service", business.SERVICE),
        (r"collabor|project|notetak|note|workflow|document|office|knowledge|productivity|wiki|scheduling", business.COLLABORATION),
        (r"human resources|\bhr\b|education|training|learning|recruit|payroll", administration.PEOPLE),
        (r"financ|account|erp|travel|grant|procure|signature|invoice|expense|budget|billing", administration.FINANCE),
        (r"design|media|form|survey|locali|web", administration.CONTENT),
        (r"legal|law|case|research|health|construction|public|government|record", administration.CASES),
        (r"marketing", business.CRM),
        (r"search", data.DATABASE),
    )
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), topic) for pattern, topic in _PATTERNS)


def topic_for(category_names: Sequence[str]) -> Topic:
    """The primary category first; a name that says nothing leaves it to the next."""
    for name in category_names:
        for pattern, topic in _COMPILED:
            if pattern.search(name.lower()):
                return topic
    return administration.BUSINESS
