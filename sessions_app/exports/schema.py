"""The JSON export as serializers, for the OpenAPI description; a test holds them against a file."""

from typing import Any

from rest_framework import serializers

# ruff: noqa: N815  # names of the file


class RecordSession(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    openedAt = serializers.DateTimeField()
    endedAt = serializers.DateTimeField(allow_null=True)
    keepUntil = serializers.DateTimeField(allow_null=True, help_text="Null: live, or kept for ever.")
    seats = serializers.IntegerField(help_text="Seats that were taken.")
    peak = serializers.IntegerField(help_text="The most that were sat in at once.")
    answers = serializers.IntegerField(help_text="Answers of all activities.")


class RecordSpan(serializers.Serializer[Any]):
    to = serializers.DateTimeField(allow_null=True, help_text="Null: still open.")

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateTimeField(), **super().get_fields()}


class RecordOption(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What it is called aloud: a letter, mostly.")
    text = serializers.CharField()
    count = serializers.IntegerField()


class RecordAnswer(serializers.Serializer[Any]):
    seat = serializers.IntegerField(help_text="A number in `people`.")
    seatName = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class RecordActivity(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    kind = serializers.CharField()
    widgetId = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    openedAt = serializers.DateTimeField()
    closedAt = serializers.DateTimeField(allow_null=True)
    open = RecordSpan(many=True, help_text="When it took answers.")
    answered = serializers.IntegerField(help_text="Seats that answered.")
    options = RecordOption(many=True)
    answers = RecordAnswer(many=True)


class RecordPerson(serializers.Serializer[Any]):
    seat = serializers.IntegerField()
    name = serializers.CharField()
    joinedAt = serializers.DateTimeField()
    lastSeenAt = serializers.DateTimeField()


class RecordSlice(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    people = serializers.IntegerField(help_text="The most people here at once in this slice.")
    answers = serializers.IntegerField(help_text="Answers given in it, changes of mind included.")


class RecordFile(serializers.Serializer[Any]):
    schema = serializers.CharField(help_text="lectern.record/1")
    exportedAt = serializers.DateTimeField()
    session = RecordSession()
    activities = RecordActivity(many=True)
    people = RecordPerson(many=True)
    timeline = RecordSlice(many=True)
