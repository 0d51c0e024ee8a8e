"""The language of one request, and of that request only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class LanguageMiddleware(LocaleMiddleware):
    """Django's own leaves a reader's language active in the thread when the answer is gone.

    What the thread does next outside a request (a job, another call) would then speak that language; here it speaks
    again what it spoke before. Pages are complete by then: nothing of this house streams translated text.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(translation.get_language()):
            answer: HttpResponse = super().__call__(request)
        return answer
