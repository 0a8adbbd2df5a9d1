from django.db import models


class PlainRow(models.Model):
    """Twelve columns as they stand in the file: no encryption, no matching, no log. Its table is made by the benchmark."""

    building = models.CharField(max_length=20)
    entrance = models.CharField(max_length=10, blank=True)
    number = models.CharField(max_length=20)
    unit_type = models.CharField(max_length=40)
    built_area = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    usage = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=20)
    phone = models.CharField(max_length=20, blank=True)
    id_number = models.CharField(max_length=20, blank=True)
    start = models.CharField(max_length=20, blank=True)
    plate = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "peers"
        managed = False
        db_table = "bench_plainrow"
