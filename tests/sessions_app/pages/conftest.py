"""Pages with static files under their plain names; browsers of the cast."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from sessions_app import modules
from sessions_app.models import Lesson, Session

from ...factories import make_lesson, make_session, make_user
from .prepared import PLANETS, TEA

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, **PLAIN}
    modules._modules_once.cache_clear()


@pytest.fixture
def hana(db: None) -> User:
    return make_user("Hana", password="hana's pass phrase")


@pytest.fixture
def hanas_browser(hana: User) -> Client:
    browser = Client()
    browser.force_login(hana)
    return browser


@pytest.fixture
def zoes_browser(db: None) -> Client:
    """Signed in, as another teacher."""
    browser = Client()
    browser.force_login(make_user("Zoe"))
    return browser


@pytest.fixture
def session(hana: User) -> Session:
    return make_session(hana)


@pytest.fixture
def lesson(hana: User) -> Lesson:
    """Hana's, prepared an hour ago: what is done to it now is no double tap."""
    lesson = make_lesson(hana, "Space", TEA, PLANETS)
    Lesson.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    return lesson
