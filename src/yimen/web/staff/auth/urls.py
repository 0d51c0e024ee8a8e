"""Addresses of signing in. No namespace: the library asks for its own names (account_login, mfa_…)."""

from __future__ import annotations

from django.urls import path

from . import others, own, signing, tokens

urlpatterns = [
    path("sign-in/", signing.sign_in, name="account_login"),
    path("sign-in/second-step/", signing.second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", signing.passkey, name="mfa_login_webauthn"),
    path("sign-out/", signing.sign_out, name="account_logout"),
    path("inactive/", signing.inactive, name="account_inactive"),
    path("language/", signing.language, name="staff_language"),
    path("text-size/", signing.text_size, name="staff_text_size"),
    path("invitation/", signing.use_invitation, name="account_invitation"),
    path("invitation/<str:token>/", signing.open_invitation, name="account_invitation_link"),
    path("security/", own.security, name="account_security"),
    path("security/", own.security, name="mfa_index"),
    path("security/", own.security, name="mfa_list_webauthn"),
    path("security/enrol/", own.enrol, name="account_enrol"),
    path("security/password/", own.change_password, name="account_change_password"),
    path("security/again/", signing.again, name="account_reauthenticate"),
    path("security/again/code/", signing.second_step_again, name="mfa_reauthenticate"),
    path("security/again/key/", signing.key_again, name="mfa_reauthenticate_webauthn"),
    path("security/app/", own.add_app, name="mfa_activate_totp"),
    path("security/app/remove/", own.remove_app, name="mfa_deactivate_totp"),
    path("security/keys/add/", own.add_key, name="mfa_add_webauthn"),
    path("security/keys/<int:pk>/", own.rename_key, name="mfa_edit_webauthn"),
    path("security/keys/<int:pk>/remove/", own.remove_key, name="mfa_remove_webauthn"),
    path("security/codes/", own.see_codes, name="mfa_view_recovery_codes"),
    path("security/codes/new/", own.new_codes, name="mfa_generate_recovery_codes"),
    path("security/codes/download/", own.download_codes, name="mfa_download_recovery_codes"),
    path("security/sessions/<int:pk>/end/", own.end_session, name="account_end_session"),
    path("security/sessions/end-others/", own.end_others, name="account_end_others"),
    path("security/tokens/", tokens.tokens, name="account_tokens"),
    path("security/tokens/new/", tokens.new_token, name="account_new_token"),
    path("security/tokens/<int:pk>/collect/", tokens.collect_token, name="account_collect_token"),
    path("security/tokens/<int:pk>/end/", tokens.end_token, name="account_end_token"),
    path("security/everyone/", others.sessions, name="account_sessions"),
    path("security/everyone/<int:pk>/end/", others.end_any, name="account_end_any"),
    path("security/everyone/of/<int:user_id>/end/", others.end_everything, name="account_end_everything"),
    path("security/people/", others.people, name="account_people"),
    path("security/people/<int:user_id>/link/", others.link, name="account_make_link"),
    path("security/links/<int:pk>/", others.decide_link, name="account_decide_link"),
    path("security/resets/", others.resets, name="account_resets"),
    path("security/resets/<int:pk>/", others.decide_reset, name="account_decide_reset"),
]
