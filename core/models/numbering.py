from django.db import models
from django.db.models.functions import Now


class NumberSequence(models.Model):
    """The last document number given for a prefix, community and period (DOMAIN 2.0); taken under its row lock."""

    prefix = models.CharField(max_length=8)
    community_id = models.BigIntegerField(default=0)
    period = models.CharField(max_length=8, blank=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["prefix", "community_id", "period"], name="core_numbersequence_key")
        ]


class RateBucket(models.Model):
    """A token bucket for one key (user and act, address and act); drained by one atomic upsert (core/rate_limit.py)."""

    key = models.CharField(max_length=160, primary_key=True)
    tokens = models.FloatField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
