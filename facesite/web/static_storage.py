"""Static files under names that carry their content's hash, modules' imports included."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    # Else a browser may keep an old module beside a new one after a deployment.
    support_js_module_import_aggregation = True
