"""Static files whose scripts import one another: the addresses inside follow the hashed names, as in style sheets."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """`import … from "./store.js";` becomes `… from "./store.<hash>.js";`. Lines end with a semicolon, one each."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each step of the longest chain of imports
