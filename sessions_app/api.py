"""HTTP beside the sockets: does a session exist, and how much is going on; errors in the shape of the wire."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from .access import live_session, recorded_session
from .domain.codes import normalise_code
from .errors import MESSAGES, Rejected
from .exports import FORMATS
from .exports.download import Download
from .exports.schema import RecordFile
from .queries import server_stats
from .realtime.limits import count_wrong_code, may_ask

STATUS_OF = {
    "INVALID_INPUT": status.HTTP_400_BAD_REQUEST,
    "NOT_ALLOWED": status.HTTP_403_FORBIDDEN,
    "NOT_HOST": status.HTTP_403_FORBIDDEN,
    "INVALID_SESSION": status.HTTP_404_NOT_FOUND,
    "ROOM_NOT_FOUND": status.HTTP_404_NOT_FOUND,
    "LESSON_NOT_FOUND": status.HTTP_404_NOT_FOUND,
    "CONFLICT": status.HTTP_409_CONFLICT,
    "RATE_LIMITED": status.HTTP_429_TOO_MANY_REQUESTS,
}
CODE_OF = {
    status.HTTP_401_UNAUTHORIZED: "NOT_ALLOWED",
    status.HTTP_403_FORBIDDEN: "NOT_ALLOWED",
    status.HTTP_404_NOT_FOUND: "INVALID_SESSION",
    status.HTTP_429_TOO_MANY_REQUESTS: "RATE_LIMITED",
}


class Exists(serializers.Serializer[Any]):
    success = serializers.BooleanField(default=True)
    exists = serializers.BooleanField()


class Stats(serializers.Serializer[Any]):
    activeSessions = serializers.IntegerField()  # noqa: N815  # names of the wire
    totalParticipants = serializers.IntegerField()  # noqa: N815
    totalRooms = serializers.IntegerField()  # noqa: N815


class StatsAnswer(serializers.Serializer[Any]):
    success = serializers.BooleanField(default=True)
    data = Stats()  # type: ignore[assignment]  # the wire calls it data


@extend_schema(responses=Exists)
@api_view(["GET"])
@permission_classes([AllowAny])
def session_exists(request: Request, code: str) -> Response:
    """Whether a live session has this code. An address that has asked for many wrong ones may ask no faster than so."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if not may_ask(address):
        raise Rejected("RATE_LIMITED", retry_after_ms=1000)
    try:
        found = live_session(normalise_code(code)) is not None
    except ValueError:
        found = False
    if not found:
        count_wrong_code(address)
    return Response({"success": True, "exists": found})


@extend_schema(responses=StatsAnswer)
@api_view(["GET"])
@permission_classes([AllowAny])
def stats(request: Request) -> Response:
    """Counts alone: no code, no name."""
    return Response({"success": True, "data": server_stats()})


@extend_schema(operation_id="record", responses=RecordFile)
@api_view(["GET"])
def session_record(request: Request, pk: int) -> Download:
    """The whole record of a session, for its owner: what the page after class shows. Taken live it grows."""
    return Download(recorded_session(request.user, pk), "json")


@extend_schema(
    operation_id="record_file",
    parameters=[OpenApiParameter("suffix", str, OpenApiParameter.PATH, enum=list(FORMATS))],
    responses={(200, format.content_type): OpenApiTypes.BINARY for format in FORMATS.values()},
)
@api_view(["GET"])
def session_record_file(request: Request, pk: int, suffix: str) -> Download:
    """The same as a file for spreadsheets: csv or xlsx; docs/RECORD.md describes their columns."""
    if suffix not in FORMATS:
        raise Http404
    return Download(recorded_session(request.user, pk), suffix)


def error_body(fault: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error in the shape `{success, error: {code, message, details}}`."""
    if isinstance(fault, Rejected):
        refused = STATUS_OF.get(fault.code, status.HTTP_400_BAD_REQUEST)
        return Response({"success": False, "error": fault.as_error()}, status=refused)
    response = exception_handler(fault, context)
    if response is None:
        return None
    code = CODE_OF.get(response.status_code, "INVALID_INPUT")
    error: dict[str, Any] = {"code": code, "message": str(getattr(fault, "detail", "") or MESSAGES[code])}
    if isinstance(fault, exceptions.ValidationError):
        error |= {"message": MESSAGES["INVALID_INPUT"], "details": response.data}
    response.data = {"success": False, "error": error}
    return response
