"""The admin's first page: numbers and health, for whoever may look at sessions."""

from typing import Any

from django import template

from ..admin.figures import figures, health

register = template.Library()


@register.inclusion_tag("admin/_dashboard.html", takes_context=True)
def dashboard(context: dict[str, Any]) -> dict[str, Any]:
    if not context["request"].user.has_perm("sessions_app.view_session"):
        return {"figures": []}
    return {"figures": list(figures()), "health": health()}
