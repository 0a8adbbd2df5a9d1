from owners.models.contacts import ContactRecord, ContactWay, TimelineEntry
from owners.models.household import Consent, EmergencyContact, FamilyMember, OwnerTag, Vehicle
from owners.models.imports import ImportBatch, ImportChunk, ImportMode, ImportRow, ImportStatus
from owners.models.people import Gender, IdType, Owner, OwnerKind, OwnerPhone
from owners.models.tenures import Tenure, TenureRole

__all__ = [
    "Consent",
    "ContactRecord",
    "ContactWay",
    "EmergencyContact",
    "FamilyMember",
    "Gender",
    "IdType",
    "ImportBatch",
    "ImportChunk",
    "ImportMode",
    "ImportRow",
    "ImportStatus",
    "Owner",
    "OwnerKind",
    "OwnerPhone",
    "OwnerTag",
    "Tenure",
    "TenureRole",
    "TimelineEntry",
    "Vehicle",
]
