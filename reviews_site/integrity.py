"""All checks of all apps, from below."""

import accounts.integrity
import disclosure.integrity
import messaging.integrity
import moderation.integrity
import notifications.integrity
import products.integrity
import reviews.integrity
from reviews_site.lib.integrity import Check

CHECKS: list[Check] = [
    *notifications.integrity.CHECKS,
    *accounts.integrity.CHECKS,
    *moderation.integrity.CHECKS,
    *products.integrity.CHECKS,
    *disclosure.integrity.CHECKS,
    *reviews.integrity.CHECKS,
    *messaging.integrity.CHECKS,
]
