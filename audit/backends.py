"""Password check and permission look-up; every permission comes from grants (audit/access.py)."""

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from audit.access import user_with_access
from audit.models import User


class GrantBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_: object
    ) -> User | None:
        user = User.objects.filter(username=username).first()
        if user is None:
            make_password(password)  # the same work, so that the answer's time does not tell whether the account exists
            return None
        if not user.check_password(password):
            return None
        if self.may_sign_in(user):
            return user
        if request is not None:
            # The right password of a stopped account: the sign-in page may say why without telling a stranger anything.
            request.refused_account = user  # type: ignore[attr-defined]  # ours: audit/services/sign_in.py reads it
        return None

    @staticmethod
    def may_sign_in(user: User) -> bool:
        return user.is_active and not user.is_expired

    def get_user(self, user_id: int) -> User | None:
        user = user_with_access(user_id)
        return user if user and self.may_sign_in(user) else None
