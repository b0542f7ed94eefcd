"""Which static files there are, and their names: by the hash of their content, compressed beforehand."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import FileSystemFinder
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PackageFiles(FileSystemFinder):
    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        """The bundles: packages bring every module and their types along, which would be collected for nobody."""
        return (found for found in super().list(ignore_patterns) if ".min.js" in found[0])


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    # ES modules import each other through the import map, so sources need no rewriting; source maps are not served.
    support_js_module_import_aggregation = False
    manifest_strict = True
