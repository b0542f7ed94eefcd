"""Every reader chooses a language; the page says which one it is in, and which way it runs."""

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "start"), [("de", '<html lang="de" dir="ltr">'), ("ar", '<html lang="ar" dir="rtl">')]
)
def test_page_speaks_the_language_that_was_chosen(client: Client, language: str, start: str) -> None:
    client.post("/language/", {"language": language, "next": "/"})

    assert start in client.get("/").content.decode()


@pytest.mark.django_db
def test_page_speaks_the_language_that_the_browser_asks_for(client: Client) -> None:
    page = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).content.decode()

    assert '<html lang="zh-hans" dir="ltr">' in page


@pytest.mark.django_db
def test_language_choice_leads_to_our_own_pages_only(client: Client) -> None:
    response = client.post("/language/", {"language": "de", "next": "https://elsewhere.example/"})

    assert response["Location"] == "/"
