from django.urls import path

from audit.views import access, account, grants, logs, pickers, reveal, roles, sign_in, users

app_name = "audit"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("account/", account.my_account, name="my_account"),
    path("account/password/", account.PasswordChangeView.as_view(), name="password_change"),
    path("account/sessions/<int:pk>/end/", account.SessionEndView.as_view(), name="session_end"),
    path("users/", users.UserListView.as_view(), name="user_list"),
    path("users/pick/", pickers.staff_picker, name="staff_picker"),
    path("users/new/", users.UserCreateView.as_view(), name="user_create"),
    path("users/<int:pk>/", users.UserDetailView.as_view(), name="user_detail"),
    path("users/<int:pk>/edit/", users.UserUpdateView.as_view(), name="user_update"),
    path("users/<int:pk>/disable/", users.UserDisableView.as_view(), name="user_disable"),
    path("users/<int:pk>/restore/", users.UserRestoreView.as_view(), name="user_restore"),
    path("users/<int:pk>/reset-password/", users.UserResetPasswordView.as_view(), name="user_reset_password"),
    path("users/<int:pk>/unlock/", users.UserUnlockView.as_view(), name="user_unlock"),
    path("users/<int:pk>/access/", access.user_access, name="user_access"),
    path("users/<int:pk>/grants/new/", grants.GrantCreateView.as_view(), name="grant_create"),
    path("grants/<int:pk>/edit/", grants.GrantUpdateView.as_view(), name="grant_update"),
    path("grants/<int:pk>/withdraw/", grants.GrantWithdrawView.as_view(), name="grant_withdraw"),
    path("roles/", roles.RoleListView.as_view(), name="role_list"),
    path("roles/new/", roles.RoleCreateView.as_view(), name="role_create"),
    path("roles/matrix/", roles.matrix, name="role_matrix"),
    path("roles/matrix/export/", roles.matrix_export, name="role_matrix_export"),
    path("roles/<int:pk>/", roles.RoleDetailView.as_view(), name="role_detail"),
    path("roles/<int:pk>/edit/", roles.RoleUpdateView.as_view(), name="role_update"),
    path("roles/<int:pk>/copy/", roles.RoleCopyView.as_view(), name="role_copy"),
    path("roles/<int:pk>/disable/", roles.RoleDisableView.as_view(), name="role_disable"),
    path("roles/<int:pk>/restore/", roles.RoleRestoreView.as_view(), name="role_restore"),
    path("log/", logs.LogListView.as_view(), name="log_list"),
    path("log/<int:pk>/", logs.log_detail, name="log_detail"),
    path("sign-in-log/", logs.SignInLogView.as_view(), name="sign_in_log"),
    path("reveal/<str:model>/<int:pk>/<str:field>/", reveal.reveal, name="reveal"),
]
