from owners.models.call_backs import CallBackAttempt, CallBackFollow, CallBackTask
from owners.models.call_plans import CallBackPlan, CallBackRound
from owners.models.call_scripts import CallScript
from owners.models.contacts import ContactRecord, ContactWay, TimelineEntry
from owners.models.corrections import SECRETS, Correction, CorrectionAct, CorrectionTopic
from owners.models.household import Consent, EmergencyContact, FamilyMember, OwnerTag, Vehicle
from owners.models.imports import ImportBatch, ImportChunk, ImportMode, ImportRow, ImportStatus
from owners.models.people import Gender, IdType, Owner, OwnerKind, OwnerPhone
from owners.models.sign_in import OwnerLoginCode, OwnerSession
from owners.models.tenures import Tenure, TenureRole

__all__ = [
    "SECRETS",
    "CallBackAttempt",
    "CallBackFollow",
    "CallBackPlan",
    "CallBackRound",
    "CallBackTask",
    "CallScript",
    "Consent",
    "ContactRecord",
    "ContactWay",
    "Correction",
    "CorrectionAct",
    "CorrectionTopic",
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
    "OwnerLoginCode",
    "OwnerPhone",
    "OwnerSession",
    "OwnerTag",
    "Tenure",
    "TenureRole",
    "TimelineEntry",
    "Vehicle",
]
