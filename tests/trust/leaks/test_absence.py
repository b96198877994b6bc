"""What is somebody else's is answered as what isn't there, to the last byte, and no search tells of it."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from tests.trust.leaks.canaries import word
from tests.trust.leaks.declared import models
from tests.trust.leaks.policies import NOTHING
from tests.trust.leaks.reading import Place, ask_for, operations_of, places
from tests.trust.leaks.site import STAFF, Site, give_token

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


def renamed(places: Iterable[Place], names: dict[str, str]) -> Iterator[tuple[Place, Place]]:  # fmt: skip
    """Each of them with another id in its address."""
    for place in places:
        address = place.address
        for old, new in names.items():
            address = address.replace(old, new)
        if address != place.address:
            yield place, replace(place, address=address)


def elsewhere(ids: Iterable[object]) -> dict[str, str]:
    return {str(each): str(uuid.uuid5(uuid.NAMESPACE_URL, str(each))) for each in ids}


def differences(
    site: Site, reader: str, pairs: Iterable[tuple[Place, Place]], names: dict[str, str]
) -> list[tuple[str, str]]:
    """Where the two answers differ otherwise than by the id that was asked for."""
    found = []
    for one, other in pairs:
        data = site.answers() if one.method == "POST" else None
        here = ask_for(site, reader, one, data).whole
        there = ask_for(site, reader, other, data).whole
        for old, new in names.items():
            here = here.replace(old.encode(), new.encode())
        if here != there:
            found.append((one.method, one.address))
    return found


def private_ids(site: Site, reader: str) -> list[object]:
    things = site.things
    ids = [
        site.conversation.public_id,
        *(message.public_id for message in things["messages"]),
        things["call"].public_id,
        things["shortlist"].public_id,
    ]
    # The desk of reports is the staff's own.
    return (
        ids if reader in STAFF else [*ids, things["item"].public_id, things["report"].public_id]
    )  # fmt: skip


@pytest.mark.parametrize("reader", ["visitor", "stranger", "colleague", "representative", "idle"])  # fmt: skip
def test_what_is_not_theirs_is_as_if_it_were_not_there(site: Site, reader: str):
    names = elsewhere(private_ids(site, reader))
    pairs = list(renamed([*places(site), *places(site, method="POST")], names))

    assert differences(site, reader, pairs, names) == []
    assert len(pairs) > 30


@pytest.mark.parametrize("reader", ["stranger", "colleague"])
def test_an_operation_on_what_is_not_theirs_is_as_if_it_were_not_there(
    site: Site, reader: str
):
    names = elsewhere(private_ids(site, reader))
    headers = {"Authorization": f"Bearer {give_token(site, reader)}"}
    body_of = dict(operations_of(site))
    pairs = list(renamed(body_of, names))
    for one, other in pairs:
        sent = {"data": body_of[one], "headers": headers, **JSON}
        here = ask_for(site, "visitor", one, **sent)
        there = ask_for(site, "visitor", other, **sent)
        assert here.whole == there.whole, (one.method, one.address)
        assert here.status == 404, (one.method, one.address)
    assert len(pairs) > 15


def test_a_message_of_another_conversation_is_as_if_it_were_not_there(site: Site):
    """Also for the reviewer, who takes part in both."""
    foreign = site.things["other"].messages.last().public_id
    of_message = str(site.message(6).public_id)
    within = [place for place in places(site) if of_message in place.address]
    within += [place for place in places(site, method="POST") if of_message in place.address]  # fmt: skip
    thread = next(p for p in places(site) if p.name == "messaging:conversation")
    within += [replace(thread, address=f"{thread.address}{query}={of_message}") for query in ("?before", "new/?after")]  # fmt: skip
    there = [new for _, new in renamed(within, {of_message: str(foreign)})]
    names = elsewhere([foreign])
    for reader in ("buyer", "reviewer"):
        pairs = list(renamed(there, names))
        assert differences(site, reader, pairs, names) == []
        assert len(pairs) >= 4


# --- Searches -------------------------------------------------------------------------------

NONSENSE = "quixoticwalrusnobodywrotethisanywhere"
SEARCHES = ("/search/?q=", "/products/?q=", "/messages/?q=", "/api/v1/products/?q=")
# What no search of theirs may find.
HIDDEN = {
    "stranger": ["message.3", "buyer.name", "reviewer.email", "buyer.note", "call.place"],
    "colleague": ["message.3", "buyer.name", "reviewer.name", "buyer.draft", "reviewer.organisation"],
    "reviewer": ["buyer.name", "buyer.email", "buyer.draft", "buyer.organisation", "colleague.name"],
    "idle": ["message.6", "buyer.name"],
    "root": ["message.3", "buyer.draft", "call.place"],
}  # fmt: skip


@pytest.mark.parametrize("reader", sorted(HIDDEN))
def test_no_search_tells_what_is_hidden(site: Site, reader: str):
    searches = [*SEARCHES]
    if reader in STAFF:
        searches += [f"{start}?q=" for start in models().values()]
        searches += ["/admin/search/?s="]
    assert set(HIDDEN[reader]) <= site.canaries.labels()
    found = []
    for search in searches:
        for label in HIDDEN[reader]:
            hidden = word(label)[:-2]
            nothing = NONSENSE.ljust(len(hidden), "z")[: len(hidden)]
            place = Place(search, search + hidden, NOTHING)
            here = ask_for(site, reader, place).whole
            there = ask_for(site, reader, replace(place, address=search + nothing))
            if here.replace(hidden.encode(), nothing.encode()) != there.whole:
                found.append((search, label))
    assert found == []


def test_ones_own_messages_are_found(site: Site):
    """So the searches above do look for something."""
    for reader in ("buyer", "reviewer"):
        address = f"/messages/?q={word('message.3')}"
        found = ask_for(site, reader, Place("search", address, NOTHING)).found
        assert "talk.id" in found
