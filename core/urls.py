from django.urls import path

from core.views import (
    attachments,
    calendar_files,
    calendars,
    dictionary,
    dictionary_files,
    dictionary_merging,
    drafts,
    exports,
    health,
    help,
    inbox,
    inbox_preferences,
    jobs,
    lists,
    search,
)

app_name = "core"
urlpatterns = [
    path("readyz", health.readyz, name="readyz"),
    path("search/", search.search, name="search"),
    path("help/", help.help_page, name="help"),
    path("help/<slug:code>/", help.help_page, name="help_topic"),
    # Background work
    path("jobs/", jobs.JobListView.as_view(), name="job_list"),
    path("jobs/indicator/", jobs.job_indicator, name="job_indicator"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<int:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/resume/", jobs.job_resume, name="job_resume"),
    # Inbox
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.inbox_read, name="inbox_read"),
    path("inbox/preferences/", inbox_preferences.InboxPreferencesView.as_view(), name="inbox_preferences"),
    path("inbox/<int:pk>/open/", inbox.inbox_open, name="inbox_open"),
    # Data dictionaries
    path("dictionaries/", dictionary.dictionary_list, name="dictionary_list"),
    path("dictionaries/export/", dictionary_files.dictionary_export, name="dictionary_export"),
    path("dictionaries/import/", dictionary_files.dictionary_import, name="dictionary_import"),
    path("dictionaries/import/confirm/", dictionary_files.dictionary_import_confirm, name="dictionary_import_confirm"),
    path("dictionaries/items/<int:pk>/change/", dictionary.dictitem_change, name="dictitem_change"),
    path("dictionaries/items/<int:pk>/move/", dictionary.dictitem_move, name="dictitem_move"),
    path("dictionaries/items/<int:pk>/disable/", dictionary.dictitem_disable, name="dictitem_disable"),
    path("dictionaries/items/<int:pk>/restore/", dictionary.dictitem_restore, name="dictitem_restore"),
    path("dictionaries/items/<int:pk>/delete/", dictionary.dictitem_delete, name="dictitem_delete"),
    path("dictionaries/items/<int:pk>/usage/", dictionary.dictitem_usage, name="dictitem_usage"),
    path("dictionaries/merges/<int:pk>/undo/", dictionary_merging.dictmerge_undo, name="dictmerge_undo"),
    path("dictionaries/<slug:code>/", dictionary.dictionary, name="dictionary"),
    path("dictionaries/<slug:code>/add/", dictionary.dictitem_create, name="dictitem_create"),
    path("dictionaries/<slug:code>/merge/", dictionary_merging.dictitem_merge, name="dictitem_merge"),
    # Working calendars
    path("calendars/", calendars.WorkCalendarList.as_view(), name="workcalendar_list"),
    path("calendars/create/", calendars.WorkCalendarCreate.as_view(), name="workcalendar_create"),
    path("calendars/import/", calendar_files.workcalendar_import, name="workcalendar_import"),
    path("calendars/import/confirm/", calendar_files.workcalendar_import_confirm, name="workcalendar_import_confirm"),
    path("calendars/import/template/", calendar_files.workcalendar_template, name="workcalendar_template"),
    path("calendars/<int:pk>/", calendars.workcalendar_detail, name="workcalendar_detail"),
    path("calendars/<int:pk>/update/", calendars.WorkCalendarUpdate.as_view(), name="workcalendar_update"),
    path("calendars/<int:pk>/delete/", calendars.WorkCalendarDelete.as_view(), name="workcalendar_delete"),
    path(
        "calendars/<int:pk>/make-default/",
        calendars.WorkCalendarMakeDefault.as_view(),
        name="workcalendar_make_default",
    ),
    path("calendars/<int:pk>/dates/", calendars.ExceptionCreate.as_view(), name="calendarexception_create"),
    path("calendars/dates/<int:pk>/", calendars.ExceptionUpdate.as_view(), name="calendarexception_update"),
    path("calendars/dates/<int:pk>/delete/", calendars.ExceptionDelete.as_view(), name="calendarexception_delete"),
    # Any list: saved views, columns, export
    path("lists/views/<int:pk>/delete/", lists.saved_view_delete, name="saved_view_delete"),
    path("lists/<str:list_name>/views/", lists.saved_view_create, name="saved_view_create"),
    path("lists/<str:list_name>/columns/", lists.list_columns, name="list_columns"),
    path("lists/<str:list_name>/export/", exports.list_export, name="list_export"),
    # Drafts and files
    path("drafts/", drafts.draft_save, name="draft_save"),
    path("drafts/<int:pk>/discard/", drafts.draft_discard, name="draft_discard"),
    path("files/<uuid:uid>/", attachments.attachment_download, name="attachment_download"),
]
