"""The cohorts of one product's topic, as they are stored; made once the lock of its Release row is held."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from disclosure.cohorts import Candidate, Formed, History, Live, plan
from disclosure.models import Cohort, CohortMember
from disclosure.organisations import code, empty
from disclosure.topics import Topic

# (series, field): each is looked at by itself.
Part = tuple[str, str]


@dataclass(frozen=True)
class Said:
    candidate: Candidate
    stated_on: datetime.date


# By part and organisation.
Statements = Mapping[Part, Mapping[str, Said]]


def today() -> datetime.date:
    return timezone.now().astimezone(datetime.UTC).date()


class Pool:
    def __init__(self, topic: Topic, product_id: int) -> None:
        self.topic = topic
        self.product_id = product_id
        self.standing = self._statements(today())
        of_it = Cohort.objects.filter(topic=topic.name, product=product_id)
        self.cohorts = {cohort.pk: cohort for cohort in of_it.order_by("pk")}
        self.said: dict[int, dict[str, Any]] = defaultdict(dict)
        members = CohortMember.objects.filter(cohort__in=self.cohorts)
        for key, name, value in members.values_list("cohort", "organisation", "value"):
            self.said[key][name] = value

    def _statements(self, until: datetime.date) -> Statements:
        parts: dict[Part, dict[str, Said]] = defaultdict(dict)
        for made in self.topic.contributions(self.product_id, until):
            for field, value in made.values.items():
                if value is not None:
                    candidate = Candidate(made.organisation, value, made.band)
                    parts[made.series, field][made.organisation] = Said(
                        candidate, made.stated_on
                    )
        return parts

    def _of(self, part: Part) -> list[Cohort]:
        return [
            cohort
            for cohort in self.cohorts.values()
            if (cohort.series, cohort.field) == part
        ]

    def _live(self, part: Part) -> list[Cohort]:
        return [cohort for cohort in self._of(part) if cohort.retired_on is None]

    # --- Out --------------------------------------------------------------------------------

    def retire_fallen(self) -> bool:
        """Cohorts of which a member stands no longer."""
        fallen = False
        for part in {(each.series, each.field) for each in self.cohorts.values()}:
            for cohort in self._live(part):
                if gone := self._gone(cohort):
                    fallen = True
                    self._retire([cohort.pk])
                    for organisation in gone:
                        self._forget(part, organisation)
        return fallen

    def _gone(self, cohort: Cohort) -> set[str]:
        stands = self.standing.get((cohort.series, cohort.field), {})
        return self.said[cohort.pk].keys() - stands.keys()

    def _retire(self, keys: Iterable[int]) -> None:
        for key in keys:
            self.cohorts[key].retired_on = today()
            self.cohorts[key].save(update_fields=["retired_on"])

    def _forget(self, part: Part, organisation: str) -> None:
        name = self._code(organisation)
        keys = [cohort.pk for cohort in self._of(part)]
        members = CohortMember.objects.filter(
            cohort__in=keys, organisation=organisation
        )
        empty(members, name)
        for key in keys:
            if organisation in self.said[key]:
                del self.said[key][organisation]
                self.said[key][name] = None

    def _code(self, organisation: str) -> str:
        return code(self.product_id, self.topic.name, organisation)

    # --- In ---------------------------------------------------------------------------------

    def form(self, until: datetime.date, formed_on: datetime.date) -> None:
        """Of what was said on or before `until`."""
        for part, said in sorted(self._statements(until).items()):
            stands = self.standing.get(part, {})
            candidates = [
                each.candidate for name, each in said.items() if name in stands
            ]
            # Nobody outside can compute the order, so nobody can choose whom to stand beside.
            candidates.sort(key=lambda each: self._code(each.organisation))
            live = [
                Live(cohort.pk, cohort.band, self.said[cohort.pk].keys())
                for cohort in self._live(part)
            ]
            for formed in plan(live, candidates, self._history(part, candidates)):
                self._retire(formed.replaces)
                self._store(part, formed, said, formed_on)

    def _history(self, part: Part, candidates: Iterable[Candidate]) -> History:
        series, field = part
        here: dict[str, list[Any]] = defaultdict(list)
        elsewhere: dict[str, set[str]] = defaultdict(set)
        for cohort in self.cohorts.values():
            if cohort.field == field:
                for name, value in self.said[cohort.pk].items():
                    if cohort.series == series:
                        here[name].append(value)
                    else:
                        elsewhere[name].add(cohort.series)
        codes = {
            each.organisation: self._code(each.organisation) for each in candidates
        }
        emptied = {name for name, of_it in codes.items() if of_it in here}
        moved = {
            name
            for name, of_it in codes.items()
            if self._told_elsewhere(name, elsewhere[name] | elsewhere[of_it], field)
        }
        return History(known=here.keys() | emptied | moved, said=here, emptied=emptied)

    def _told_elsewhere(self, name: str, others: Set[str], field: str) -> bool:
        if self.topic.series_are_independent:
            # It has moved from there to here: what it says is one thing.
            return any(name not in self.standing.get((o, field), {}) for o in others)
        return bool(others)

    def _store(
        self,
        part: Part,
        formed: Formed,
        said: Mapping[str, Said],
        formed_on: datetime.date,
    ) -> None:
        days = sorted(said[each.organisation].stated_on for each in formed.members)
        cohort = Cohort.objects.create(
            topic=self.topic.name,
            product_id=self.product_id,
            series=part[0],
            field=part[1],
            band=formed.band,
            stated_on=days[(len(days) - 1) // 2],
            formed_on=formed_on,
        )
        CohortMember.objects.bulk_create(
            CohortMember(
                cohort=cohort, organisation=each.organisation, value=each.value
            )
            for each in formed.members
        )
        self.cohorts[cohort.pk] = cohort
        self.said[cohort.pk] = {
            each.organisation: each.value for each in formed.members
        }
