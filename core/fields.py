"""Model fields that know no business: encrypted text."""

from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from core.crypto import binding, ring


class Ciphertext(str):
    """A value as stored. The descriptor turns it into plaintext on first access, when the row (and its uid) is known."""


class _Decrypting:
    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        value = instance.__dict__[self.field.attname]
        if isinstance(value, Ciphertext):
            value = self.field.decrypt(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text that rests encrypted and bound to its row by the model's immutable `uid`.

    Reads give the plaintext; '' is stored as '' (there is nothing to hide and "blank" stays searchable). It cannot be filtered by
    value (use a blind index) nor written through QuerySet.update() or bulk_update(), which do not know the row: both raise.
    """

    column: str  # the stubs allow None, for fields without a column

    def contribute_to_class(self, cls: type, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Decrypting(self))

    def encrypt(self, instance: models.Model, plaintext: str) -> str:
        return ring().encrypt(plaintext, self._aad(instance)) if plaintext else ""

    def decrypt(self, instance: models.Model, ciphertext: str) -> str:
        return ring().decrypt(ciphertext, self._aad(instance)) if ciphertext else ""

    def _aad(self, instance: Any) -> bytes:
        return binding(self.model._meta.db_table, self.column, instance.uid)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return Ciphertext(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__[self.attname]
        if value is None or isinstance(value, Ciphertext):
            return value
        return Ciphertext(self.encrypt(model_instance, value))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "" or isinstance(value, Ciphertext):
            return super().get_prep_value(value)
        raise FieldError(f"{self.name} is encrypted: save the instance, or search by its blind index.")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in {"isnull", "exact"}:
            raise FieldError(f"{self.name} is encrypted and has no lookup {lookup_name!r}.")
        return super().get_lookup(lookup_name)
