"""The menu as data: what stands at the left of every staff page, open to whom. config/navigation.py is the rest of the directory."""

from django.utils.translation import gettext_lazy as _

from config.entries import MenuCount, MenuGroup, MenuItem

MENU: tuple[MenuGroup, ...] = (
    MenuGroup("", (MenuItem(_("我的工作台"), "home", "dashboard:workbench", "*", ("dashboard:",)),)),
    MenuGroup(
        _("客户与房产"),
        (
            MenuItem(
                _("住户档案"),
                "users",
                "owners:owner_list",
                "owners.view_owner",
                (
                    "owners:owner",
                    "owners:unit",
                    "owners:phone",
                    "owners:emergency",
                    "owners:tag",
                    "owners:consent",
                    "owners:family",
                    "owners:contact",
                    "owners:attachment",
                    "owners:preference",
                    "owners:keeper",
                    "owners:lookup",
                    "owners:import",
                    "owners:estate",
                ),
                "community",
            ),
            MenuItem(
                _("房产与房态图"),
                "building",
                "properties:overview",
                "properties.view_building",
                ("properties:overview", "properties:building_grid"),
            ),
            MenuItem(
                _("房屋"), "door", "properties:unit_list", "properties.view_unit", ("properties:unit_",), "community"
            ),
            MenuItem(
                _("人房关系"), "home-heart", "owners:tenure_list", "owners.view_tenure", ("owners:tenure",), "community"
            ),
            MenuItem(
                _("资料更正"),
                "user-edit",
                "owners:correction_list",
                "owners.review_correction",
                ("owners:correction",),
                "community",
                count=MenuCount("dashboard.rows.waiting_corrections", _("待审核")),
            ),
            MenuItem(_("车辆"), "car", "owners:vehicle_list", "owners.view_vehicle", ("owners:vehicle",), "community"),
            MenuItem(
                _("楼栋"),
                "building-skyscraper",
                "properties:building_list",
                "properties.view_building",
                (
                    "properties:building_list",
                    "properties:building_create",
                    "properties:building_update",
                    "properties:building_copy",
                    "properties:building_disable",
                    "properties:building_restore",
                ),
                "community",
            ),
            MenuItem(
                _("公共区域"),
                "map-pin",
                "properties:place_list",
                "properties.view_place",
                ("properties:place_",),
                "community",
            ),
            MenuItem(
                _("班组"),
                "users-group",
                "properties:team_list",
                "properties.view_team",
                ("properties:team_",),
                "community",
            ),
            MenuItem(
                _("项目"),
                "building-community",
                "properties:community_list",
                "properties.view_community",
                ("properties:community_",),
            ),
            MenuItem(
                _("组织架构"), "sitemap", "properties:orgnode_tree", "properties.view_orgnode", ("properties:orgnode_",)
            ),
        ),
    ),
    MenuGroup(
        _("服务"),
        (
            # desk
            MenuItem(
                _("报修工单"),
                "tool",
                "workorders:workorder_list",
                "workorders.view_workorder",
                ("workorders:workorder_", "workorders:intake_", "workorders:code_"),
                "community",
                count=MenuCount("dashboard.rows.late_orders", _("已超时")),
            ),
            MenuItem(
                _("已知故障"),
                "bolt",
                "workorders:outage_list",
                "workorders.view_outage",
                ("workorders:outage_",),
                "community",
            ),
            MenuItem(
                _("交接班"),
                "arrows-exchange",
                "workorders:handover_list",
                "workorders.view_handover",
                ("workorders:handover_",),
                "community",
                count=MenuCount("dashboard.shifts.to_take", _("待你接班")),
            ),
            # complaints: desk
            MenuItem(
                _("投诉建议"),
                "message-report",
                "complaints:complaint_list",
                "complaints.view_complaint",
                (
                    "complaints:complaint_",
                    "complaints:intake_",
                    "complaints:group_",
                    "complaints:approval_",
                    "complaints:order_",
                    "complaints:disclosure_",
                    "complaints:city_",
                    "complaints:supervision_",
                ),
                "community",
                count=MenuCount("dashboard.complaints.late_cases", _("已超时")),
            ),
            MenuItem(
                _("投诉统计"),
                "chart-pie",
                "complaints:report",
                "complaints.report_complaint",
                ("complaints:report",),
                "community",
            ),
            # after
            MenuItem(
                _("督办"),
                "bell-ringing",
                "workorders:supervision_list",
                "workorders.view_workorder",
                ("workorders:supervision_",),
                "community",
                count=MenuCount("dashboard.rows.open_supervisions", _("待回复")),
            ),
            MenuItem(
                _("回访"),
                "phone-check",
                "owners:callback_list",
                "owners.view_callbacktask",
                ("owners:callback_", "owners:callbackplan_", "owners:callbackscript_"),
                "community",
                count=MenuCount("dashboard.rows.call_backs_now", _("现在要打")),
            ),
            MenuItem(
                _("工单统计"),
                "chart-bar",
                "workorders:report",
                "workorders.report_workorder",
                ("workorders:report",),
                "community",
            ),
            MenuItem(
                _("派工台"),
                "route",
                "workorders:board",
                "workorders.dispatch_workorder",
                ("workorders:board", "workorders:dispatchsetting", "workorders:workorder_dispatch_many"),
                count=MenuCount("dashboard.rows.undispatched_orders", _("待派单")),
            ),
            MenuItem(
                _("抢单池"),
                "hand-stop",
                "workorders:pool",
                "workorders.claim_workorder",
                ("workorders:pool", "workorders:workorder_claim", "workorders:my_duty"),
            ),
            MenuItem(
                _("维修人员"),
                "user-cog",
                "workorders:repairer_list",
                "workorders.view_repairer",
                ("workorders:repairer", "workorders:rota", "workorders:shiftexception"),
                "community",
            ),
            # field
            MenuItem(
                _("我的工单"),
                "clipboard-list",
                "workorders:phone_list",
                "workorders.work_workorder",
                ("workorders:phone_",),
                count=MenuCount("dashboard.rows.orders_to_accept", _("待接单")),
            ),
            MenuItem(
                _("挂起审批"),
                "player-pause",
                "workorders:suspension_list",
                "workorders.approve_suspension",
                ("workorders:suspension_",),
                "community",
                count=MenuCount("dashboard.rows.pending_suspensions", _("待审批")),
            ),
            MenuItem(
                _("物料"),
                "package",
                "workorders:material_list",
                "workorders.view_material",
                ("workorders:material_",),
            ),
            MenuItem(
                _("有偿服务价目"),
                "coin-yuan",
                "workorders:price_list",
                "workorders.view_priceitem",
                ("workorders:price_",),
                "community",
            ),
            MenuItem(
                _("报修类型规则"),
                "adjustments",
                "workorders:rule_list",
                "workorders.view_repairrule",
                ("workorders:rule_",),
            ),
            MenuItem(
                _("时限标准"),
                "hourglass",
                "workorders:clock_list",
                "workorders.view_clockrule",
                ("workorders:clock_",),
            ),
            # complaints: desk
            MenuItem(
                _("投诉时限标准"),
                "hourglass-high",
                "complaints:standard_list",
                "complaints.view_clockstandard",
                ("complaints:standard_",),
            ),
            MenuItem(
                _("低分处理规则"),
                "mood-sad",
                "complaints:lowrule_list",
                "complaints.view_lowratingrule",
                ("complaints:lowrule_",),
                "community",
            ),
        ),
    ),
    MenuGroup(
        _("沟通"),
        (
            # talk
            MenuItem(
                _("在线咨询"),
                "messages",
                "complaints:enquiry_list",
                "complaints.view_enquiry",
                ("complaints:enquiry_", "complaints:reply_"),
                "community",
                count=MenuCount("dashboard.enquiries.waiting_rows", _("待答复")),
            ),
            MenuItem(
                _("舆情"),
                "world",
                "complaints:opinion_list",
                "complaints.view_opinionentry",
                ("complaints:opinion_", "complaints:keyword_"),
                "community",
            ),
            MenuItem(
                _("通知公告"),
                "speakerphone",
                "notices:notice_list",
                "notices.view_notice",
                ("notices:notice", "notices:template", "notices:delivery"),
                "community",
                count=MenuCount("dashboard.rows.notices_to_review", _("待我审核")),
            ),
        ),
    ),
    MenuGroup(
        _("系统"),
        (
            MenuItem(
                _("工作日历"),
                "calendar",
                "core:workcalendar_list",
                "core.view_workcalendar",
                ("core:workcalendar", "core:calendarexception"),
            ),
            MenuItem(_("数据字典"), "book-2", "core:dictionary_list", "core.view_dicttype", ("core:dict",)),
            MenuItem(
                _("渠道设置"), "send", "notices:channel_list", "notices.change_channelsetting", ("notices:channel_",)
            ),
            MenuItem(_("任务中心"), "progress", "core:job_list", "*", ("core:job",)),
            MenuItem(
                _("人员与账号"), "users-group", "audit:user_list", "audit.view_user", ("audit:user", "audit:grant")
            ),
            MenuItem(_("角色与权限"), "shield-lock", "audit:role_matrix", "audit.view_role", ("audit:role",)),
            MenuItem(_("操作日志"), "history", "audit:log_list", "core.view_logentry", ("audit:log",)),
            MenuItem(_("登录日志"), "login", "audit:sign_in_log", "audit.view_signinentry", ("audit:sign_in_log",)),
        ),
    ),
)
