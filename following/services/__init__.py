from following.services.digest import (
    confirm_digest,
    find_digest_request,
    request_digest,
    send_digests,
    stop_digest,
)
from following.services.errors import Refused
from following.services.follows import follow, unfollow
from following.services.merging import move_followers, move_items_and_followers
from following.services.shortlists import (
    add_product,
    add_to_new_shortlist,
    create_shortlist,
    delete_shortlist,
    remove_item,
    rename_shortlist,
    set_note,
)

__all__ = [
    "Refused",
    "add_product",
    "add_to_new_shortlist",
    "confirm_digest",
    "create_shortlist",
    "delete_shortlist",
    "find_digest_request",
    "follow",
    "move_followers",
    "move_items_and_followers",
    "remove_item",
    "rename_shortlist",
    "request_digest",
    "send_digests",
    "set_note",
    "stop_digest",
    "unfollow",
]
