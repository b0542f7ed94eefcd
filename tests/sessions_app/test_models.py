"""Models as the admin lists them: under names that its reader's language has."""

import pytest
from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise

pytestmark = pytest.mark.profile_free

OURS = ("sessions_app", "widgets", "docs_app", "surveys")
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_has_a_name_in_the_readers_language(model: type[Model]) -> None:
    names = (model._meta.verbose_name, model._meta.verbose_name_plural)

    assert [name for name in names if not isinstance(name, Promise)] == []
