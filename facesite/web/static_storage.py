"""Static files with a hash of their content in their names, also in the imports of JavaScript modules."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    # Otherwise a browser may combine an old module with a new one after a deployment.
    support_js_module_import_aggregation = True
