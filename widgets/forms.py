"""Forms by which a teacher prepares a step of a lesson, one for each kind that has something to set."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.forms import LineField, LinesField

LEAST_OPTIONS = 2
MOST_OPTIONS = 10


class PollForm(forms.Form):
    question = LineField(
        label=gettext_lazy("Question"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("Leave it empty if you ask aloud."),
    )
    options = LinesField(
        label=gettext_lazy("Options, one on each line"),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("Two to ten. They are lettered A, B, C and so on."),
        error_messages={"required": gettext_lazy("Write at least two options, each on a line of its own.")},
    )
    hide_results = forms.BooleanField(
        label=gettext_lazy("Hide results until I reveal them"), required=False, initial=True
    )
    allow_change = forms.BooleanField(
        label=gettext_lazy("Students may change their answer"), required=False, initial=True
    )

    def clean_options(self) -> Any:
        options = self.cleaned_data["options"]
        if len(options) < LEAST_OPTIONS:
            raise forms.ValidationError(_("Write at least two options, each on a line of its own."))
        if len(options) > MOST_OPTIONS:
            raise forms.ValidationError(_("A poll has at most ten options. Take some out."))
        return options
