"""Which static files there are, and their names: by the hash of their content, compressed beforehand."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import FileSystemFinder
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PackageFiles(FileSystemFinder):
    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        """The bundles: packages bring every module and their types along, which would be collected for nobody."""
        return (found for found in super().list(ignore_patterns) if ".min.js" in found[0])


# In one line of its own, at the head of a sheet.
IMPORT = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    # ES modules import each other through the import map, so sources need no rewriting; source maps are not served.
    support_js_module_import_aggregation = False
    manifest_strict = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """A sheet that imports others becomes one file: over a slow line each file is a round trip."""
        for name in () if dry_run else [path for path in paths if path.endswith(".css")]:
            sheet = Path(self.path(name))
            sheet.write_text(whole_sheet(sheet))
            # From here on what was collected counts, not its source.
            paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def whole_sheet(sheet: Path) -> str:
    """The text of a style sheet with those in it that it imports."""
    return IMPORT.sub(lambda found: whole_sheet(sheet.parent / found[1]), sheet.read_text())
