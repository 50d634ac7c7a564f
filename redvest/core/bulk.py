"""Writing and taking back many rows at once: who worked with them since, and who still refers to them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import models
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from redvest.core.errors import Refused


def history_mark(model: type[models.Model]) -> int:
    """The newest entry of a table's row history; a row with a later one was worked with since."""
    return int(_events(model).aggregate(newest=models.Max("pgh_id"))["newest"] or 0)


def worked_with(model: type[models.Model], keys: Sequence[int], mark: int, *, field_name: str = "pgh_obj_id") -> int:
    """How many of these rows have history after ``mark``."""
    rows = _events(model).filter(**{f"{field_name}__in": keys}, pgh_id__gt=mark)
    return int(rows.values(field_name).distinct().count())


def _events(model: type[models.Model]) -> "QuerySet[Any]":
    return model.pgh_event_model.objects.order_by()  # type: ignore[attr-defined]


def delete_unused(model: type[models.Model], keys: Sequence[int], *, own: Sequence[str]) -> None:
    """Delete rows that nothing else refers to, apart from the relations in ``own``, which go with them."""
    used = 0
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one) and not relation.concrete):
            continue
        related: Any = relation.related_model
        if relation.get_accessor_name() in own or related._meta.app_label == "pghistory":
            continue
        if not issubclass(related, _event_base()):
            used += related._base_manager.filter(**{f"{relation.field.name}__in": keys}).count()
    sentence = _("Other entries already depend on these rows, so the import cannot be undone. Remove those first.")
    if used:
        raise Refused(sentence, details={"count": used})
    try:
        model._base_manager.filter(pk__in=keys).delete()
    except ProtectedError as error:
        raise Refused(sentence) from error


def _event_base() -> type[models.Model]:
    from pghistory.models import Event

    base: type[models.Model] = Event
    return base


def chunked(rows: Iterable[Any], size: int = 2_000) -> Iterator[list[Any]]:
    """Lists of at most ``size``."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk
