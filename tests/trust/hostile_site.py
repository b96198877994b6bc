"""All hostile texts, sent through every field that somebody can write into, by the forms and the API themselves."""

import datetime
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from following.models import DIGEST, DigestSubscription, Shortlist
from following.services.digest import send_portion
from moderation.models import Decision, QueueItem
from notifications.models import OutgoingEmail
from notifications.services import set_preferences
from reviews.discussion import recount
from reviews.models import Comment, Review, VendorResponse
from reviews.ratings import recompute_all_ratings
from reviews.services import publish_review
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
)
from tests.messaging.people import member
from tests.trust import hostile

# Enough for all texts to be the headline, the name or a side of some review.
AUTHORS = 60
# Refused in a clean way, or taken: anything else is a fault.
CLEAN = range(200, 500)
# What no page of the site has, so that one of them came out of a text.
FOREIGN_TAGS = {
    "applet", "base", "bgsound", "embed", "frameset", "layer", "marquee", "math", "object", "portal", "image", "video",
    "audio", "foreignobject", "animate", "custom-element", "isindex",
}  # fmt: skip


class Foreign(HTMLParser):
    """Finds what a text has put into a page. The browser is the real judge; this one is quick."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.in_script = tag == "script" and "json" not in (values.get("type") or "")
        if tag in FOREIGN_TAGS:
            self.found.append(tag)
        for name, value in attrs:
            value = (value or "").strip().lower()
            runs = name in ("href", "src", "action", "formaction") and re.match(r"(java|vb)script:|data:text", value)  # fmt: skip
            effect = name.startswith(("hx-", "data-hx-")) and ("ran(" in value or hostile.EFFECT in value)  # fmt: skip
            # A link that a text names is a link; nobody is led there without pressing it.
            elsewhere = (
                hostile.ELSEWHERE in value[:30] and name != "value" and tag != "a"
            )
            if name.startswith("on") or runs or effect or elsewhere:  # fmt: skip
                self.found.append(f"{tag} {name}={value[:60]}")

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script and "ran(1)" in data:
            self.found.append(f"script: {data[:60]}")


def foreign_in(page: str) -> list[str]:
    finder = Foreign()
    finder.feed(page)
    return finder.found


class Person:
    """A member at the keyboard; what comes back to them is looked through at once."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)

    def post(self, path: str, data: Any, **kwargs: Any) -> HttpResponse:
        return looked_through(self.client.post(path, data, **kwargs), path)

    def put(self, path: str, data: Any) -> HttpResponse:
        return looked_through(self.client.put(path, data, content_type="application/json"), path)  # fmt: skip

    def get(self, path: str, data: Any = None) -> HttpResponse:
        return looked_through(self.client.get(path, data), path)


def looked_through(answer: HttpResponse, path: str) -> HttpResponse:
    assert answer.status_code in CLEAN or 300 <= answer.status_code < 400, (path, answer.status_code)  # fmt: skip
    if answer.content and answer.get("Content-Type", "").startswith("text/html"):
        page = answer.content.decode()
        assert foreign_in(page) == [], path
        assert "<main" in page or 'id="main"' in page, path
        assert str(7919 * 7919) not in page, path
    for name, value in answer.items():
        assert "\n" not in f"{name}{value}" and "Set-Cookie: a" not in name, path
    return answer


class HostileSite:
    """Sends everything when it is made; afterwards knows whose pages to look at."""

    def __init__(self, authors: int) -> None:
        self.now = timezone.now()
        self.visitor = Person(None)
        self.reader, self.reader_too = Person(member()), Person(member())
        self.moderator = Person(member(is_staff=True))
        self.representative = Person(member())
        self._catalogue()
        self._reviews(authors)
        self._draft()
        self._around_a_review()
        self._vendor()
        self._messages()
        self._calls()
        self._contacts()
        self._unsent_and_searched()
        self._accounts()
        self._following()
        self._moderation()
        recompute_all_ratings()

    # --- What is reviewed ---

    def _catalogue(self) -> None:
        texts = hostile.short(90)
        self.category = CategoryFactory(name=texts[14], slug="hostile")
        vendor = VendorFactory(name=texts[25], slug="hostile", email_domains=["hostile.example"])  # fmt: skip
        VendorRepresentativeFactory(vendor=vendor, user=self.representative.user)
        self.product = ProductFactory(
            slug="hostile",
            name="</script><script>ran(1)</script>",
            summary=hostile.packs(200)[3],
            description=hostile.packs(9_000)[0],
            vendor=vendor,
            category=self.category,
        )
        self.other = ProductFactory(slug="other", name="{{ 7919*7919 }}", vendor=vendor, category=self.category)  # fmt: skip
        self.vendor = vendor

    def _reviews(self, count: int) -> None:
        headlines, names = hostile.packs(100, 5), hostile.packs(60)
        sides, answers = hostile.packs(4_000, 40), hostile.packs(2_000)
        self.authors: list[Person] = []
        for number in range(count):
            author = Person(member())
            WorkEmailFactory(user=author.user)
            self.authors.append(author)
            name = names[number % len(names)]
            texts = profile(display_name=name, job_title=name, company_name=name)
            # Some can't be a name, and who has none stays anonymous.
            is_named = author.post("/me/profile/", texts).status_code == 302
            # No product is called so: the whole review is refused, and comes again without it.
            author.post(
                "/api/v1/reviews/",
                self.review(switched_from=names[number % len(names)]),
                content_type="application/json",
            )
            author.post(
                "/api/v1/reviews/",
                self.review(
                    headline=headlines[number % len(headlines)],
                    pros=sides[number % len(sides)],
                    cons=sides[-1 - number % len(sides)],
                    incentive="gift",
                    incentive_detail=names[-1 - number % len(names)],
                    rewarded_by="vendor",
                    is_anonymous=not is_named,
                    answers={"use_case": answers[number % len(answers)]},
                ),
                content_type="application/json",
            )
        self.pending = list(Review.objects.filter(status="pending").order_by("id"))
        assert len(self.pending) == count
        for review in self.pending[6:12]:
            publish_review(review=review, moderator=self.moderator.user)
        rest = Review.objects.filter(pk__in=[review.pk for review in self.pending[12:]])
        rest.update(status="published", published_at=self.now, version=F("version") + 1)
        self.published = list(Review.objects.published().order_by("id"))
        self.review_path = f"/reviews/{self.published[0].public_id}/"

    def review(self, **changes: Any) -> dict[str, Any]:
        return {
            "product": self.product.slug,
            "headline": "Does the job",
            "pros": "p" * 50,
            "cons": "c" * 50,
            "half_stars": 8,
            "would_recommend": 9,
            "perspective": "buyer",
            "job_function": "it",
            "seniority": "c_minus_1",
            "company_size": "201-1000",
            "industry": "healthcare",
            "usage_duration": "under_2_years",
            "last_used_on": self.now.date().isoformat(),
            "relationship": "customer",
            "incentive": "none",
            "affirmed": True,
        } | changes

    def _draft(self) -> None:
        """As typed, on every page of the form."""
        path = f"/products/{self.product.slug}/reviews"
        texts = {
            "headline": hostile.packs(100)[1],
            "pros": hostile.packs(4_000)[0],
            "cons": hostile.packs(4_000)[1],
            "answer_use_case": hostile.packs(2_000)[0],
            "answer_pricing": hostile.packs(2_000)[1],
            "incentive_detail": hostile.packs(120)[2],
        }
        self.reader.post(f"{path}/draft/", texts)
        for step in ("rating", "good", "not-good", "details", "you"):
            self.reader.post(f"{path}/new/", {"step": step, "go": "next", "incentive": "gift", **texts})  # fmt: skip
        self.steps = [f"{path}/new/?step={step}" for step in ("use", "rating", "good", "not-good", "details", "you", "send")]  # fmt: skip

    # --- Around a review ---

    def _around_a_review(self) -> None:
        names = iter(hostile.packs(60))
        for number, body in enumerate(hostile.packs(1_200)):
            author = (self.reader, self.reader_too)[number % 2]
            author.post("/me/profile/", profile(display_name=next(names)))
            author.post(f"{self.review_path}comments/", {"body": body, "signed": "name"})  # fmt: skip
        waiting = Comment.objects.filter(status="pending").order_by("id")
        assert waiting.count() == len(hostile.packs(1_200))
        self.pending_comments = list(waiting[:2])
        public = Comment.objects.filter(pk__gt=self.pending_comments[-1].pk)
        public.update(status="published", published_at=self.now)
        recount([self.published[0].pk])
        self.comment = public.first()
        assert self.comment is not None
        for path in (self.review_path, f"/comments/{self.comment.public_id}/", f"/reviews/{self.published[1].public_id}/"):  # fmt: skip
            for who in (self.authors[40], self.authors[41], self.visitor):
                for details in hostile.packs(2_000)[:1]:
                    data = {"reason": "other", "details": details, "email": "visitor@somewhere.example"}  # fmt: skip
                    who.post(f"{path}report/", data)
        self.visitor.post(f"{self.review_path}report/", {"reason": "other", "email": hostile.short(60)[0]})  # fmt: skip
        for text in hostile.short(100)[::8]:
            self.visitor.get("/search/", {"q": text})
            self.visitor.get("/products/", {"q": text, "category": text, "vendor": text, "licence": text, "after": text})  # fmt: skip
            self.visitor.get(f"/products/{self.product.slug}/", {"after": text, "stars": text})  # fmt: skip

    def _vendor(self) -> None:
        who, reviews = self.representative, iter(self.published)
        for number, body in enumerate(hostile.packs(3_000, 20)):
            review = next(reviews)
            who.post(f"/reviews/{review.public_id}/respond/", {"body": body})
            if number:
                VendorResponse.objects.filter(review=review).update(status="published", published_at=self.now)  # fmt: skip
        for statement in hostile.packs(4_000, 40):
            data = {"ground": "copied", "statement": statement}
            who.post(f"/reviews/{next(reviews).public_id}/dispute/", data)
        for incentive in hostile.packs(120)[:6]:
            who.post(f"/vendors/{self.vendor.slug}/desk/invitations/", {"product": self.product.slug, "incentive": incentive, "affirmed": "on"})  # fmt: skip
        roles = iter(hostile.packs(80))
        for number, note in enumerate(hostile.packs(1_000)):
            author = self.authors[50 + number // 3]
            path = f"/vendors/{VendorFactory(email_domains=[f'v{number}.example']).slug}/claim/"  # fmt: skip
            author.post(path, {"address": f"a@v{number}.example", "role": next(roles), "note": note})  # fmt: skip
            self._confirm_claim(author)
        for text in hostile.short(100)[::15]:
            self.authors[49].post(f"/vendors/{self.vendor.slug}/claim/", {"address": text})  # fmt: skip

    def _confirm_claim(self, author: Person) -> None:
        mail = OutgoingEmail.objects.filter(kind__contains="claim").order_by("-id").first()  # fmt: skip
        link = mail and re.search(r"/me/vendors/confirm/\S+", mail.text)
        assert link, mail
        author.post(link[0], {})

    def _messages(self) -> None:
        """Both sides write; a message is reported."""
        author = self.authors[6]
        review = Review.objects.get(author=author.user)
        first, *others = hostile.packs(4_000)
        key = "00000000-0000-4000-8000-{:012}"
        answer = self.reader.post(f"/reviews/{review.public_id}/message/", {"body": first, "client_key": key.format(1)})  # fmt: skip
        self.thread = answer["Location"]
        author.post(f"{self.thread}accept/", {})
        for number, body in enumerate(others, start=2):
            who = (author, self.reader)[number % 2]
            who.post(self.thread, {"body": body, "client_key": key.format(number)})
        message = author.user.messages_sent.first()
        assert message is not None
        for details in hostile.packs(2_000)[:1]:
            self.reader.post(f"{self.thread}{message.public_id}/report/", {"reason": "other", "details": details})  # fmt: skip
        conversations, json = "/api/v1/conversations/", {"content_type": "application/json"}  # fmt: skip
        self.talk = f"/api/v1{self.thread.replace('messages', 'conversations')}"
        self.reader.post(f"{self.talk}messages/", {"body": hostile.packs(4_000)[1]}, **json)  # fmt: skip
        asked = {"review": str(self.published[3].public_id), "body": hostile.packs(4_000)[0]}  # fmt: skip
        self.reader_too.post(conversations, asked, **json)
        reported = author.user.messages_sent.last()
        data = {"reason": "other", "details": hostile.packs(2_000)[1]}
        answer = self.reader.post(f"{self.talk}messages/{reported.public_id}/report/", data, **json)  # fmt: skip
        assert answer.status_code == 201

    def _calls(self) -> None:
        """Each side answers the other's times with others; what was last is agreed to."""
        new, day = f"{self.thread}calls/new/", (self.now + datetime.timedelta(days=5)).date()  # fmt: skip
        said = {"slot_1": f"{day}T10:00", "minutes": 30, "time_zone": "Europe/Berlin"}
        key = "00000000-0000-4000-8000-{:012}"
        for number, place in enumerate(hostile.packs(300)):
            who, other = (self.authors[6], self.reader)[:: (-1) ** number]
            data = said | {"place": place, "client_key": key.format(number)}
            assert who.post(new, data).status_code == 302
            other.get(self.thread)
        for text in hostile.short(40)[::8]:
            self.reader.post(new, dict.fromkeys(("slot_1", "which_1", "place", *said), text))  # fmt: skip
        calls, json = f"{self.talk}calls/", {"content_type": "application/json"}
        said = {"slots": [f"{day}T10:00:00Z"], "minutes": 30}
        for text in hostile.short(50)[::15]:
            self.reader.post(calls, said | {"time_zone": text}, **json)
        for place in hostile.packs(300)[:4]:
            answer = self.reader.post(calls, said | {"place": place}, **json)
            assert answer.status_code == 201
        call = f"{self.thread}calls/{answer.json()['public_id']}/"
        self.authors[6].post(f"{call}accept/", {"slot": hostile.short(30)[5]})
        self.authors[6].post(f"{call}accept/", {"slot": 1})
        assert self.reader.get(f"{call}calendar.ics").status_code == 200

    def _contacts(self) -> None:
        """Looked at before it is shared, and then shared by both: the last of the names that can be one."""
        path, names = f"{self.thread}contacts/", hostile.packs(60)
        for name in names:
            self.reader.post(path, {"step": "preview", "share_name": "on", "name": name})  # fmt: skip
        ticked = dict.fromkeys(("share_telephone", "share_work_email"), "on")
        for text in hostile.short(60)[::6]:
            self.reader.post(path, ticked | dict.fromkeys(("step", "telephone", "work_email"), text))  # fmt: skip
        for who in (self.authors[6], self.reader):
            for name in names[:8]:
                who.post(path, {"step": "share", "share_name": "on", "name": name})
        for text in hostile.short(60)[::25]:
            self.reader.put(f"{self.talk}contacts/", dict.fromkeys(("name", "telephone", "work_email"), text))  # fmt: skip
        answer = self.reader.client.get(f"{self.talk}contacts/").json()
        assert set(answer["shared"]) == set(answer["mine"]) == {"name"}

    def _unsent_and_searched(self) -> None:
        self.question = f"/reviews/{self.published[5].public_id}/message/"
        for body in hostile.packs(4_000):
            data = {"body": body, "client_key": "00000000-0000-4000-8000-000000000001"}
            self.reader.post(f"{self.question}draft/", data)
            self.reader.post(f"{self.thread}draft/", data)
            self.authors[6].put(f"{self.talk}draft/", {"body": body})
        for text in hostile.packs(100)[::3]:
            self.reader.get("/messages/", {"q": text})
            self.reader.get("/api/v1/conversations/", {"q": text})
        self.reader.get("/api/v1/conversations/", {"part": hostile.short(30)[5]})

    # --- One's own pages ---

    def _accounts(self) -> None:
        who = self.authors[45]
        for name in hostile.packs(60)[:12]:
            who.post("/me/tokens/", {"name": name})
        for text in hostile.short(250)[::12]:
            who.post("/me/work-email/", {"address": text})
            who.post("/me/delete/", {"address": text, "password": text})
            who.post("/accounts/email/", {"email": text, "action_add": ""})
            self.visitor.post("/accounts/login/", {"login": text, "password": text})
        for text in hostile.short(250)[::40]:
            self.visitor.post("/accounts/signup/", {"email": text, "password1": text})
            self.visitor.post("/accounts/password/reset/", {"email": text})
        self.token_owner = who

    def _following(self) -> None:
        """Names and notes of shortlists, and an e-mail that quotes what others wrote."""
        who, path = self.reader, f"/products/{self.product.slug}/shortlist/"
        notes, names = hostile.packs(2_000), iter(hostile.packs(80))
        who.post(path, {"shortlist": "new", "name": next(names), "note": notes[0]})
        who.post(path, {"shortlist": hostile.short(30)[5]})
        made = Shortlist.objects.get(owner=who.user)
        self.shortlist = made.get_absolute_url()
        for note in notes:
            who.post(f"{self.shortlist}{self.product.slug}/note/", {"note": note})
        for name in names:
            who.post(f"{self.shortlist}rename/", {"name": name})
        lists, json = "/api/v1/me/shortlists/", {"content_type": "application/json"}
        who.post(lists, {"name": hostile.packs(80)[1]}, **json)
        items = f"{lists}{made.public_id}/items/"
        who.post(items, {"product": self.other.slug, "note": notes[-1]}, **json)
        who.post(items, {"product": hostile.short(60)[3]}, **json)
        who.post(f"/products/{self.product.slug}/follow/", {"do": "follow"})
        week = datetime.timedelta(days=8)
        DigestSubscription.objects.create(
            subscriber=who.user, confirmed_at=self.now, covered_until=self.now - week
        )
        set_preferences(user=who.user, enabled={DIGEST: True})
        send_portion(self.now + datetime.timedelta(hours=2))

    # --- Staff writes as well ---

    def _moderation(self) -> None:
        rejected = zip(self.pending[:3], hostile.packs(4_000), strict=False)
        for review, statement in rejected:
            path = f"/admin/queue/review/{review.public_id}/"
            data = {"reason_code": "abusive", "statement": statement, "seen_version": review.version}  # fmt: skip
            self.moderator.post(path, data | {"preview": "reject"})
            self.moderator.post(path, data | {"verb": hostile.short(30)[5]})
            self.moderator.post(path, data | {"preview": hostile.short(30)[5]})
            self.moderator.post(path, data | {"verb": "reject"})
            decision = Decision.objects.get(target_public_id=review.public_id)
            author = next(p for p in self.authors if p.user == review.author)
            author.post(f"/appeals/new/{decision.public_id}/", {"text": statement})
            self.appeal, self.appellant = f"/appeals/{decision.public_id}/", author
        items = QueueItem.objects.waiting().filter(kind="review")
        ticked = [f"{item.public_id}:1" for item in items[:2]]
        for statement in hostile.packs(4_000):
            data = {"verb": "refuse", "reason_code": "abusive", "statement": statement, "items": ticked}  # fmt: skip
            self.moderator.post("/admin/queue/batches/", data)

    # --- Where it is shown ---

    def pages(self) -> Iterator[tuple[Person, str]]:
        for number in range(2):
            yield self.visitor, "/" if number else "/products/"
        yield self.visitor, f"/products/{self.product.slug}/"
        for path in ("/search/?q=ran", "/comments/", "/categories/hostile/", "/vendors/hostile/"):  # fmt: skip
            yield self.visitor, path
        yield self.visitor, f"/products/{self.product.slug}/score/"
        yield self.visitor, "/search/?q=%22%3E%3Cscript%3Eran(1)%3C/script%3E"
        yield self.visitor, "/products/?category=%3Csvg%20onload%3Dran(1)%3E"
        for review in self.published[:8]:
            yield self.reader, f"/reviews/{review.public_id}/"
        yield self.reader, f"{self.review_path}message/"
        yield self.reader, f"{self.review_path}report/"
        for path in (self.question, f"{self.thread}contacts/", f"{self.thread}calls/new/"):  # fmt: skip
            yield self.reader, path
        yield self.reader, "/messages/?q=script"
        yield self.reader, "/messages/?q=%22%3E%3Cscript%3Eran(1)%3C/script%3E"
        for path in (self.thread, "/messages/?tab=open", "/me/", "/me/comments/", "/me/profile/"):  # fmt: skip
            yield self.reader, path
        for path in self.steps:
            yield self.reader, path
        yield self.authors[6], self.thread
        yield self.authors[6], "/me/reviews/"
        yield self.token_owner, "/me/tokens/"
        for path in (self.shortlist, "/me/shortlists/", "/me/following/"):
            yield self.reader, path
        yield self.appellant, self.appeal
        desk = f"/vendors/{self.vendor.slug}/desk/"
        for path in (desk, f"{desk}invitations/", f"{self.review_path}respond/"):
            yield self.representative, path
        yield from self.staff_pages()

    def staff_pages(self) -> Iterator[tuple[Person, str]]:
        yield self.moderator, "/admin/"
        yield self.moderator, "/admin/queue/"
        yield self.moderator, "/admin/queue/?page=2"
        of_kind: dict[str, int] = {}
        for item in QueueItem.objects.waiting().in_order():
            of_kind[item.kind] = of_kind.get(item.kind, 0) + 1
            if of_kind[item.kind] <= 2:
                yield self.moderator, f"/admin/queue/{item.public_id}/"
        for path in ("reviews/review/", "reviews/reviewrevision/"):
            yield self.moderator, f"/admin/{path}"
        yield self.visitor, "/dev/mail/"
        kinds: set[str] = set()
        for mail in OutgoingEmail.objects.order_by("-id"):
            if mail.kind not in kinds:
                kinds.add(mail.kind)
                yield self.visitor, f"/dev/mail/{mail.public_id}/"

    def more_cards(self) -> list[str]:
        """The further pages of the product, by the links on them."""
        path, found = f"/products/{self.product.slug}/", []
        page = self.visitor.get(path).content.decode()
        while link := re.search(r'href="(\?after=[^"#]+)', page):
            found.append(path + link[1])
            page = self.visitor.get(found[-1]).content.decode()
        return found


def profile(**changes: str) -> dict[str, str]:
    return {
        "job_function": "it",
        "seniority": "c_minus_1",
        "company_size": "201-1000",
        "industry": "healthcare",
        "country": "DE",
        "accepts_messages": "everyone",
        "display_name": "",
        "job_title": "",
        "company_name": "",
    } | changes
