"""The site's own tree of categories, and what the flat names of known sources mean in it.

A landscape brings its own two levels and keeps them; FedRAMP's business functions, endoflife.date's kinds and tags,
and the headings of the list of open alternatives are flat, and some say the same with other words.
"""

from products.importers.items import Path

SECURITY = "Security"
OPERATIONS = "IT operations and observability"
DATA = "Data and analytics"
AI = "AI and machine learning"
CLOUD = "Cloud and infrastructure"
DEVELOPMENT = "Software development"
INTEGRATION = "Integration and APIs"
COLLABORATION = "Collaboration and productivity"
CONTENT = "Content and commerce"
CUSTOMERS = "Sales, marketing and service"
BUSINESS = "Finance, HR and legal"
INDUSTRY = "Industry solutions"

FEDRAMP_FUNCTIONS: dict[str, Path] = {
    "Accounting": (BUSINESS, "Finance and accounting"),
    "Analytics": (DATA, "Business intelligence"),
    "Collaboration": (COLLABORATION, "Team collaboration"),
    "Communication": (COLLABORATION, "Messaging and meetings"),
    "Construction": (INDUSTRY, "Construction and facilities"),
    "Contact Center": (CUSTOMERS, "Contact centre"),
    "Content Management System (CMS)": (CONTENT, "Content management"),
    "Customer Relations Management (CRM)": (
        CUSTOMERS,
        "Customer relationship management",
    ),
    "Customer Service": (CUSTOMERS, "Customer service and help desk"),
    "Cybersecurity & Risk Management": (SECURITY, "Cybersecurity and risk"),
    "Data Management": (DATA, "Data management"),
    "Design & Multimedia": (CONTENT, "Design and media"),
    "Development Tools": (DEVELOPMENT, "Developer tools"),
    "Education & Training": (BUSINESS, "Learning and training"),
    "Finance": (BUSINESS, "Finance and accounting"),
    "Fleet Management": (INDUSTRY, "Fleet and assets"),
    "Grant Management": (BUSINESS, "Grants and procurement"),
    "Health & Wellness": (INDUSTRY, "Health care"),
    "Human Resources": (BUSINESS, "Human resources"),
    "Law Enforcement": (INDUSTRY, "Public safety"),
    "Legal & Policy": (BUSINESS, "Legal and compliance"),
    "Marketing & Sales": (CUSTOMERS, "Marketing and sales"),
    "Media": (CONTENT, "Design and media"),
    "Mobile Device Management (MDM)": (SECURITY, "Device management"),
    "Network Management": (OPERATIONS, "Network management"),
    "Operations Management": (OPERATIONS, "Operations management"),
    "Research": (INDUSTRY, "Research and science"),
    "Storage": (CLOUD, "Storage and backup"),
    "System Administration": (OPERATIONS, "System administration"),
    "Travel Management": (BUSINESS, "Travel and expenses"),
    "Virtual Private Network (VPN)": (SECURITY, "Network security and VPN"),
}
# Tags before kinds: "managed-kubernetes" says more than "service". A tag that is not here (a maker, a runtime,
# a foundation) is no category.
END_OF_LIFE_KINDS: dict[str, Path] = {
    "tag:managed-kubernetes": (CLOUD, "Hosted Kubernetes"),
    "tag:kubernetes": (CLOUD, "Kubernetes and orchestration"),
    "tag:web-server": (CLOUD, "Web servers and proxies"),
    "tag:database": (DATA, "Databases"),
    "tag:build-tool": (DEVELOPMENT, "Build tools"),
    "tag:package-manager": (DEVELOPMENT, "Build tools"),
    "tag:monitoring": (OPERATIONS, "Monitoring and observability"),
    "tag:web-browser": (COLLABORATION, "Browsers and desktop applications"),
    "tag:llm": (AI, "Language models"),
    "os": (CLOUD, "Operating systems"),
    "database": (DATA, "Databases"),
    "lang": (DEVELOPMENT, "Languages and runtimes"),
    "framework": (DEVELOPMENT, "Frameworks and libraries"),
    "app": (COLLABORATION, "Browsers and desktop applications"),
    "server-app": (CLOUD, "Server applications"),
    "service": (CLOUD, "Cloud services"),
    "device": (CLOUD, "Devices"),
    "standard": (SECURITY, "Standards"),
}
OPEN_ALTERNATIVES: dict[str, Path] = {
    "API Gateway": (INTEGRATION, "API gateways"),
    "API Platform": (INTEGRATION, "API platforms"),
    "Auth & SSO": (SECURITY, "Identity and access"),
    "Backend as a service": (DEVELOPMENT, "Application platforms"),
    "Business Intelligence": (DATA, "Business intelligence"),
    "CMS": (CONTENT, "Content management"),
    "Cloud Data Warehouse": (DATA, "Data warehouses and query engines"),
    "Cloud Development Environment": (DEVELOPMENT, "Developer tools"),
    "Cloud Storage": (CLOUD, "Storage and backup"),
    "Cloud-Native Application Protection Platform": (
        SECURITY,
        "Cloud and container security",
    ),
    "Communication": (COLLABORATION, "Messaging and meetings"),
    "Community Platform": (CONTENT, "Communities and forums"),
    "Customer Data Platform": (CUSTOMERS, "Customer data platforms"),
    "Customer Engagement": (CUSTOMERS, "Customer service and help desk"),
    "Cybersecurity": (SECURITY, "Cybersecurity and risk"),
    "Design": (CONTENT, "Design and media"),
    "Digital Signature": (BUSINESS, "Legal and compliance"),
    "E-commerce": (CONTENT, "E-commerce"),
    "ELT / ETL": (DATA, "Data integration and pipelines"),
    "ERP": (BUSINESS, "Enterprise resource planning"),
    "Email marketing": (CUSTOMERS, "Marketing and sales"),
    "Enterprise Search": (DATA, "Search"),
    "Feature flag and toggle management": (DEVELOPMENT, "Feature flags"),
    "File Hosting": (COLLABORATION, "File sharing"),
    "Financial Service": (BUSINESS, "Finance and accounting"),
    "Form Building": (CONTENT, "Forms and surveys"),
    "Forum Software": (CONTENT, "Communities and forums"),
    "Graph database": (DATA, "Graph and vector databases"),
    "Helpdesk Solution": (CUSTOMERS, "Customer service and help desk"),
    "Internal Tools": (DEVELOPMENT, "Low-code and internal tools"),
    "Localization (i18n)": (CONTENT, "Localisation"),
    "Log Management": (OPERATIONS, "Log management"),
    "ML Ops": (AI, "Machine learning platforms"),
    "Marketing SaaS": (CUSTOMERS, "Marketing and sales"),
    "Messaging": (COLLABORATION, "Messaging and meetings"),
    "Metrics store": (OPERATIONS, "Monitoring and observability"),
    "No-code database": (DEVELOPMENT, "Low-code and internal tools"),
    "Notetaking": (COLLABORATION, "Notes and knowledge"),
    "Observability and monitoring": (OPERATIONS, "Monitoring and observability"),
    "Password manager": (SECURITY, "Secrets and passwords"),
    "Platform as a service": (CLOUD, "Platform as a service"),
    "Product Analytics": (CUSTOMERS, "Product and web analytics"),
    "Project Management": (COLLABORATION, "Project management"),
    "Relational database": (DATA, "Databases"),
    "Remote Desktop Application": (OPERATIONS, "System administration"),
    "Reverse ETL": (DATA, "Data integration and pipelines"),
    "Robotic Process Automation (RPA)": (INTEGRATION, "Workflow automation"),
    "Scheduling": (COLLABORATION, "Scheduling"),
    "Session replay software": (CUSTOMERS, "Product and web analytics"),
    "Social Media": (CUSTOMERS, "Marketing and sales"),
    "Streaming": (INTEGRATION, "Streaming and messaging"),
    "Surveys": (CONTENT, "Forms and surveys"),
    "Timeseries database": (DATA, "Time-series databases"),
    "Tunnelling": (SECURITY, "Network security and VPN"),
    "VPN as a Service": (SECURITY, "Network security and VPN"),
    "Video Conferencing": (COLLABORATION, "Messaging and meetings"),
    "Webhooks": (INTEGRATION, "API platforms"),
    "Website analytics": (CUSTOMERS, "Product and web analytics"),
    "Workflow automation": (INTEGRATION, "Workflow automation"),
}
FEDRAMP, END_OF_LIFE, ALTERNATIVES = (
    "fedramp-marketplace",
    "endoflife.date",
    "oss-alternatives",
)
TABLES = {
    FEDRAMP: FEDRAMP_FUNCTIONS,
    END_OF_LIFE: END_OF_LIFE_KINDS,
    ALTERNATIVES: OPEN_ALTERNATIVES,
}
_WITH_SLASH = {name for table in TABLES.values() for name in table if " / " in name}


def split_path(text: str) -> Path:
    """ "Platform / PaaS/Container Service" has two levels: only the first slash between spaces parts them."""
    if text in _WITH_SLASH:
        return (text,)
    top, _, below = text.partition(" / ")
    names = (top.strip(), below.strip())
    return tuple(name[:120] for name in names if name)


def places(kinds: tuple[Path, ...], source: str) -> tuple[Path, ...]:
    """Where in the tree an item belongs that its source files under these."""
    if source == END_OF_LIFE:
        return _most_telling(kinds)
    found = [place(kind, source) for kind in kinds]
    return tuple(dict.fromkeys(path for path in found if path))


def place(path: Path, source: str) -> Path:
    """Nowhere for a tag: it names a maker or a foundation as often as a kind."""
    table = TABLES.get(source, {})
    if len(path) == 1 and path[0] in table:
        return table[path[0]]
    if path[0].startswith("tag:"):
        return ()
    # "Programming / Programming" is one category.
    return (
        path[:1]
        if len(path) == 2 and path[0].casefold() == path[1].casefold()
        else path
    )


def _most_telling(kinds: tuple[Path, ...]) -> tuple[Path, ...]:
    names = {kind[0] for kind in kinds}
    return tuple(path for name, path in END_OF_LIFE_KINDS.items() if name in names)[:1]
