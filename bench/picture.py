"""Draw the README's picture from the true output of kg: `python -m bench.picture`.

Builds the sample article, explains one triple, and writes examples/explain.svg.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "examples" / "us-japan-alliance.txt"
PICTURE = ROOT / "examples" / "explain.svg"
TRIPLE = ("United States", "withdrawsFrom", "TPP")

_COLUMNS = 104
_LINE, _CHARACTER, _MARGIN = 20, 8.0, 20
_COMMAND, _CONCLUSION, _REASON, _QUOTE, _PLAIN = (
    "#8a93a3",
    "#ffffff",
    "#7cc4ff",
    "#9be28f",
    "#c9d1d9",
)


def explain_sample() -> str:
    """What `kg explain` prints of the sample article."""
    with tempfile.TemporaryDirectory() as graph:
        run_quietly("build", str(SAMPLE), "--graph", graph)
        return run_quietly("explain", *TRIPLE, "--graph", graph)


def run_quietly(*arguments: str) -> str:
    """The output of a kg command; raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", "kg", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def draw_terminal(command: str, output: str) -> str:
    """An SVG picture of a terminal that shows a command and its output, long lines wrapped."""
    lines = [(f"$ {command}", _COMMAND)]
    for number, line in enumerate(output.splitlines()):
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        wrapped = textwrap.wrap(line, _COLUMNS, subsequent_indent=indent, break_on_hyphens=False)
        lines += [(part, choose_colour(line, first=number == 0)) for part in wrapped]
    width = round(_COLUMNS * _CHARACTER + 2 * _MARGIN)
    height = len(lines) * _LINE + 2 * _MARGIN
    rows = "\n".join(
        f'<text x="{_MARGIN}" y="{_MARGIN + number * _LINE + 15}" fill="{colour}">'
        f"{escape(line)}</text>"
        for number, (line, colour) in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">\n'
        f"<title>{escape(command)}</title>\n"
        f'<rect width="{width}" height="{height}" rx="8" fill="#10151c"/>\n'
        '<g font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" '
        f'font-size="13" xml:space="preserve">\n{rows}\n</g>\n</svg>\n'
    )


def choose_colour(line: str, *, first: bool) -> str:
    """The colour of a line of a proof: by what it is in it."""
    text = line.lstrip()
    if first:
        return _CONCLUSION
    if text.startswith("because"):
        return _REASON
    return _QUOTE if text.startswith("“") else _PLAIN


def main() -> int:
    """Write the picture; returns the exit code."""
    shown = " ".join(f'"{name}"' if " " in name else name for name in TRIPLE)
    PICTURE.write_text(draw_terminal(f"kg explain {shown}", explain_sample()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
