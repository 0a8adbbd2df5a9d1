from django.urls import path

from portal.views import corrections, door, help, home, links, mine, notices, orders, repairs, wechat

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    # The door
    path("sign-in/", door.sign_in, name="sign_in"),
    path("code/", door.code, name="code"),
    path("code/again/", door.code_again, name="code_again"),
    path("who/", door.who, name="who"),
    path("sign-out/", door.sign_out, name="sign_out"),
    path("type/", door.type_size, name="type_size"),
    # My home
    path("unit/", home.unit, name="unit"),
    path("household/", home.household, name="household"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/confirm/", notices.notice_confirm, name="notice_confirm"),
    path("notices/<int:pk>/files/<int:file>/", notices.notice_file, name="notice_file"),
    # Repairs
    path("repairs/", orders.repair_list, name="repair_list"),
    path("repairs/where/", repairs.repair_where, name="repair_where"),
    path("repairs/new/", repairs.repair_kind, name="repair_kind"),
    path("repairs/new/<slug:where>/<int:kind>/", repairs.repair_create, name="repair_create"),
    path("repairs/<int:pk>/", orders.repair, name="repair"),
    path("repairs/<int:pk>/photos/", orders.repair_photos, name="repair_photos"),
    path("repairs/<int:pk>/photos/<int:file>/", orders.repair_photo, name="repair_photo"),
    path("repairs/<int:pk>/rate/", orders.repair_rate, name="repair_rate"),
    path("repairs/<int:pk>/remark/", orders.repair_remark, name="repair_remark"),
    path("repairs/<int:pk>/cancel/", orders.repair_cancel, name="repair_cancel"),
    path("repairs/<int:pk>/rework/", orders.repair_rework, name="repair_rework"),
    path("repairs/<int:pk>/join/", repairs.repair_join, name="repair_join"),
    path("outages/<int:pk>/join/", repairs.outage_join, name="outage_join"),
    # What is known about me
    path("me/", mine.me, name="me"),
    path("me/preferences/", mine.preferences, name="preferences"),
    path("consents/", mine.consent_list, name="consent_list"),
    path("consents/<int:pk>/give/", mine.consent_give, name="consent_give"),
    path("consents/<int:pk>/withdraw/", mine.consent_withdraw, name="consent_withdraw"),
    path("devices/", mine.device_list, name="device_list"),
    path("devices/all/end/", mine.device_end_all, name="device_end_all"),
    path("devices/<int:pk>/end/", mine.device_end, name="device_end"),
    path("corrections/", corrections.correction_list, name="correction_list"),
    path("corrections/read/", corrections.corrections_read, name="corrections_read"),
    path("corrections/<int:pk>/withdraw/", corrections.correction_withdraw, name="correction_withdraw"),
    path("correct/<slug:topic>/<slug:act>/", corrections.correct, name="correct_file"),
    path("correct/<slug:topic>/<slug:act>/<int:pk>/", corrections.correct, name="correct_row"),
    path("wechat/", wechat.wechat, name="wechat"),
    path("wechat/go/", wechat.wechat_go, name="wechat_go"),
    path("wechat/back/", wechat.wechat_back, name="wechat_back"),
    path("wechat/end/", wechat.wechat_end, name="wechat_end"),
    path("help/", help.help_page, name="help"),
    # Personal links: one purpose, no signing in
    path("o/<str:token>/", links.OptOutView.as_view(), name="opt_out"),
]
