"""What is made from the sources once: vendor files of the browser, compiled translations, collected static files.

Runs as `python -m yimen.cli.build`; yimen.cli.install decides when.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from yimen.foundation.home import REPO

# From node_modules to build/vendor: only what a page loads.
VENDOR = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
_SOURCE_MAP = re.compile(rb"(/\*|//)# sourceMappingURL=\S+( ?\*/)?\s*")


def copy_vendor_files(modules: Path, target: Path) -> None:
    """Without their references to source maps, which are not served."""
    target.mkdir(parents=True, exist_ok=True)
    for source, name in VENDOR.items():
        (target / name).write_bytes(_SOURCE_MAP.sub(b"", (modules / source).read_bytes()))


def compile_messages(locale: Path) -> list[Path]:
    """Each .po beside its .mo; answers the .mo files."""
    import polib

    made = []
    for source in sorted(locale.rglob("*.po")):
        target = source.with_suffix(".mo")
        polib.pofile(str(source)).save_as_mofile(str(target))
        made.append(target)
    return made


def collect_static_files() -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.settings.base")
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)


def main() -> None:
    copy_vendor_files(REPO / "node_modules", REPO / "build" / "vendor")
    compile_messages(REPO / "src" / "yimen" / "locale")
    collect_static_files()


if __name__ == "__main__":
    main()
