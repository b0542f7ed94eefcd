"""Keys of a session: handing over, revoking."""

import pytest

from sessions_app import access, keys
from sessions_app.errors import Rejected
from sessions_app.models import AccessKey

from .. import factories


@pytest.mark.django_db
def test_handover_ticket_is_good_once_and_for_a_minute() -> None:
    session = factories.make_session()
    ticket = keys.new_key(session, AccessKey.Role.HANDOVER)
    token = keys.token_of(ticket)

    key = keys.hand_over(access.handover_key(token)[0])

    assert (key.role, key.session_id) == ("host", session.pk)
    for _ in range(2):
        with pytest.raises(Rejected, match="NOT_ALLOWED"):
            access.handover_key(token)
    with pytest.raises(Rejected, match="CONFLICT"):
        keys.hand_over(ticket)


@pytest.mark.django_db
def test_handover_ticket_that_is_old_is_refused() -> None:
    ticket = keys.new_key(factories.make_session(), AccessKey.Role.HANDOVER)
    AccessKey.objects.filter(pk=ticket.pk).update(expires_at=ticket.created_at)

    with pytest.raises(Rejected, match="NOT_ALLOWED"):
        access.handover_key(keys.token_of(ticket))


@pytest.mark.django_db
def test_handover_ticket_is_void_when_the_device_that_offers_it_is_released() -> None:
    session = factories.make_session()
    board = keys.new_key(session, AccessKey.Role.HOST)
    ticket = keys.new_key(session, AccessKey.Role.HANDOVER, issued_by=board)
    shown, _ = access.handover_key(keys.token_of(ticket))

    keys.revoke(board, actor="test")

    with pytest.raises(Rejected, match="NOT_ALLOWED"):
        access.handover_key(keys.token_of(ticket))
    with pytest.raises(Rejected, match="CONFLICT"):
        keys.hand_over(shown)


@pytest.mark.django_db
def test_revoking_twice_is_recorded_once() -> None:
    session = factories.make_session()
    key = keys.display_key_of(session)

    for _ in range(2):
        keys.revoke(key, actor="host")

    recorded = list(session.events.values_list("kind", "actor", "data"))
    assert recorded[1:] == [("session:keyRevoked", "host", {"role": "display", "key": key.pk, "reason": keys.RELEASED})]
    assert keys.display_key_of(session).pk != key.pk


@pytest.mark.django_db
def test_a_handover_makes_the_device_that_offered_it_read_only() -> None:
    session = factories.make_session()
    board, other = (keys.new_key(session, AccessKey.Role.HOST) for _ in range(2))
    ticket = keys.new_key(session, AccessKey.Role.HANDOVER, issued_by=board)

    keys.hand_over(access.handover_key(keys.token_of(ticket))[0])

    board.refresh_from_db()
    other.refresh_from_db()
    assert (board.revoked_at is None, other.revoked_at is None) == (False, True)
    assert list(session.events.values_list("kind", flat=True))[1:] == ["session:handedOver", "session:keyRevoked"]


@pytest.mark.django_db
def test_a_remote_leaves_the_device_that_offered_it_a_board() -> None:
    session = factories.make_session()
    board = keys.new_key(session, AccessKey.Role.HOST)
    ticket = keys.new_key(session, AccessKey.Role.HANDOVER, issued_by=board)

    shown, is_remote = access.handover_key(keys.remote_token_of(ticket))
    keys.hand_over(shown, is_remote=is_remote)

    board.refresh_from_db()
    assert (is_remote, board.revoked_at) == (True, None)
    with pytest.raises(Rejected, match="NOT_ALLOWED"):
        access.handover_key(keys.token_of(ticket))
