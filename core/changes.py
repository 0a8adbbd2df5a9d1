"""Setting fields and knowing what changed: the common core of the update services."""

from collections.abc import Mapping
from functools import cache, reduce
from operator import and_
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import CheckConstraint, Q, Value

from core.errors import BadValue, BusinessError


def assign(obj: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Sets the given fields and returns {field: [old, new]} of those that differ. Foreign keys compare by id, show by name."""
    changes: dict[str, list[Any]] = {}
    for name, new in values.items():
        field = obj._meta.get_field(name)
        old = getattr(obj, name)
        if getattr(old, "pk", old) == getattr(new, "pk", new):
            continue
        changes[name] = [_shown(obj, field, old), _shown(obj, field, new)]
        setattr(obj, name, new)
    return changes


def _shown(obj: models.Model, field: Any, value: Any) -> Any:
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value if value is not None else ""))
    return value


def validate(obj: models.Model) -> None:
    """Model validation with the message of the first bad field as a business error (the form has already shown the rest)."""
    try:
        obj.full_clean(validate_constraints=False)
        _validate_constraints(obj)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise BadValue(messages[0], field="" if name == "__all__" else name) from None


def _validate_constraints(obj: models.Model) -> None:
    """As Model.validate_constraints, which asks the database about each CHECK by itself, in a savepoint: together they are one question,
    and only where one of them is broken does it matter which."""
    checks, others = _constraints_of(type(obj))
    try:
        holds = checks.check(_values(obj, checks.referenced_base_fields)) if checks else True
        for constraint in others:
            constraint.validate(type(obj), obj)
    except (ValidationError, FieldError):
        holds = False
    if not holds:
        obj.validate_constraints()


@cache
def _constraints_of(model: type[models.Model]) -> tuple[Q, list[models.BaseConstraint]]:
    rows = model._meta.constraints
    checks = [Q(row.condition) for row in rows if isinstance(row, CheckConstraint)]
    return reduce(and_, checks, Q()), [row for row in rows if not isinstance(row, CheckConstraint)]


def _values(obj: models.Model, names: set[str]) -> dict[str, Any]:
    """What the fields of these names would be written as."""
    fields = [field for field in obj._meta.concrete_fields if field.name in names]
    values = {field: getattr(obj, field.attname) for field in fields}
    return {
        field.name: value if hasattr(value, "resolve_expression") else Value(value, field)
        for field, value in values.items()
    }


def save(obj: models.Model, fields: list[str] | None = None) -> None:
    """Validates and saves; a constraint that a second writer hit in between reads like the validation message."""
    validate(obj)
    try:
        with transaction.atomic():
            obj.save(update_fields=fields) if fields is not None else obj.save()
    except IntegrityError as error:
        raise BusinessError(_constraint_sentence(obj, error)) from error


def _constraint_sentence(obj: models.Model, error: IntegrityError) -> str:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    for constraint in obj._meta.constraints:
        if constraint.name == name:
            return str(constraint.get_violation_error_message())
    raise error
