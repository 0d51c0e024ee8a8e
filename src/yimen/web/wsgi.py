"""What granian serves."""

from __future__ import annotations

import gc
import os
import signal

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from yimen.localdb.child import die_with_parent

if os.environ.get("YIMEN_SUPERVISED"):
    # A server process killed by force must not leave workers behind that go on serving its port.
    die_with_parent(signal.SIGKILL)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.settings.base")
application = get_wsgi_application()

# What was loaded stays as long as the process does: it is not looked through again and again for something to free,
# which would hold up one page in fifty by a tenth of a second.
get_resolver().url_patterns  # noqa: B018 - loads every view now, not during the first request
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
