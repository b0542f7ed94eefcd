"""The form of a session's record: its title, and how long it is kept."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..models import Session
from ..retention import CHOICES, FOR_EVER

AS_THE_SERVER = ""


class LabelForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    keep_days = forms.TypedChoiceField(
        label=gettext_lazy("Keep this record"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, session: Session, data: Any = None) -> None:
        super().__init__(data, initial={"title": session.title, "keep_days": session.keep_days})
        title, keep_days = self.fields["title"], self.fields["keep_days"]
        title.widget.attrs |= {"dir": "auto", "autocomplete": "off"}
        # What was set elsewhere is offered too, so that saving a title does not change it.
        days = [*CHOICES, *({session.keep_days} - {None, *CHOICES})]
        usual = _("as this server is set: %(time)s") % {"time": time_kept(settings.LECTERN_KEEP_DAYS)}
        assert isinstance(keep_days, forms.TypedChoiceField)
        keep_days.choices = [(AS_THE_SERVER, usual), *((number, time_kept(number or 0)) for number in days)]


def time_kept(days: int) -> str:
    if days == FOR_EVER:
        return _("for ever")
    return ngettext("%(count)s day after its end", "%(count)s days after its end", days) % {"count": days}
