"""A list narrowed to what one act made (core/batches.py): the link from the result of an import leads there."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from core import batches


class BatchFilter(django_filters.ChoiceFilter):
    """Offers the latest batches and knows older ones that a link names. Only for whoever may see them: `needs` keeps the field out
    of the panel of everybody else, and a batch that is not among his is refused like any other wrong choice."""

    def __init__(self, model_label: str, **options: Any) -> None:
        self.model_label = model_label
        options.setdefault("label", _("导入批次"))
        super().__init__(choices=[], empty_label=_("全部"), **options)

    @property
    def needs(self) -> str:
        return batches.source_of(self.model_label).permission

    @property
    def field(self) -> Any:
        if not hasattr(self, "_field"):
            own: Any = self.parent
            asked = own.data.get(self.field_name, "")
            offered = batches.source_of(self.model_label).batches
            choices = dict([*offered(own.user, ""), *(offered(own.user, asked) if asked else ())])
            self.extra["choices"] = list(choices.items())
        return super().field

    def filter(self, qs: Any, value: Any) -> Any:
        return batches.made_in(qs, value) if value else qs
