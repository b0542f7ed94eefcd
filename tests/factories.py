"""Rows and cookies for tests. Hana hosts, Ann and Ben take part, Zoe must not get in."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client as Browser

from sessions_app import keys, services
from sessions_app.lessons import Activity, put_steps
from sessions_app.models import AccessKey, Connection, Lesson, Participant, Room, ServerProcess, Session
from sessions_app.realtime.handshake import DEVICE_COOKIE, new_device_token

OURS = ("sessions_app", "widgets", "docs_app", "surveys")


def make_user(username: str, **fields: Any) -> User:
    return User.objects.create_user(username, **fields)


def login_cookies(user: User) -> dict[str, str]:
    """The cookie of a browser in which this user is signed in."""
    browser = Browser()
    browser.force_login(user)
    return {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}


def device_cookies() -> dict[str, str]:
    """The cookie of a browser that has been here before."""
    return {DEVICE_COOKIE: new_device_token()}


def make_session(owner: User | None = None, **fields: Any) -> Session:
    """A live session without anybody in it; `fields` are set as they are."""
    session = services.open_session(owner_id=owner.pk if owner else None)
    if fields:
        Session.objects.filter(pk=session.pk).update(**fields)
    session.refresh_from_db()
    return session


def make_seat(session: Session, name: str = "Ann", *, device: str = "") -> Participant:
    return services.take_seat(session, seat=None, device=device, name=name, student_id="")


def make_room(session: Session, widget_id: str = "w1", *, kind: str = "poll", **config: Any) -> Room:
    room, _ = services.open_room(session, kind=kind, widget_id=widget_id, config=config, is_active=True, actor="test")
    return room


def poll_config(question: str, *options: str) -> dict[str, Any]:
    """A poll as a lesson keeps it."""
    return {"question": question, "options": list(options), "allowChange": True, "hideResults": True}


def make_lesson(owner: User, title: str = "Space", *polls: dict[str, Any]) -> Lesson:
    lesson = Lesson.objects.create(owner=owner, title=title)
    put_steps(lesson, [Activity("poll", config) for config in polls])
    return lesson


def host_token(session: Session) -> str:
    return keys.token_of(keys.new_key(session, AccessKey.Role.HOST))


def connect_row(session: Session, *, seat: Participant | None = None, sid: str = "sid") -> Connection:
    """A socket of another process, as the database knows it."""
    server = ServerProcess.objects.create(host="elsewhere", pid=1)
    role = Connection.Role.PARTICIPANT if seat else Connection.Role.HOST
    return Connection.objects.create(server=server, session=session, participant=seat, role=role, sid=sid)


def age(session: Session, **by: float) -> None:
    """Make the session older, and quiet for as long."""
    earlier = session.created_at - timedelta(**by)
    Session.objects.filter(pk=session.pk).update(created_at=earlier, last_activity_at=earlier)


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of our tables, for a comparison; but for the processes, which say every few seconds that they live."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        if model is not ServerProcess
    }
