"""Filters of the page after class: lengths of time, shares, and a plot in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..domain.timeline import Span
from ..records import Activity, Record
from ..reports import Choice

register = template.Library()


@register.filter
def length_of_time(lasted: timedelta) -> str:
    """“1 h 5 min”, “12 min”, “40 s”."""
    seconds = max(0, int(lasted.total_seconds()))
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": formats.number_format(hours), "minutes": minutes}
    if minutes:
        return ngettext("%(count)s min", "%(count)s min", minutes) % {"count": minutes}
    return ngettext("%(count)s s", "%(count)s s", seconds) % {"count": seconds}


@register.filter
def share_of(count: int, total: int) -> str:
    percent = formats.number_format(round(100 * count / total) if total else 0)
    return _("%(percent)s %%") % {"percent": percent}


@register.filter
def option_label(option: Choice) -> str:
    """What stands beside its bar."""
    return option.name if option.text == option.name else f"{option.name}  {option.text}"


@register.filter
def tally_sentence(options: Sequence[Choice]) -> str:
    return ", ".join(f"{option.name} {formats.number_format(option.count)}" for option in options)


@register.filter
def unlocalize(number: int) -> str:
    """For scripts."""
    return str(number)


@register.filter
def clock(at: datetime, record: Record) -> str:
    """The time of a slice; in a short lesson with its seconds, which tell its slices apart."""
    local = timezone.localtime(at)
    is_short = len(record.slices) > 1 and record.slices[1].begins_at - record.slices[0].begins_at < timedelta(minutes=1)
    return f"{local:%H:%M:%S}" if is_short else formats.time_format(local)


@register.filter
def spans_of(record: Record) -> Iterator[tuple[Activity, Span]]:
    """Every time that an activity took answers, in the order of activities."""
    return ((activity, span) for activity in record.activities for span in activity.spans)


@register.filter
def span_length(span: Span, record: Record) -> timedelta:
    return _end_of(span, record) - span.begins_at


@register.filter
def begins_s(span: Span, record: Record) -> str:
    """Seconds since the session was opened."""
    return _seconds(span.begins_at, record)


@register.filter
def ends_s(span: Span, record: Record) -> str:
    return _seconds(_end_of(span, record), record)


def _end_of(span: Span, record: Record) -> datetime:
    return span.ends_at or record.session.ended_at or record.read_at


def _seconds(at: datetime, record: Record) -> str:
    return str(int((at - record.session.created_at).total_seconds()))
