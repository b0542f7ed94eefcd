"""The code field, the student's page and the QR."""

import re

import pytest
from django.test import Client

from sessions_app.models import Session
from sessions_app.realtime.handshake import DEVICE_COOKIE, device_in

pytestmark = pytest.mark.django_db

CODE = "K7PQ2"
NONCE = re.compile(r'nonce="[^"]+"')


def test_join_has_one_field(client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 200
    assert response.context["fault"] == ""
    assert b'name="code"' in response.content
    assert b"importmap" in response.content


@pytest.mark.parametrize("typed", ["K7PQ2", "k7pq2", " k7 pq2", "k7-pO2"])
def test_join_without_scripts_goes_on_to_the_students_page(client: Client, typed: str) -> None:
    assert client.get("/", {"code": typed}).headers["Location"] == f"/j/{CODE}"


def test_join_keeps_what_was_typed_when_it_can_be_no_code(client: Client) -> None:
    response = client.get("/", {"code": "<b>K7"})

    assert response.status_code == 400
    assert response.context["fault"] == "A code has 5 letters and digits."
    assert b'value="&lt;b&gt;K7"' in response.content


def test_join_says_that_no_class_has_the_code_that_came_back(client: Client) -> None:
    response = client.get("/", {"typed": CODE})

    assert response.status_code == 200
    assert response.context["fault"].startswith("No class is open under this code.")
    assert f'value="{CODE}"'.encode() in response.content


def test_student_page_names_the_browser_once(client: Client, session: Session) -> None:
    first = client.get(f"/j/{session.code}")
    second = client.get(f"/j/{session.code}")

    assert (first.status_code, second.status_code) == (200, 200)
    assert f'data-code="{session.code}"'.encode() in first.content
    assert device_in({DEVICE_COOKIE: first.cookies[DEVICE_COOKIE].value}) != ""
    assert first.cookies[DEVICE_COOKIE]["httponly"]
    assert DEVICE_COOKIE not in second.cookies


def test_student_page_is_kept_by_no_proxy(client: Client, session: Session) -> None:
    caching = client.get(f"/j/{session.code}").headers["Cache-Control"]

    assert {"private", "no-store"} <= set(caching.split(", "))


def test_student_page_is_the_same_whether_or_not_the_code_exists(client: Client, session: Session) -> None:
    client.get(f"/j/{session.code}")
    pages = [client.get(f"/j/{code}") for code in (session.code, CODE)]

    assert [page.status_code for page in pages] == [200, 200]
    there, not_there = (page.content.decode() for page in pages)
    assert NONCE.sub("", there).replace(session.code, CODE) == NONCE.sub("", not_there)


def test_student_page_brings_every_kind_along(client: Client, session: Session) -> None:
    content = client.get(f"/j/{session.code}").content

    template = b" ".join(content.split(b"<template")[1].split(b">")[0].split())
    assert template == b'data-kind="poll" data-script="widgets/poll.js" data-label="Poll"'
    assert b'"lectern/widgets/poll.js": "/static/widgets/poll.js"' in content
    assert b'"socket.io-client": "/static/npm/socket.io.esm.min.js"' in content
    assert b'href="/static/widgets/poll.css"' in content


def test_import_map_carries_the_nonce_of_the_policy(client: Client) -> None:
    response = client.get("/")
    policy = response.headers["Content-Security-Policy"]
    nonce = response.content.split(b'type="importmap" nonce="')[1].split(b'"')[0].decode()

    assert f"'nonce-{nonce}'" in policy


@pytest.mark.parametrize(
    ("path", "target"), [("/j/k7pq2", f"/j/{CODE}"), ("/j/k7pO2", f"/j/{CODE}"), ("/j/no+code", "/?code=no%2Bcode")]
)
def test_student_page_has_one_address_a_code(client: Client, path: str, target: str) -> None:
    assert client.get(path).headers["Location"] == target


def test_qr_is_an_svg_of_the_address_to_join_at(client: Client) -> None:
    response = client.get(f"/j/{CODE}.svg")

    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/svg+xml")
    assert response.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')
    assert client.get("/j/nonsense.svg").status_code == 404


@pytest.mark.parametrize("path", ["/", f"/j/{CODE}", f"/j/{CODE}.svg"])
def test_pages_of_students_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
