"""The page of one case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from complaints.models import Complaint
from complaints.policies import VIEW
from core.web.access import requires


@requires(VIEW)
@require_safe
def complaint_detail(request: HttpRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(Complaint.objects.visible_to(request.user, VIEW).with_place(), pk=pk)
    return render(request, "complaints/complaint_detail.html", {"case": case, "title": case.number})
