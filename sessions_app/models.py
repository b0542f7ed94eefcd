"""What a live session is made of; the rules that the database can keep, it keeps."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class Lesson(models.Model):
    """What a teacher has prepared: a title and its steps, which a session copies when it opens on it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lessons")
    title = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        indexes: ClassVar = [models.Index(fields=["owner", "-updated_at"], name="lesson_owner_newest")]

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """An activity of a prepared lesson: the kind of its room and that kind's Config."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    config = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar = ["lesson", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.position}. {self.kind}"


class Session(models.Model):
    """One class under one code. A code is unique among the sessions that have not ended."""

    class Screen(models.TextChoices):
        """What the projector does: follow the lesson, hold what it shows, or show nothing."""

        LIVE = "live"
        FROZEN = "frozen"
        BLACK = "black"

    code = models.CharField(max_length=5)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="live_sessions"
    )
    guest_device = models.CharField(max_length=64, blank=True, help_text="The browser of a host without an account.")
    title = models.CharField(max_length=120, blank=True)
    lesson = models.ForeignKey(Lesson, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions")
    names_required = models.BooleanField(default=False)
    keep_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days after its end until it is deleted; empty: as the server is set."
    )
    screen_mode = models.CharField(max_length=10, choices=Screen.choices, default=Screen.LIVE)
    screen_widget = models.CharField(
        max_length=100, blank=True, help_text="Widget id of the activity on the projector; empty: the newest open one."
    )
    sequence = models.PositiveBigIntegerField(default=0, help_text="Number of the newest event.")
    created_at = models.DateTimeField(default=timezone.now)
    last_activity_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=Q(ended_at=None), name="session_live_code_unique"),
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "-created_at"], name="session_owner_newest")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_live(self) -> bool:
        return self.ended_at is None


class Participant(models.Model):
    """A seat: one student of one session. Its token, or the browser it was taken in, is the proof; never a socket."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="participants")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=50)
    student_id = models.CharField(max_length=100, blank=True, help_text="What the client calls itself; proves nothing.")
    device = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001  # NULLs do not collide
    joined_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "device"], name="participant_one_seat_per_device"),
        ]

    def __str__(self) -> str:
        return self.name


class AccessKey(models.Model):
    """Leave to host a session or to show it; the token is this uid, signed, so the table holds no secret."""

    class Role(models.TextChoices):
        HOST = "host"
        DISPLAY = "display"
        HANDOVER = "handover"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="keys")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="tickets",
        help_text="The key of the device that offers a handover.",
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("access key")
        verbose_name_plural = _("access keys")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(role="handover") | Q(expires_at__isnull=False), name="key_handover_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} key of {self.session_id}"


class Room(models.Model):
    """One activity of a session. `kind` names the registered Kind; `config` is that kind's Config."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="rooms")
    kind = models.CharField(max_length=40)
    widget_id = models.CharField(max_length=100)
    config = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=False)
    revision = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_activity_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "kind", "widget_id"], condition=Q(closed_at=None), name="room_open_widget_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.widget_id}"

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What a kind has read for this object, which lives as long as a transaction that has locked the session."""
        return {}


class RunStep(models.Model):
    """An activity on a session's run list: copied from a lesson, or from an older session that is run again."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="run_steps")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    config = models.JSONField(default=dict, blank=True)
    room = models.OneToOneField(Room, null=True, blank=True, on_delete=models.SET_NULL, related_name="run_step")

    class Meta:
        verbose_name = _("run step")
        verbose_name_plural = _("run steps")
        ordering: ClassVar = ["session", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.position}. {self.kind}"


class SessionEvent(models.Model):
    """The record of what happened, numbered within the session without a gap."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events")
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=60)
    actor = models.CharField(max_length=60)
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("session event")
        verbose_name_plural = _("session events")
        ordering: ClassVar = ["session", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "sequence"], name="event_sequence_unique"),
            models.CheckConstraint(condition=Q(sequence__gt=0), name="event_sequence_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class Profile(models.Model):
    """How a person with an account reads Lectern; empty: as the browser asks, and as the server is set."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class ServerProcess(models.Model):
    """A process that serves sockets; it says every few seconds that it lives, and its connections die with it."""

    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("server process")
        verbose_name_plural = _("server processes")

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class Connection(models.Model):
    """A socket that takes part in a session right now; who is here is counted from these rows."""

    class Role(models.TextChoices):
        HOST = "host"
        PARTICIPANT = "participant"
        DISPLAY = "display"

    server = models.ForeignKey(ServerProcess, on_delete=models.CASCADE, related_name="connections")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="connections")
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.CASCADE, related_name="connections"
    )
    key = models.ForeignKey(AccessKey, null=True, blank=True, on_delete=models.CASCADE, related_name="connections")
    role = models.CharField(max_length=12, choices=Role.choices)
    sid = models.CharField(max_length=64, unique=True)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role="participant", participant__isnull=False)
                | (~Q(role="participant") & Q(participant=None)),
                name="connection_seat_iff_participant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.sid}"
