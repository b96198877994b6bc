"""Names for the two sides of one conversation; each is drawn anew, so none ties two conversations together."""

import secrets

COLOURS = (
    "Amber Ash Auburn Azure Bronze Buff Cedar Chestnut Cobalt Copper Coral Cream Crimson Dusky Ebony Fawn Golden "
    "Green Grey Hazel Honey Indigo Ivory Jade Lilac Maroon Mossy Ochre Olive Pearl Plum Red Rose Ruby Russet Saffron "
    "Sand Scarlet Silver Slate Snowy Tawny Teal Violet Walnut White Wine"
)
BIRDS = (
    "Avocet Bittern Blackbird Bunting Curlew Dipper Dotterel Dove Dunlin Egret Falcon Finch Gannet Godwit Goldcrest "
    "Grebe Heron Hoopoe Ibis Jackdaw Kestrel Kingfisher Kite Lapwing Linnet Magpie Martin Nightingale Nuthatch Oriole "
    "Osprey Owl Petrel Pipit Plover Puffin Quail Raven Redstart Robin Sandpiper Shearwater Skylark Starling Stork "
    "Swallow Swift Tern Thrush Turnstone Wagtail Warbler Waxwing Wheatear Whimbrel Woodpecker Wren Wryneck"
)


def alias() -> str:
    """ "Slate Heron" """
    return f"{secrets.choice(COLOURS.split())} {secrets.choice(BIRDS.split())}"


def two_aliases() -> tuple[str, str]:
    """Two that differ in both words, so that they aren't mixed up in one thread."""
    first, second = alias(), alias()
    while set(first.split()) & set(second.split()):
        second = alias()
    return first, second
