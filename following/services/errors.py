class Refused(Exception):
    """Its text tells the member why, in a sentence."""
