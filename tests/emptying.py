"""Empties the database after a test that commits.

Django's own way truncates every table and then makes all permissions and roles anew: a third of a second for each of
hundreds of tests. What the migrations wrote is the same for all tests, and stays.
"""

from typing import Any

from django.apps import apps
from django.db import connection, transaction

WRITTEN_BY_MIGRATIONS = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
}


def empty(_test_case: Any) -> None:
    """In one transaction, at whose end the foreign keys are checked: the order of the tables does not matter."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    with transaction.atomic(), connection.cursor() as cursor:
        for table in sorted(tables - WRITTEN_BY_MIGRATIONS):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 our own models name it
