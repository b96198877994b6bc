"""What was agreed, as a file for the calendar of one of the two (RFC 5545), and of nobody else."""

from datetime import UTC, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from icalendar import Alarm, Calendar, Event

from messaging.models import CallProposal, Conversation
from notifications.links import absolute, mail_host

State = CallProposal.State
ALARM_BEFORE = timedelta(minutes=60)
# States in which a side has, or may have, the agreed time in its calendar.
IN_CALENDARS = (State.ACCEPTED, State.PAST, State.CANCELLED)


def has_calendar(call: CallProposal) -> bool:
    return call.starts_at is not None and call.state in IN_CALENDARS


def calendar_file(call: CallProposal, seen: Conversation) -> bytes:
    """For `me` of `seen`. It names neither side; once it was called off, it takes the event out again."""
    off = call.state == State.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//Calls//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if off else "PUBLISH")
    calendar.add_component(_event(call, seen, off=off))
    return calendar.to_ical()


def _event(call: CallProposal, seen: Conversation, *, off: bool) -> Event:
    assert call.starts_at is not None
    starts = call.starts_at.astimezone(UTC)
    address = absolute(seen.get_absolute_url())
    event = Event()
    event.add("uid", _uid(call, seen))
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=call.minutes))
    event.add("sequence", call.sequence)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("summary", f"Conversation about {seen.review.product.name}")
    event.add("description", f"Your private conversation: {address}")
    event.add("url", address)
    # What takes the event out again needs no place: it may be somebody's number, and nothing goes on.
    if call.place and not off:
        event.add("location", call.place)
    event.add("class", "PRIVATE")
    if not off:
        event.add_component(_alarm())
    return event


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Call or meeting")
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm


def _uid(call: CallProposal, seen: Conversation) -> str:
    """The two sides' differ, and without our key nobody can tell that both are one call."""
    digest = salted_hmac(
        "messaging.calendars", f"{call.public_id}:{seen.me.role}", algorithm="sha256"
    )
    return f"{digest.hexdigest()[:32]}@{mail_host()}"
