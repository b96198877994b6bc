from django.db import models
from django.utils import timezone


class TransparencyDay(models.Model):
    """What the site published about itself on one day."""

    day = models.DateField(unique=True, help_text="UTC.")
    log_lines = models.PositiveBigIntegerField()
    log_root = models.CharField(
        max_length=64, help_text="Hash of the log's last line at the end of the day."
    )
    figures = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"transparency {self.day}"
