from django.urls import path

from owners.views import imports

app_name = "owners"
urlpatterns = [
    path("import/", imports.start, name="import_start"),
    path("import/template/", imports.template, name="import_template"),
    path("import/<int:pk>/", imports.detail, name="import_detail"),
    path("import/<int:pk>/mapping/", imports.correct, name="import_correct"),
    path("import/<int:pk>/confirm/", imports.confirm, name="import_confirm"),
    path("import/<int:pk>/discard/", imports.discard, name="import_discard"),
    path("import/<int:pk>/errors/", imports.errors, name="import_errors"),
    path("import/<int:pk>/undo/", imports.undo, name="import_undo"),
    path("estate/export/", imports.export, name="estate_export"),
]
