"""Encrypted fields, blind index and key rotation (SECURITY 11.*)."""

import base64
import json
import os

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection

from core import blind_index, crypto
from core.models import FormDraft, LogEntry


@pytest.fixture
def draft(person):
    return FormDraft.objects.create(user=person(), path="/a/", title="表单", payload="13800138000")


def stored(draft):
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM core_formdraft WHERE id = %s", [draft.pk])
        return cursor.fetchone()[0]


def put(draft, text):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_formdraft SET payload = %s WHERE id = %s", [text, draft.pk])


def read(draft):
    return FormDraft.objects.get(pk=draft.pk).payload


def test_value_rests_encrypted_and_comes_back(draft):
    assert stored(draft).startswith("v1:")
    assert "13800138000" not in stored(draft)
    assert read(draft) == "13800138000"


def test_same_value_twice_has_different_ciphertexts(draft, person):
    other = FormDraft.objects.create(user=person(), path="/a/", title="表单", payload="13800138000")
    assert stored(draft) != stored(other)


def test_empty_stays_empty(person):
    draft = FormDraft.objects.create(user=person(), path="/b/", title="表单", payload="")
    assert stored(draft) == ""
    assert read(draft) == ""


@pytest.mark.parametrize("part", ["nonce", "body", "tag"])
def test_tampering_is_refused(draft, part):
    head, _colon, encoded = stored(draft).rpartition(":")
    raw = bytearray(base64.b64decode(encoded))
    raw[{"nonce": 0, "body": 14, "tag": -1}[part]] ^= 1
    put(draft, f"{head}:{base64.b64encode(bytes(raw)).decode()}")
    with pytest.raises(crypto.DecryptError):
        read(draft)


def test_ciphertext_moved_to_another_row_is_refused(draft, person):
    other = FormDraft.objects.create(user=person(), path="/a/", title="表单", payload="x")
    put(other, stored(draft))
    with pytest.raises(crypto.DecryptError):
        read(other)


def test_ciphertext_of_another_column_is_refused(draft):
    put(draft, crypto.ring().encrypt("x", crypto.binding("core_formdraft", "title", draft.uid)))
    with pytest.raises(crypto.DecryptError):
        read(draft)


@pytest.mark.parametrize("text", ["13800138000", "v1:nobody:AAAA", "v0:k1:AAAA"])
def test_plaintext_and_unknown_keys_are_refused(draft, text):
    put(draft, text)
    with pytest.raises(crypto.DecryptError):
        read(draft)


def test_wrong_key_is_refused(draft, settings):
    key_id = stored(draft).split(":")[1]
    settings.FIELD_KEYS = f"{key_id}:{base64.b64encode(os.urandom(32)).decode()}"
    with pytest.raises(crypto.DecryptError):
        read(draft)


def test_writing_past_the_row_is_refused(draft):
    with pytest.raises(FieldError):
        FormDraft.objects.filter(pk=draft.pk).update(payload="x")
    with pytest.raises(FieldError):
        FormDraft.objects.filter(payload__contains="138").exists()
    with pytest.raises(FieldError):
        FormDraft.objects.filter(payload="13800138000").exists()
    draft.payload = "changed"
    with pytest.raises(FieldError):
        FormDraft.objects.bulk_update([draft], ["payload"])


def test_blind_index_finds_whole_and_last_four_and_depends_on_the_key(settings):
    assert blind_index.whole("phone", "13800138000") == blind_index.whole("phone", "13800138000")
    assert blind_index.whole("phone", "13800138000") != blind_index.whole("id_number", "13800138000")
    assert blind_index.last4("phone", "13800138000") == blind_index.last4("phone", "13912348000")
    assert blind_index.last4("phone", "138") is None
    assert blind_index.whole("phone", "") is None
    before = blind_index.whole("phone", "13800138000")
    settings.INDEX_KEY = base64.b64encode(os.urandom(32)).decode()
    assert blind_index.whole("phone", "13800138000") != before


def new_key(settings, name="k9"):
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = f"{name}:{base64.b64encode(os.urandom(32)).decode()},{old}"


def test_rotation_rewraps_every_field_to_the_active_key(draft, settings, capsys):
    new_key(settings)
    call_command("rotate_field_keys", "--json", "--batch", "1")
    facts = json.loads(capsys.readouterr().out)
    assert facts["ok"]
    assert facts["key"] == "k9"
    assert facts["fields"]["core.FormDraft.payload"] == 1
    assert stored(draft).startswith("v1:k9:")
    assert read(draft) == "13800138000"
    assert LogEntry.objects.get().action == "core.field_keys.rotated"
    call_command("rotate_field_keys", "--json", "--check")
    assert json.loads(capsys.readouterr().out)["rows"] == 0


def test_rotation_names_rows_it_cannot_read_and_fails(draft, person, settings, capsys):
    bad = FormDraft.objects.create(user=person(), path="/c/", title="表单", payload="x")
    put(bad, stored(draft))
    new_key(settings)
    with pytest.raises(SystemExit) as stop:
        call_command("rotate_field_keys", "--json")
    assert stop.value.code == 1
    facts = json.loads(capsys.readouterr().out)
    assert facts["ok"] is False
    assert facts["bad"] == [f"core.FormDraft.payload#{bad.pk}"]
    assert read(draft) == "13800138000"
