"""Rejected: the one expected error. Its code is API; docs/EVENTS.md lists every code."""

from collections.abc import Mapping
from typing import Any

# Marked only: what goes over the wire is English, and each page says it in its reader's language.
from django.utils.translation import gettext_noop as _

MESSAGES = {
    # An old teacher client compares this sentence literally.
    "INVALID_SESSION": _("Session not found"),
    "SESSION_CLOSED": _("This session has ended."),
    "SESSION_FULL": _("This session is full. Ask your teacher."),
    "NOT_HOST": _("Only the teacher of this session may do this."),
    "NOT_PARTICIPANT": _("Join the session first."),
    "NOT_ALLOWED": _("You may not do this here."),
    "NAME_REQUIRED": _("Your teacher asks for a name. Type one and join again."),
    "KICKED": _("Your teacher has removed you from this session."),
    "ROOM_NOT_FOUND": _("This activity is not open. Ask your teacher."),
    "ROOM_FULL": _("This activity takes no more answers."),
    "WIDGET_PAUSED": _("This activity is paused. Wait until your teacher opens it."),
    "MAX_ROOMS_REACHED": _("This session has as many activities as it may have. Close one first."),
    "LESSON_NOT_FOUND": _("This lesson is not there, or it is not yours."),
    "LESSON_FULL": _("A lesson has at most 100 steps. Make two lessons of it."),
    "INVALID_INPUT": _("Something in this request is not right. See details."),
    "RATE_LIMITED": _("That was too fast. Try again in a moment."),
    "ALREADY_VOTED": _("You have already voted."),
    "SUBMISSION_FAILED": _("This could not be saved. Try again."),
    "RETRY_NOT_ALLOWED": _("This activity takes one answer only."),
    "CONFLICT": _("This has changed meanwhile. Look again and repeat."),
    "UNKNOWN_EVENT": _("The server does not know this event."),
    "INTERNAL_ERROR": _("Something went wrong on the server. Try again."),
}
# Of a code that has more than one reason.
DISPLAY_SENDS_NOTHING = _("A projector shows; it sends nothing.")
DISPLAY_REPLACED = _("This projector address is no longer valid. Ask for a new one on the board.")
DEVICE_RELEASED = _("This device has been released. Take control again first.")
SIGN_IN_FIRST = _("Sign in to open a session.")
LINK_USED = _("This sign-in link has been used or is too old. Sign in with your password.")
HANDOVER_OVER = _("This address has been used or is older than a minute. Show a new QR on the board.")
HANDOVER_USED = _("This address has just been used on another device.")


class Rejected(Exception):  # reads as what happened: the request was rejected
    """A request that is refused for a reason its sender can understand.

    `code` is a key of MESSAGES; `fields`, or `faults` where a path is no name, map a bad field to its fault;
    `retry_after_ms` tells when to try again.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        retry_after_ms: int | None = None,
        faults: Mapping[str, str] | None = None,
        **fields: str,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or MESSAGES[code]
        self.fields = {**(faults or {}), **fields}
        self.retry_after_ms = retry_after_ms

    def as_error(self) -> dict[str, Any]:
        """The error object of the wire: code, message, and where they apply details and retryAfter (ms)."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.fields:
            error["details"] = self.fields
        if self.retry_after_ms is not None:
            error["retryAfter"] = self.retry_after_ms
        return error
