"""Moments as clocks on walls show them. What is stored is UTC; a zone is only how somebody types or reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.models import Profile, User
from messaging.models import MOST_SLOTS
from reviews_site.lib.time_zones import UTC as NO_ZONE
from reviews_site.lib.time_zones import is_zone, zone

FARTHEST_DAYS = 365
PASSED = "This time has passed."
TOO_FAR = f"This is more than {FARTHEST_DAYS} days away."


class NoSuchTime(ValueError):
    """The clocks go forward over it. `instead` is what they show when it would have been."""

    def __init__(self, instead: datetime) -> None:
        super().__init__()
        self.instead = instead


class TwiceThatNight(ValueError):
    """The clocks go back over it: first and second are different moments."""


@dataclass(frozen=True)
class WallTime:
    """A moment as its reader's clock shows it."""

    moment: datetime
    time_zone: str

    @property
    def local(self) -> datetime:
        return self.moment.astimezone(zone(self.time_zone))

    @property
    def text(self) -> str:
        """ "Tue 24 Nov 2026, 14:00" """
        local = self.local
        return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"

    @property
    def iso(self) -> str:
        """In UTC, for machines."""
        return f"{self.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    @property
    def offset(self) -> str:
        return offset_label(self.local)

    def __str__(self) -> str:
        """ "Tue 24 Nov 2026, 14:00 (Europe/Berlin, UTC+1)" """
        if self.time_zone == NO_ZONE:
            return f"{self.text} UTC"
        return f"{self.text} ({self.time_zone}, {self.offset})"


def time_zone_of(user: User) -> str:
    """What they said in their profile, or UTC."""
    said = Profile.objects.filter(user=user).values_list("time_zone", flat=True).first()
    return known_or_utc(said)


def known_or_utc(name: str | None) -> str:
    """The world abolishes zones now and then; a profile may still name one."""
    return name if name and is_zone(name) else NO_ZONE


def moment_of(
    local: datetime, time_zone: str, *, second: bool | None = None
) -> datetime:
    """The moment, in UTC, at which the clocks of that zone show the naive `local`.

    `second` chooses between the two where they show it twice. Raises NoSuchTime, TwiceThatNight.
    """
    first, again = (local.replace(tzinfo=zone(time_zone), fold=n) for n in (0, 1))
    there = first.astimezone(UTC).astimezone(zone(time_zone))
    if there.replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise NoSuchTime(there)
    if first.utcoffset() == again.utcoffset():
        return first.astimezone(UTC)
    if second is None:
        raise TwiceThatNight
    return (again if second else first).astimezone(UTC)


def both_offsets(local: datetime, time_zone: str) -> tuple[str, str]:
    """What the clocks of a night that has `local` twice are set to, before and after."""
    first, again = (local.replace(tzinfo=zone(time_zone), fold=n) for n in (0, 1))
    return offset_label(first), offset_label(again)


def offset_label(local: datetime) -> str:
    """ "UTC+5:45" """
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def fault_of(moment: datetime, now: datetime) -> str | None:
    """Why nobody can be asked whether they have time then."""
    if moment <= now:
        return PASSED
    return TOO_FAR if moment > now + timedelta(days=FARTHEST_DAYS) else None


def can_be_proposed(slots: Sequence[datetime], now: datetime) -> bool:
    return (
        1 <= len(slots) <= MOST_SLOTS
        and len(set(slots)) == len(slots)
        and not any(fault_of(moment, now) for moment in slots)
    )
