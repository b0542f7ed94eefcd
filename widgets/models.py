"""What participants put into rooms."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Participant, Room


class Entry(models.Model):
    """One answer of one seat in one room. `payload` is what the room's kind makes of it; counts are computed."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="entries")
    author = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="entries")
    key = models.CharField(max_length=100, blank=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "author", "key"], name="entry_one_per_author_and_key"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"
