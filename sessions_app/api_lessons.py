"""HTTP for prepared lessons: a teacher's own, as a script or another program reads and writes them."""

from typing import Any

from django.core.paginator import Paginator
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from .access import lesson_of
from .domain.clock import epoch_ms
from .lesson_files import MOST_BYTES, LessonBody, parse_json, read_lesson, write_lesson
from .lessons import create_lesson
from .models import Lesson
from .preparing import delete_lesson, rename_lesson, replace_lesson
from .search import lessons_with, words_of

PER_PAGE = 50
Json = dict[str, Any]


class LessonParser(BaseParser):
    """JSON of a bounded size and depth."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return parse_json(stream.read(MOST_BYTES + 1))


class StepSchema(serializers.Serializer[Any]):
    kind = serializers.CharField()
    config = serializers.DictField(required=False, help_text="As the kind wants it; see the kind's Config.")


class LessonWritten(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=120)
    steps = StepSchema(many=True, required=False)


class LessonRead(LessonWritten):
    id = serializers.IntegerField()
    createdAt = serializers.IntegerField(help_text="Milliseconds since 1970.")  # noqa: N815  # names of the wire
    updatedAt = serializers.IntegerField(help_text="Milliseconds since 1970.")  # noqa: N815


class LessonAnswer(serializers.Serializer[Any]):
    success = serializers.BooleanField(default=True)
    data = LessonRead()  # type: ignore[assignment]  # the wire calls it data


class LessonListed(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    steps = serializers.IntegerField(help_text="How many.")
    updatedAt = serializers.IntegerField(help_text="Milliseconds since 1970.")  # noqa: N815


class LessonsAnswer(serializers.Serializer[Any]):
    success = serializers.BooleanField(default=True)
    data = LessonListed(many=True)  # type: ignore[assignment]
    page = serializers.IntegerField()
    pages = serializers.IntegerField()


@extend_schema(
    methods=["GET"],
    operation_id="lessons_list",
    parameters=[OpenApiParameter("page", int), OpenApiParameter("q", str, description="Words that it has.")],
    responses=LessonsAnswer,
)
@extend_schema(methods=["POST"], operation_id="lessons_create", request=LessonWritten, responses={201: LessonAnswer})
@api_view(["GET", "POST"])
@parser_classes([LessonParser])
def lessons(request: Request) -> Response:
    """Your prepared lessons, last changed first, fifty a page; or a new one."""
    owner_id = int(request.user.pk or 0)
    if request.method == "POST":
        title, activities = read_lesson(LessonBody, request.data)
        lesson = create_lesson(owner_id=owner_id, title=title, activities=activities)
        return Response({"success": True, "data": _described(lesson)}, status=status.HTTP_201_CREATED)
    found = lessons_with(words_of(request.query_params.get("q", "")), owner_id)
    page = Paginator(found, PER_PAGE).get_page(request.query_params.get("page"))
    listed = [_listed(one) for one in page]
    return Response({"success": True, "data": listed, "page": page.number, "pages": page.paginator.num_pages})


@extend_schema(methods=["GET"], operation_id="lessons_read", responses=LessonAnswer)
@extend_schema(methods=["PUT"], operation_id="lessons_replace", request=LessonWritten, responses=LessonAnswer)
@extend_schema(methods=["PATCH"], operation_id="lessons_change", request=LessonWritten, responses=LessonAnswer)
@extend_schema(methods=["DELETE"], operation_id="lessons_delete", responses={204: None})
@api_view(["GET", "PUT", "PATCH", "DELETE"])
@parser_classes([LessonParser])
def lesson(request: Request, pk: int) -> Response:
    """One lesson of yours with its steps: read, replaced, changed in the fields that are sent, or deleted for good."""
    found = lesson_of(int(request.user.pk or 0), pk)
    if request.method == "DELETE":
        delete_lesson(found)
        return Response(status=status.HTTP_204_NO_CONTENT)
    if request.method in ("PUT", "PATCH"):
        _write(found, request.data, is_partial=request.method == "PATCH")
    return Response({"success": True, "data": _described(found)})


def _write(lesson: Lesson, raw: Any, *, is_partial: bool) -> None:
    keeps = is_partial and isinstance(raw, dict)
    title, activities = read_lesson(LessonBody, {"title": lesson.title, **raw} if keeps else raw)
    if keeps and "steps" not in raw:
        rename_lesson(lesson, title=title)
    else:
        replace_lesson(lesson, title=title, activities=activities)


def _listed(lesson: Lesson) -> Json:
    steps: int = lesson.length  # type: ignore[attr-defined]  # counted by the query
    return {"id": lesson.pk, "title": lesson.title, "steps": steps, "updatedAt": epoch_ms(lesson.updated_at)}


def _described(lesson: Lesson) -> Json:
    written = write_lesson(lesson)
    return {
        "id": lesson.pk,
        "title": written["title"],
        "steps": written["steps"],
        "createdAt": epoch_ms(lesson.created_at),
        "updatedAt": epoch_ms(lesson.updated_at),
    }
