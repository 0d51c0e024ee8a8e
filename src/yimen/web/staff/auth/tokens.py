"""A person's own tokens: made and collected after signing in once more, shown once, ended at any time."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yimen.accounts import actions, queries
from yimen.accounts.models import Token
from yimen.foundation.errors import Invalid, YimenError

from ..forms.tokens import TokenForm
from .who import actor_of


@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens, those that are over too."""
    shown = {"rows": queries.tokens_of(user_id=request.user.pk)[:50], "now": timezone.now()}
    return render(request, "auth/tokens.html", shown)


@never_cache
@login_required
@reauthentication_required
def new_token(request: HttpRequest) -> HttpResponse:
    """Make one for oneself; its text is shown on the answer to this form, and never again."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.issue(actor_of(request), request.user, **form.cleaned_data)
            return _told(request, *actions.collect(actor_of(request), row.pk, request.user.pk))
        except Invalid as error:
            form.refuse(error)
    return render(request, "auth/new_token.html", {"form": form}, status=400 if form.is_bound else 200)


@never_cache
@login_required
@reauthentication_required
def collect_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what an administrator issued: asked first, then shown once."""
    row = get_object_or_404(Token, pk=pk, user=request.user, collected_at__isnull=True, ended_at__isnull=True)
    if request.method != "POST":
        return render(request, "auth/collect_token.html", {"token": row})
    return _told(request, *actions.collect(actor_of(request), row.pk, request.user.pk))


@login_required
@require_POST
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own."""
    try:
        row = actions.end_token(actor_of(request), pk, request.user.pk)
    except YimenError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("令牌“%s”已停用，下一次请求就不再有效。") % row.name)
    return redirect("account_tokens")


def _told(request: HttpRequest, row: Token, text: str) -> HttpResponse:
    return render(request, "auth/token.html", {"token": row, "text": text})
