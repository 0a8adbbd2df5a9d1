from django.db import models


class PlainRow(models.Model):
    """The twelve columns as they stand in the file: no encryption, no matching, no log. Its table is made by the benchmark. `key` is
    for the peer that finds rows by one column."""

    building = models.CharField("楼栋", max_length=20)
    entrance = models.CharField("单元", max_length=10, blank=True)
    number = models.CharField("房号", max_length=20)
    unit_type = models.CharField("房屋类型", max_length=40)
    built_area = models.DecimalField("建筑面积", max_digits=10, decimal_places=2, null=True)
    layout = models.CharField("户型", max_length=20, blank=True)
    delivered_on = models.CharField("交付日期", max_length=20, blank=True)
    name = models.CharField("姓名", max_length=60)
    role = models.CharField("角色", max_length=20)
    phone = models.CharField("手机", max_length=20, blank=True)
    id_number = models.CharField("证件号", max_length=20, blank=True)
    plate = models.CharField("车牌", max_length=20, blank=True)
    key = models.CharField("键", max_length=200, null=True, db_index=True)  # noqa: DJ001  only the peer has one

    class Meta:
        app_label = "peers"
        managed = False
        db_table = "bench_plainrow"
