from outcomes.permissions import Refusal


class Refused(Exception):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.label)
        self.reason = reason
