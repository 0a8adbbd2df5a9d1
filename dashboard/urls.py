from django.urls import path

from dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("workbench/urgent/", views.urgent, name="urgent"),
    path("workbench/menu-counts/", views.menu_counts, name="menu_counts"),
    path("workbench/cards/incomplete/", views.card_incomplete, name="card_incomplete"),
    path("workbench/cards/leases/", views.card_leases, name="card_leases"),
    path("workbench/cards/passes/", views.card_passes, name="card_passes"),
    path("workbench/cards/tags/", views.card_tags, name="card_tags"),
    path("workbench/cards/corrections/", views.card_corrections, name="card_corrections"),
    path("workbench/cards/imports/", views.card_imports, name="card_imports"),
    path("workbench/cards/orders/over/", views.card_orders_over, name="card_orders_over"),
    path("workbench/cards/orders/soon/", views.card_orders_soon, name="card_orders_soon"),
    path("workbench/cards/orders/waiting/", views.card_orders_waiting, name="card_orders_waiting"),
    path("workbench/cards/complaints/unanswered/", views.card_unanswered, name="card_unanswered"),
    path("workbench/cards/complaints/new/", views.card_complaints_new, name="card_complaints_new"),
    path("workbench/cards/complaints/approvals/", views.card_approvals, name="card_approvals"),
    path("workbench/cards/complaints/supervisions/", views.card_case_supervisions, name="card_case_supervisions"),
    path("workbench/cards/complaints/improvements/", views.card_improvements, name="card_improvements"),
    path("workbench/cards/complaints/partners/", views.card_partners, name="card_partners"),
    path("workbench/cards/suspensions/", views.card_suspensions, name="card_suspensions"),
    path("workbench/cards/supervisions/", views.card_supervisions, name="card_supervisions"),
    path("workbench/cards/callbacks/", views.card_callbacks, name="card_callbacks"),
    path("workbench/cards/enquiries/", views.card_enquiries, name="card_enquiries"),
    path("workbench/cards/notices/", views.card_notices, name="card_notices"),
    path("workbench/cards/calendars/", views.card_calendars, name="card_calendars"),
    path("workbench/cards/messages/", views.card_messages, name="card_messages"),
]
