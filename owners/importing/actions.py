"""What the import writes into the operation log. Its entries carry the batch, so that the undo knows everything that was made."""

from django.utils.translation import gettext_lazy as _

from core.log import declare
from core.masking import mask_id_number, mask_phone

_PERSONAL = {
    "phone": mask_phone, "other_phones": mask_phone, "phones": mask_phone, "id_number": mask_id_number, "emergency": mask_phone,
}  # fmt: skip

UPLOADED = declare("owners.import.uploaded", _("上传导入文件"))
CONFIRMED = declare("owners.import.confirmed", _("确认导入"))
DISCARDED = declare("owners.import.discarded", _("放弃导入"))
RETRIED = declare("owners.import.retried", _("让导入再次运行"))
FINISHED = declare("owners.import.finished", _("导入完成"))
UNDONE = declare("owners.import.undone", _("撤销导入"))
ERRORS_DOWNLOADED = declare("owners.import.errors_downloaded", _("下载导入错误行"), sensitive=True)
BUILDING_ADDED = declare("owners.import.building_added", _("导入时新增楼栋"))
UNIT_ADDED = declare("owners.import.unit_added", _("导入时新增房屋"))
UNIT_CHANGED = declare("owners.import.unit_changed", _("导入时修改房屋"))
OWNER_ADDED = declare("owners.import.owner_added", _("导入时建立住户档案"), personal=_PERSONAL)
OWNER_CHANGED = declare("owners.import.owner_changed", _("导入时修改住户档案"), personal=_PERSONAL)
TENURE_ADDED = declare("owners.import.tenure_added", _("导入时登记人房关系"))
TENURE_CHANGED = declare("owners.import.tenure_changed", _("导入时修改人房关系"))
VEHICLE_ADDED = declare("owners.import.vehicle_added", _("导入时登记车辆"))
OBJECT_REMOVED = declare("owners.import.object_removed", _("撤销导入时移除"))
OBJECT_RESTORED = declare("owners.import.object_restored", _("撤销导入时复原"), personal=_PERSONAL)
EXPORTED = declare("owners.estate.exported", _("导出房屋与住户"), sensitive=True)
ADDING = (BUILDING_ADDED, UNIT_ADDED, OWNER_ADDED, TENURE_ADDED, VEHICLE_ADDED)
CHANGING = (UNIT_CHANGED, OWNER_CHANGED, TENURE_CHANGED)
