"""Text from a stranger's file, made fit to be stored and compared."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

URL_LIMIT = 500
# Control, format (bidi overrides, zero-width) and surrogate characters: none belongs into a name or a sentence.
UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
JOINERS = {"\u200c", "\u200d"}  # Persian, Indic scripts and emoji need them.
LEGAL_FORMS = re.compile(
    r"[\s,]+(?:inc|incorporated|llc|l\.l\.c|ltd|limited|gmbh|ag|se|corp|corporation|co|plc|"
    r"s\.?a|s\.?a\.?s|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|oy|ab|a/s|kk|k\.k|pty|pte|pvt|lp|llp|ug|kg|pbc)\.?$",
    re.IGNORECASE,
)
# One organisation under names that share no word; keys as vendor_key makes them.
SAME_VENDOR = {
    "internationalbusinessmachines": "ibm",
    "ciscosystems": "cisco",
    "apache": "apachesoftwarefoundation",
    "lfartificialintelligencefoundation": "lfaidatafoundation",
    "lfaidata": "lfaidatafoundation",
    "continuousdeliveryfoundationcdf": "continuousdeliveryfoundation",
    "fintechopensourcefoundation": "finos",
    "salesforcecom": "salesforce",
    "amazonwebservicesaws": "amazonwebservices",
    "aws": "amazonwebservices",
    "hewlettpackardenterprise": "hpe",
    "cyberarksoftware": "cyberark",
    "snowflakecomputing": "snowflake",
    "slacktechnologies": "slack",
    "ciscoappdynamics": "appdynamics",
    "f5networks": "f5",
    "facebook": "meta",
    "metaplatforms": "meta",
    "suselinux": "suse",
}
# How a name is written that an address's slug only spells in small letters.
KNOWN_SPELLINGS = {
    "apachesoftwarefoundation": "Apache Software Foundation",
    "lfaidatafoundation": "LF AI & Data Foundation",
    "continuousdeliveryfoundation": "Continuous Delivery Foundation",
    "finos": "FINOS",
    "numfocus": "NumFOCUS",
    "hashicorp": "HashiCorp",
    "vmware": "VMware",
    "jetbrains": "JetBrains",
    "pytorch": "PyTorch",
    "bytedance": "ByteDance",
    "mariadb": "MariaDB",
    "mailru": "Mail.ru",
    "circleci": "CircleCI",
    "gitlab": "GitLab",
    "github": "GitHub",
    "cloudbees": "CloudBees",
    "mongodb": "MongoDB",
    "influxdata": "InfluxData",
    "neo4j": "Neo4j",
    "openai": "OpenAI",
    "ibm": "IBM",
    "hpe": "HPE",
    "sap": "SAP",
    "suse": "SUSE",
    "f5": "F5",
    "amd": "AMD",
    "nvidia": "NVIDIA",
    "linkedin": "LinkedIn",
    "netapp": "NetApp",
    "opentext": "OpenText",
    "pingcap": "PingCAP",
    "scylladb": "ScyllaDB",
    "yugabyte": "Yugabyte",
    "wso2": "WSO2",
    "digitalocean": "DigitalOcean",
    "ovhcloud": "OVHcloud",
    "datastax": "DataStax",
    "bigpanda": "BigPanda",
    "logdna": "LogDNA",
    "jfrog": "JFrog",
    "rstudio": "RStudio",
    "h2oai": "H2O.ai",
    "ubisoft": "Ubisoft",
    "paypal": "PayPal",
    "cern": "CERN",
    "tibco": "TIBCO",
    "wework": "WeWork",
    "youtube": "YouTube",
    "tigergraph": "TigerGraph",
    "appdynamics": "AppDynamics",
    "solarwinds": "SolarWinds",
    "sonarsource": "SonarSource",
    "synopsys": "Synopsys",
    "browserstack": "BrowserStack",
    "lightbend": "Lightbend",
    "redislabs": "Redis Labs",
    "victoriametrics": "VictoriaMetrics",
    "signoz": "SigNoz",
    "openstack": "OpenStack",
    "starrocks": "StarRocks",
    "mirantis": "Mirantis",
    "netease": "NetEase",
    "iflytek": "iFLYTEK",
    "zte": "ZTE",
}

REMEMBERED = 10_000

_valid_url = URLValidator(schemes=["http", "https"])


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        character
        for character in text
        if character in "\n\t"
        or character in JOINERS
        or unicodedata.category(character) not in UNPRINTABLE
    )


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending at a word's end with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    ends_a_word = text[limit - 1].isspace()
    # A word that fills half of it is cut through.
    in_a_word = not ends_a_word and " " in head[limit // 2 :]
    at_word = head.rsplit(None, 1)[0] if in_a_word else head
    return at_word.rstrip(" ,;:–-") + "…"


def clean_line(value: object, limit: int) -> str:
    """One line without control characters; "" for what is not a text or a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return cut(" ".join(_printable(str(value).replace("\r", "\n")).split()), limit)


def clean_text(value: object, limit: int) -> str:
    """Paragraphs, at most one empty line between them."""
    if not isinstance(value, str):
        return ""
    text = _printable(value.replace("\r\n", "\n").replace("\r", "\n"))
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return cut(re.sub(r"\n{3,}", "\n\n", lines).strip(), limit)


def clean_url(value: object) -> str:
    """An http or https address without a user's name in it, or ""."""
    if not isinstance(value, str) or len(value) > URL_LIMIT * 2:
        return ""
    text = _printable(value).replace("\xa0", " ").strip()
    try:
        parts = urlsplit(text)
        parts = parts._replace(scheme=parts.scheme.lower())
        _valid_url(parts.geturl())
        refused = bool(parts.username or parts.password or "@" in parts.netloc)
    except (ValueError, ValidationError):
        return ""
    return "" if refused or len(parts.geturl()) > URL_LIMIT else parts.geturl()


def first_sentence(text: str, limit: int) -> str:
    line = " ".join(text.split())
    match = re.match(r"(.{20,}?[.!?])(?=\s+[A-Z0-9“\"(])", line)
    sentence = match[1] if match else line
    # An abbreviation is not a sentence's end.
    if re.search(r"\b(?:Inc|e\.g|i\.e|vs|etc|U\.S|St|Co|Corp|Ltd)\.$", sentence):
        sentence = line
    return cut(sentence, limit)


# A file names each vendor and category many times.
@lru_cache(REMEMBERED)
def plain(text: str) -> str:
    """Letters and digits of any script, small, without accents."""
    folded = unicodedata.normalize("NFKD", text.replace("™", "").replace("®", ""))
    return "".join(c for c in folded.casefold() if c.isalnum())


def vendor_name(spelling: str) -> str:
    """The name without its legal form: "Zscaler, Inc." is "Zscaler"."""
    name = re.sub(
        r"[\s,]+\(?an? \w[\w\s]{0,30} company\)?$",
        "",
        spelling.strip(),
        flags=re.IGNORECASE,
    )
    for _ in range(3):  # "Pty Ltd", "Co., Ltd."
        shorter = LEGAL_FORMS.sub("", name).strip(" ,")
        if not shorter or shorter == name:
            break
        name = shorter
    return name


@lru_cache(REMEMBERED)
def vendor_key(spelling: str) -> str:
    """What all spellings of one vendor share: Google, "Google LLC" and "google, inc." are "google"."""
    name = re.sub(r"^the\s+", "", vendor_name(spelling), flags=re.IGNORECASE)
    key = plain(name) or plain(spelling)
    return SAME_VENDOR.get(key, key)[:160]


def vendor_name_from_slug(slug: str) -> str:
    """ "red-hat" is "Red Hat"; a percent-encoded slug is read first, and "mariadb-2" is "Mariadb"."""
    words = clean_line(unquote(slug).replace("-", " ").replace("_", " "), 160)
    words = vendor_name(
        re.sub(r"(?<=\w\w) (?:com|[2-9])$", "", words, flags=re.IGNORECASE)
    )
    spelled = KNOWN_SPELLINGS.get(vendor_key(words))
    return spelled or " ".join(w[:1].upper() + w[1:] for w in words.split())


def address_key(url: str) -> str:
    """What spellings of one address share: no scheme, no "www.", no slash at the end."""
    if not url:
        return ""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = re.sub(r"/(?:index\.html?)?$|\.git$", "", parts.path)
    return f"{host}{path}{_query(parts)}".casefold()


def _query(parts: SplitResult) -> str:
    return f"?{parts.query}" if parts.query else ""


def without_acronym(name: str) -> str:
    """ "Open Policy Agent (OPA)" is "Open Policy Agent"; "Data Cloud (High)" stays."""
    match = re.fullmatch(r"(.+\S)\s*\(([A-Za-z]{2,8})\)", name)
    if match is None:
        return name
    initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", match[1]))
    return match[1] if initials.casefold() == match[2].casefold() else name


def name_keys(name: str, vendor: str) -> set[str]:
    """The keys under which a product of this vendor may be written elsewhere."""
    short = without_acronym(name)
    keys = {plain(name) or name.casefold(), plain(short) or name.casefold()}
    first = vendor.split()[0] if vendor.split() else ""
    for prefix in (vendor, first):
        rest = short[len(prefix) :]
        if (
            prefix
            and short.casefold().startswith(prefix.casefold())
            and rest[:1] == " "
        ):
            keys.add(plain(rest) or name.casefold())
    return keys
