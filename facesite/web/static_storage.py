"""Static files with a hash of their content in their names, also in the imports of JavaScript modules."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from servestatic.storage import CompressedManifestStaticFilesStorage

from facesite.web.slimming import slimmed


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    # Otherwise a browser may combine an old module with a new one after a deployment.
    support_js_module_import_aggregation = True

    def _save(self, name: str, content: Any) -> str:
        """Stores a file, or its copy with a hash in its name, which Django makes of the file as it was written."""
        slim = ContentFile(slimmed(name.replace("\\", "/"), b"".join(content.chunks())))
        saved: str = super()._save(name, slim)
        return saved
