"""The licence's offer of the source."""

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.mark.django_db
def test_page_links_to_the_source_of_a_changed_installation(client: Client, settings: Settings) -> None:
    settings.LECTERN_SOURCE_URL = "https://code.school.example/lectern"

    assert 'href="https://code.school.example/lectern" rel="noopener">' in client.get("/").content.decode()


@pytest.mark.django_db
def test_page_offers_no_source_where_nothing_was_changed(client: Client) -> None:
    assert "Source of this Lectern" not in client.get("/").content.decode()
