"""What the log is spared."""

import logging
from typing import Any

import pytest
from django.test import Client as Browser

pytestmark = pytest.mark.profile_free


def test_foreign_host_leaves_no_traceback(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    answer = Browser(headers={"host": "evil.example"}).get("/")

    assert answer.status_code == 400
    assert caplog.records == []
    assert logging.getLogger("django.security").isEnabledFor(logging.ERROR), "other suspicions are told"
