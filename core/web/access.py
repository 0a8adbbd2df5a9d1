"""How a view says who may open it. One of the three must be said: the middleware refuses a view that says nothing."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

View = Callable[..., Any]
SomeView = TypeVar("SomeView", bound=View)
ANYONE_SIGNED_IN = "*"


def requires(permission: str) -> Callable[[SomeView], SomeView]:
    """Marks a function view with the one permission it needs."""

    def mark(view: SomeView) -> SomeView:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(view: SomeView) -> SomeView:
    """Marks a function view as open to everybody who is signed in (own inbox, own password)."""
    return requires(ANYONE_SIGNED_IN)(view)


def public(reason: str) -> Callable[[SomeView], SomeView]:
    """Marks a view as open without signing in, and says why."""

    def mark(view: SomeView) -> SomeView:
        view.public_reason = reason  # type: ignore[attr-defined]
        return view

    return mark


def declared(view: View) -> tuple[str | None, str | None]:
    """(permission, public reason) of a view function or of the class behind it."""
    source = getattr(view, "view_class", None)
    options = getattr(view, "view_initkwargs", {})

    def look(name: str) -> str | None:
        return getattr(view, name, None) or options.get(name) or getattr(source, name, None)

    return look("permission"), look("public_reason")


def user_of(request: HttpRequest) -> Any:
    """The user of a request behind the access middleware, where nobody is anonymous. `Any`, because core knows no user class."""
    return request.user


def allowed(request: HttpRequest, permission: str) -> bool:
    return permission == ANYONE_SIGNED_IN or request.user.has_perm(permission)


def check_declared(view: View) -> tuple[str | None, str | None]:
    permission, reason = declared(view)
    if not permission and not reason:
        name = f"{view.__module__}.{getattr(view, '__qualname__', view)}"
        raise ImproperlyConfigured(f"{name} names neither a permission nor a reason to be public.")
    return permission, reason
