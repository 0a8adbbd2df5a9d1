from audit.models.access import DataScope, FieldVisibility, Grant, Role
from audit.models.people import User
from audit.models.sign_in import SignInEntry, UserSession

__all__ = ["DataScope", "FieldVisibility", "Grant", "Role", "SignInEntry", "User", "UserSession"]
