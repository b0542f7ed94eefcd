"""Tokens: a row's uid, signed with the server's secret. Whoever knows only the code can make none."""

import uuid
from typing import Literal

from django.core.signing import BadSignature, Signer

Purpose = Literal["host", "display", "handover", "remote", "participant", "device"]


def issue_token(purpose: Purpose, uid: uuid.UUID) -> str:
    return Signer(salt=f"lectern.{purpose}", sep=".").sign(uid.hex)


def read_token(purpose: Purpose, token: str) -> uuid.UUID | None:
    """The uid that was signed for this purpose; None for anything else, whatever it is."""
    try:
        return uuid.UUID(hex=Signer(salt=f"lectern.{purpose}", sep=".").unsign(token))
    except (BadSignature, ValueError):
        return None
