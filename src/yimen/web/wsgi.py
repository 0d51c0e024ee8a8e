"""What granian serves."""

from __future__ import annotations

import os
import signal

from django.core.wsgi import get_wsgi_application

from yimen.localdb.child import die_with_parent

if os.environ.get("YIMEN_SUPERVISED"):
    # A server process killed by force must not leave workers behind that go on serving its port.
    die_with_parent(signal.SIGKILL)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.settings.base")
application = get_wsgi_application()
