"""A row changes because somebody did something: one verb per function, atomic, by keyword."""

from outcomes.services.answering import Answer, answer_check_in, take_back_answer
from outcomes.services.asking import ask_authors
from outcomes.services.delivering import Stated, state_delivery, take_back_delivery
from outcomes.services.errors import Refused
from outcomes.services.forgetting import forget_outcomes

__all__ = [
    "Answer",
    "Refused",
    "Stated",
    "answer_check_in",
    "ask_authors",
    "forget_outcomes",
    "state_delivery",
    "take_back_answer",
    "take_back_delivery",
]
