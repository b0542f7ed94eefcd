"""A response that sends an export: piece by piece in both of Django's worlds, and closed when it is sent."""

from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import FileResponse

from ..models import Session
from . import FORMATS, export, file_name

PIECE = 64 * 1024


class Download(FileResponse):
    def __init__(self, session: Session, suffix: str) -> None:
        self._file = export(session, suffix)
        super().__init__(
            self._file,
            as_attachment=True,
            filename=file_name(session, suffix),
            content_type=FORMATS[suffix].content_type,
        )

    async def __aiter__(self) -> AsyncIterator[Any]:
        """Under ASGI Django would read a plain file into memory first."""
        while piece := await sync_to_async(self._file.read)(PIECE):
            yield piece
