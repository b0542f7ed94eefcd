"""Tells a user's open sockets that a login may have ended: signed out, new password, deactivated, no longer staff."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from .realtime import broadcast


@receiver(post_delete, sender=Session)
def tell_of_sign_out(instance: Session, **named: Any) -> None:
    """Signing out deletes the browser's session; `user_logged_out` comes before that, when a socket could return."""
    user_id = str(instance.get_decoded().get(SESSION_KEY, ""))
    if user_id.isdecimal():
        ask_sockets(int(user_id))


@receiver([post_save, post_delete], sender=User)
def tell_of_account(instance: User, created: bool = False, **named: Any) -> None:
    if not created:
        ask_sockets(instance.pk)


def ask_sockets(user_id: int) -> None:
    """Every socket of the user looks for itself: the logins of other devices may still hold."""
    broadcast.order(broadcast.group_of_user(user_id), {"type": "lectern.loginChanged"})


def end_logins(user: User) -> None:
    """Sign the user out of every browser; their sockets close."""
    for login in UserSession.objects.filter(user=user):
        login.end()
