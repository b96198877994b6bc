"""Who speaks, as far as a sentence needs to know."""

from dataclasses import dataclass
from random import Random

from reviews_site.seed.grammar import capitalised

TEAMS = {
    "it": ("our IT team", "the IT department", "IT"),
    "engineering": ("our engineers", "the engineering teams", "our developers"),
    "security": ("our security team", "the security team"),
    "operations": ("operations", "our operations team"),
    "finance": ("finance", "our finance department"),
    "hr": ("HR", "our HR team"),
    "sales": ("the sales team", "sales"),
    "marketing": ("marketing", "our marketing team"),
    "customer": ("customer service", "our service team"),
    "procurement": ("procurement", "our purchasing department"),
    "other": ("our department", "my department"),
}
ORGANISATIONS = {
    "software": ("software company", "software house"),
    "finance": ("bank", "payment provider"),
    "insurance": ("insurer",),
    "healthcare": ("hospital group", "clinic network"),
    "pharma": ("pharmaceutical company", "laboratory group"),
    "manufacturing": ("manufacturer", "machine builder"),
    "retail": ("retailer", "consumer goods company"),
    "telecom": ("network operator", "telecoms company"),
    "energy": ("utility", "grid operator"),
    "transport": ("logistics company", "freight forwarder"),
    "government": ("public authority", "ministry"),
    "education": ("university", "school network"),
    "media": ("publisher", "broadcaster"),
    "construction": ("construction company", "property manager"),
    "nonprofit": ("charity", "non-profit"),
    "professional": ("consultancy", "law firm"),
    "other": ("company", "family business"),
}
SIZES = {
    "1-50": ("a small",),
    "51-200": ("a smallish", "a growing"),
    "201-1000": ("a mid-sized", "a regional"),
    "1001-5000": ("a larger", "a national"),
    "5001-10000": ("a large",),
    "10001+": ("a very large", "an international"),
}
PEOPLE = {
    "1-50": ("12", "18", "25", "30", "40"),
    "51-200": ("60", "75", "90", "120", "150", "180"),
    "201-1000": ("250", "300", "400", "550", "700", "900"),
    "1001-5000": ("1,100", "1,500", "2,000", "2,800", "3,500", "4,500"),
    "5001-10000": ("5,200", "6,000", "7,500", "9,000"),
    "10001+": ("11,000", "14,000", "20,000", "35,000", "60,000"),
}
DURATIONS = {
    "trial": ("three weeks", "four weeks", "a month"),
    "under_6_months": ("three months", "four months", "five months"),
    "under_1_year": ("seven months", "eight months", "nine months", "eleven months"),
    "under_2_years": ("a year", "a year and a half", "fourteen months", "twenty months"),
    "over_2_years": ("three years", "four years", "five years", "two and a half years", "six years"),
}  # fmt: skip
# All that persona.conditions may hold.
PERSONA_CONDITIONS = frozenset({"buyer", "user", "admin", "staff", "long"})
TECHNICAL = ("it", "engineering", "security", "operations")
CONDITION_OF_PERSPECTIVE = {
    "buyer": "buyer",
    "end_user": "user",
    "administrator": "admin",
}


@dataclass(frozen=True, slots=True)
class Persona:
    perspective: str
    job_function: str
    company_size: str
    industry: str
    usage_duration: str

    @property
    def conditions(self) -> frozenset[str]:
        """user, buyer or admin; staff who run or buy it; long for more than a year of use."""
        conditions = {CONDITION_OF_PERSPECTIVE[self.perspective]}
        if self.perspective != "end_user" or self.job_function in TECHNICAL:
            conditions.add("staff")
        if self.usage_duration in ("under_2_years", "over_2_years"):
            conditions.add("long")
        return frozenset(conditions)

    def slots(self, rng: Random) -> dict[str, str]:
        team = rng.choice(TEAMS[self.job_function])
        duration = rng.choice(DURATIONS[self.usage_duration])
        size, kind = (
            rng.choice(SIZES[self.company_size]),
            rng.choice(ORGANISATIONS[self.industry]),
        )
        return {
            "team": team,
            "team_cap": capitalised(team),
            "org": f"{size} {kind}",
            "people": rng.choice(PEOPLE[self.company_size]),
            "duration": duration,
            "duration_cap": capitalised(duration),
        }
