from django.http import HttpRequest, HttpResponse


def locked_out(request: HttpRequest, credentials: dict, *args: object) -> HttpResponse:
    return HttpResponse(status=429)
