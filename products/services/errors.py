from moderation.services import NotPossible


class Refused(NotPossible):
    """Its text tells the member why, in a sentence."""
