from django.urls import path

from complaints.views import cases, enquiries, opinions, public, replies

app_name = "complaints"
urlpatterns = [
    # desk: cases
    path("complaints/<int:pk>/", cases.complaint_detail, name="complaint_detail"),
    # talk: conversations and ready answers
    path("enquiries/", enquiries.EnquiryList.as_view(), name="enquiry_list"),
    path("enquiries/<int:pk>/", enquiries.enquiry_detail, name="enquiry_detail"),
    path("enquiries/<int:pk>/talk/", enquiries.enquiry_talk, name="enquiry_talk"),
    path("enquiries/<int:pk>/seen/", enquiries.enquiry_seen, name="enquiry_seen"),
    path("enquiries/<int:pk>/answer/", enquiries.enquiry_answer, name="enquiry_answer"),
    path("enquiries/<int:pk>/take/", enquiries.enquiry_take, name="enquiry_take"),
    path("enquiries/<int:pk>/note/", enquiries.EnquiryNote.as_view(), name="enquiry_note"),
    path("enquiries/<int:pk>/hand-over/", enquiries.EnquiryHandOver.as_view(), name="enquiry_hand_over"),
    path("enquiries/<int:pk>/end/", enquiries.EnquiryEnd.as_view(), name="enquiry_end"),
    path("enquiries/<int:pk>/order/", enquiries.EnquiryOrder.as_view(), name="enquiry_order"),
    path("enquiries/<int:pk>/complaint/", enquiries.EnquiryComplaint.as_view(), name="enquiry_complaint"),
    path("enquiries/read/<str:token>/", public.PublicEnquiryView.as_view(), name="public_enquiry"),
    path("enquiries/replies/", replies.ReplyList.as_view(), name="reply_list"),
    path("enquiries/replies/new/", replies.ReplyCreate.as_view(), name="reply_create"),
    path("enquiries/replies/<int:pk>/", replies.ReplyUpdate.as_view(), name="reply_update"),
    path("enquiries/replies/<int:pk>/disable/", replies.ReplyDisable.as_view(), name="reply_disable"),
    path("enquiries/replies/<int:pk>/restore/", replies.ReplyRestore.as_view(), name="reply_restore"),
    # talk: public opinion
    path("opinions/", opinions.OpinionList.as_view(), name="opinion_list"),
    path("opinions/new/", opinions.OpinionCreate.as_view(), name="opinion_create"),
    path("opinions/<int:pk>/", opinions.opinion_detail, name="opinion_detail"),
    path("opinions/<int:pk>/edit/", opinions.OpinionUpdate.as_view(), name="opinion_update"),
    path("opinions/<int:pk>/handle/", opinions.OpinionHandle.as_view(), name="opinion_handle"),
    path("opinions/<int:pk>/ignore/", opinions.OpinionIgnore.as_view(), name="opinion_ignore"),
    path("opinions/<int:pk>/reopen/", opinions.OpinionReopen.as_view(), name="opinion_reopen"),
    path("opinions/<int:pk>/complaint/", opinions.OpinionComplaint.as_view(), name="opinion_complaint"),
    path("opinions/keywords/", opinions.KeywordList.as_view(), name="keyword_list"),
    path("opinions/keywords/new/", opinions.KeywordCreate.as_view(), name="keyword_create"),
    path("opinions/keywords/<int:pk>/", opinions.KeywordUpdate.as_view(), name="keyword_update"),
    path("opinions/keywords/<int:pk>/disable/", opinions.KeywordDisable.as_view(), name="keyword_disable"),
    path("opinions/keywords/<int:pk>/restore/", opinions.KeywordRestore.as_view(), name="keyword_restore"),
]
