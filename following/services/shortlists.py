from django.db import IntegrityError, transaction

from accounts.models import User
from following.models import Shortlist, ShortlistItem
from following.permissions import (
    MOST_ITEMS,
    MOST_SHORTLISTS,
    has_room,
    may_make_shortlist,
)
from following.services.errors import Refused
from products.models import Product

NAME_TAKEN = "You have a shortlist of this name already."


@transaction.atomic
def create_shortlist(*, owner: User, name: str) -> Shortlist:
    """Raises Refused."""
    lock_member(owner)
    if not may_make_shortlist(owner):
        raise Refused(
            f"You have {MOST_SHORTLISTS} shortlists, which is the limit. Delete one first."
        )
    try:
        with transaction.atomic():
            return Shortlist.objects.create(owner=owner, name=name)
    except IntegrityError as error:
        raise Refused(NAME_TAKEN) from error


@transaction.atomic
def rename_shortlist(*, shortlist: Shortlist, name: str) -> None:
    """Raises Refused."""
    try:
        with transaction.atomic():
            Shortlist.objects.filter(pk=shortlist.pk).update(name=name)
    except IntegrityError as error:
        raise Refused(NAME_TAKEN) from error


def delete_shortlist(*, shortlist: Shortlist) -> None:
    shortlist.delete()


@transaction.atomic
def add_product(
    *, shortlist: Shortlist, product: Product, note: str = ""
) -> ShortlistItem:
    """The same again changes nothing. Raises Refused: the list is full, or has the product with another note."""
    locked = Shortlist.objects.select_for_update(no_key=True).filter(pk=shortlist.pk)
    if not locked.exists():
        raise Refused("This shortlist was deleted in the meantime.")
    found = ShortlistItem.objects.filter(shortlist=shortlist, product=product).first()
    if found is not None:
        if note and note != found.note:
            raise Refused(
                f"{product.name} is on this shortlist already; change its note there."
            )
        return found
    if not has_room(shortlist):
        raise Refused(f"This shortlist has {MOST_ITEMS} products, which is the limit.")
    return ShortlistItem.objects.create(shortlist=shortlist, product=product, note=note)


@transaction.atomic
def add_to_new_shortlist(
    *, owner: User, name: str, product: Product, note: str = ""
) -> ShortlistItem:
    """Raises Refused."""
    shortlist = create_shortlist(owner=owner, name=name)
    return add_product(shortlist=shortlist, product=product, note=note)


def set_note(*, item: ShortlistItem, note: str) -> None:
    ShortlistItem.objects.filter(pk=item.pk).update(note=note)


def remove_item(*, item: ShortlistItem) -> None:
    item.delete()


def lock_member(member: User) -> None:
    """So that two requests at once can't both find room under a limit."""
    User.objects.select_for_update(no_key=True).get(pk=member.pk)
