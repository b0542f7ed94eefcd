"""Forms of lessons: their title, their steps by kind, a file to read; nothing typed is lost by a fault."""

from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from .domain.texts import clean_line
from .errors import Rejected
from .faults import sentence_of
from .kinds import Kind
from .lesson_files import MOST_BYTES, parse_file
from .lessons import Activity
from .preparing import LONGEST_TITLE

Json = dict[str, Any]


class LineField(forms.CharField):
    """One line as people see it."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class LinesField(forms.CharField):
    """A list of texts, one a line; empty lines do not count."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (clean_line(line) for line in str(value or "").splitlines())
        return [line for line in lines if line]


def focus_fault(form: forms.Form) -> None:
    """Have the page go to the first field that has a fault."""
    for name in form.fields:
        if name in form.errors:
            form.fields[name].widget.attrs["autofocus"] = True
            return


class TitleForm(forms.Form):
    title = LineField(label=_("Title"), max_length=LONGEST_TITLE, widget=forms.TextInput(attrs={"dir": "auto"}))


class FileForm(forms.Form):
    """A lesson file; `lesson` holds its title and steps once the form is valid."""

    file = forms.FileField(label=_("Lesson file"), widget=forms.FileInput(attrs={"accept": ".json,application/json"}))
    lesson: tuple[str, list[Activity]]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.lesson = parse_file(file.read(MOST_BYTES + 1))
        except Rejected as refusal:
            said = [text if path == "lesson" else f"{path}: {text}" for path, text in refusal.fields.items()]
            raise forms.ValidationError(said) from None
        return file


def step_form(kind: Kind, data: Any = None, *, config: Json | None = None) -> forms.Form:
    """The form of a kind, filled with a step's config, or with what was sent."""
    assert kind.prepare_form is not None, "a kind without a form is offered with its defaults"
    fields = kind.step_config.model_fields
    initial = {name: (config or {}).get(field.alias or name) for name, field in fields.items()}
    return kind.prepare_form(data, initial={name: value for name, value in initial.items() if value is not None})


def config_in(kind: Kind, form: forms.Form) -> Json | None:
    """The config that a form holds, as the kind keeps it; None when the form is left with errors at its fields."""
    if not form.is_valid():
        focus_fault(form)
        return None
    try:
        return kind.checked(form.cleaned_data)
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_input=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            name = next((field for field, info in kind.step_config.model_fields.items() if info.alias == name), name)
            form.add_error(name if name in form.fields else None, _sentence(form, error))
    focus_fault(form)
    return None


def _sentence(form: forms.Form, error: Any) -> str:
    """What is wrong, and for one of several lines which one."""
    lines = form.cleaned_data.get(str(error["loc"][0])) if len(error["loc"]) > 1 else None
    if not isinstance(lines, list):
        return sentence_of(error)
    return f"“{Truncator(lines[error['loc'][1]]).chars(40)}”: {sentence_of(error)}"
