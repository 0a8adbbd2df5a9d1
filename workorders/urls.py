from django.urls import path

from workorders.views import orders

app_name = "workorders"

urlpatterns = [
    # Orders
    path("workorders/", orders.WorkOrderList.as_view(), name="workorder_list"),
    path("workorders/<int:pk>/", orders.WorkOrderDetail.as_view(), name="workorder_detail"),
]
