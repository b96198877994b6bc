"""Working days: Monday to Friday in UTC; holidays differ from country to country and are not left out."""

import datetime

_DAY = datetime.timedelta(days=1)
_SATURDAY = 5


def after_working_days(moment: datetime.datetime, days: int) -> datetime.datetime:
    """The same time of day, `days` working days later; from a weekend on it counts from Monday."""
    while days:
        moment += _DAY
        days -= moment.weekday() < _SATURDAY
    return moment
