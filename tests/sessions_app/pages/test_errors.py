"""Pages that say no: they stand without a request's context, and say what to do."""

import pytest
from django.template.loader import render_to_string
from django.test import Client


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_no_context(name: str) -> None:
    page = render_to_string(f"{name}.html")

    assert '<html lang="en" dir="ltr">' in page
    assert 'href="/">Go to the start page</a>' in page


@pytest.mark.django_db
def test_an_unknown_address_gets_our_page(client: Client) -> None:
    response = client.get("/nowhere")

    assert response.status_code == 404
    assert b"There is nothing here" in response.content
