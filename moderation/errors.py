class Conflict(Exception):
    """Somebody else was faster: nothing changed, nobody was told."""


class NotPossible(Exception):
    """What was asked for can't be done; its text says why, to whoever asked."""
