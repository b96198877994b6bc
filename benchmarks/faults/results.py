"""What the families found: a Trial for each fault, a Finding for each figure, a line for each row of docs/trust.md."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

# Once the fault is over, or from the kill on.
RECOVERY_SECONDS = 30
ROWS = {
    34: "sent twice at the same moment",
    35: "many change one product's reviews",
    36: "many post on one product",
    37: "Redis down or silent",
    38: "Redis emptied",
    39: "a worker killed",
    40: "a task delivered twice",
    41: "mail server down, hanging, refusing, poisoned",
    42: "Postgres or a web process killed",
    43: "a late replica; clocks an hour off",
    44: "a full disk: tables, pg_wal",
}


@dataclass(frozen=True)
class Finding:
    what: str
    figure: float
    unit: str = ""
    # Empty where nothing is promised: the figure says how hard the run was.
    promised: str = ""
    kept: bool = True


def none_of(what: str, figure: float) -> Finding:
    return Finding(what, figure, "", "0", figure == 0)


@dataclass(frozen=True)
class Trial:
    """One fault, and what became of everything that was written meanwhile."""

    # Of docs/trust.md.
    rows: Sequence[int]
    what: str
    # Acknowledged, by the API or by the commit.
    writes: int = 0
    lost: int = 0
    doubled: int = 0
    # Sent by the outbox.
    emails: int = 0
    emails_lost: int = 0
    # Promised only where nobody was killed or hung up between the mail server's taking it and its saying so.
    second_copies: int = 0
    # From the kill, or from the end of what lasts, to an acknowledged write.
    recovered: float | None = None
    recovered_within: float = RECOVERY_SECONDS
    errors: int = 0
    # By check_integrity; None where it is asked only after a later one.
    broken: int | None = None
    more: Sequence[Finding] = field(default_factory=list)

    def findings(self) -> list[Finding]:
        found = [Finding("acknowledged writes", self.writes)] if self.writes else []
        found += [
            none_of("acknowledged writes lost", self.lost),
            none_of("writes stored twice", self.doubled),
            Finding("e-mails sent", self.emails),
            none_of("e-mails lost", self.emails_lost),
            Finding("second copies of e-mails", self.second_copies),
            none_of("answers 500", self.errors),
        ]
        if self.recovered is not None:
            limit = self.recovered_within
            found.append(
                Finding("recovered after", round(self.recovered, 2), "s", f"at most {limit:g} s", self.recovered <= limit)
            )  # fmt: skip
        if self.broken is not None:
            found.append(none_of("invariants broken (check_integrity)", self.broken))
        return [*found, *self.more]

    @property
    def kept(self) -> bool:
        return all(each.kept for each in self.findings() if each.promised)


def as_json(trials: Iterable[Trial]) -> str:
    return json.dumps([asdict(each) for each in trials], indent=1)


def from_json(text: str) -> list[Trial]:
    return [
        Trial(**each | {"more": [Finding(**one) for one in each["more"]]})
        for each in json.loads(text)
    ]


def as_table(trials: Sequence[Trial]) -> str:
    """All figures of a family."""
    lines = ["| what | figure | promised | |", "|---|---|---|---|"]
    for trial in trials:
        for each in trial.findings():
            kept = ("kept" if each.kept else "**broken**") if each.promised else ""
            figure = f"{each.figure:,g} {each.unit}".strip()
            lines.append(
                f"| {trial.what}: {each.what} | {figure} | {each.promised} | {kept} |"
            )
    return "\n".join(lines)


def by_row(trials: Sequence[Trial]) -> str:
    """A trial that belongs to several rows counts in each."""
    lines = [
        "| row | what breaks | writes acknowledged | lost | stored twice | e-mails | lost | second copies"
        " | seconds to recover, at most | answers 500 | broken invariants | |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row, what in ROWS.items():
        those = [trial for trial in trials if row in trial.rows]
        if those:
            lines.append(f"| {row} | {what} | {_sum_of(those)} |")
        else:
            lines.append(f"| {row} | {what} |{' |' * 9} not tried |")
    return "\n".join(lines)


def _sum_of(trials: Sequence[Trial]) -> str:
    counts = (
        *("writes", "lost", "doubled", "emails", "emails_lost", "second_copies"),
        "errors",
        "broken",
    )
    total = {name: sum(getattr(one, name) or 0 for one in trials) for name in counts}
    seconds = [one.recovered for one in trials if one.recovered is not None]
    errors, broken = total.pop("errors"), total.pop("broken")
    cells = [f"{each:,}" for each in total.values()]
    cells.append(f"{max(seconds):.1f}" if seconds else "")
    cells += [str(errors), str(broken)]
    return " | ".join(
        [*cells, "kept" if all(one.kept for one in trials) else "**broken**"]
    )
