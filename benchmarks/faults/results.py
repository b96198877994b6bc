"""What a family of faults found, as one row of the table each."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Finding:
    what: str
    figure: float
    unit: str = ""
    # Empty where nothing is promised: the figure says how hard the run was.
    promised: str = ""
    kept: bool = True


def as_json(findings: Iterable[Finding]) -> str:
    return json.dumps([asdict(each) for each in findings], indent=1)


def from_json(text: str) -> list[Finding]:
    return [Finding(**each) for each in json.loads(text)]


def as_table(findings: Sequence[Finding]) -> str:
    lines = ["| what | figure | promised | |", "|---|---|---|---|"]
    for each in findings:
        kept = ("kept" if each.kept else "**broken**") if each.promised else ""
        figure = f"{each.figure:,g} {each.unit}".strip()
        lines.append(f"| {each.what} | {figure} | {each.promised} | {kept} |")
    return "\n".join(lines)
