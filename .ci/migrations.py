"""Rules for migrations: the release before goes on working while they run and after them (docs/operations.md).

Prints each breach and fails if there is one. A migration that knows better says so and why:

    class Migration(migrations.Migration):
        accepted = {"index": "Categories are a few hundred rows."}
"""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.postgres import operations as postgres
from django.db import connection, models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, Value
from django.db.models.functions import Now

BASELINE = Path(__file__).with_name("migrations.txt")
SAYS = {
    "default": "the release before inserts rows without this column: give it a db_default, or allow NULL",
    "drop": "the release before still reads it or relies on it: drop it one release after the code stopped to; rename nothing",
    "type": "rewrites the table while nobody can read it: add a column, fill it, switch, drop the old one later",
    "null": "reads the whole table while nobody can write, and the release before may write NULL: "
    "add a check constraint NOT VALID, then validate it",
    "index": "nobody can write until it is built: AddIndexConcurrently, RemoveIndexConcurrently or, for what is unique, "
    "CREATE UNIQUE INDEX CONCURRENTLY and a constraint that uses it",
    "constraint": "reads the whole table while nobody can write: AddConstraintNotValid, "
    "and ValidateConstraint in a migration of its own",
    "mixed": "its locks last until all rows are done: what changes rows is a migration of its own",
    "rows": "keeps every row that it changed locked until the last one is done: atomic = False on the migration, "
    "and batches of some thousand rows, each with a transaction of its own",
    "sql": "only a reader can judge it: say why the release before goes on while it runs and after it",
}
DROPS = (operations.RemoveField, operations.DeleteModel, operations.RenameField)
DROPS += (operations.RenameModel, operations.AlterModelTable)
# Nothing that Postgres would have to work out for each row that is there.
SAME_FOR_ALL_ROWS = (Value, Now)
CONCURRENT = (postgres.AddIndexConcurrently, postgres.RemoveIndexConcurrently)
INDEXES = (operations.AddIndex, operations.RemoveIndex, operations.AlterUniqueTogether)


def breaches(migration: Migration, before: ProjectState) -> set[tuple[str, str]]:
    """(rule, operation in words) for each that the migration doesn't accept with a reason."""
    accepted = getattr(migration, "accepted", {})
    found = set(found_in(migration, before))
    return {breach for breach in found if not accepted.get(breach[0], "").strip()}


def found_in(migration: Migration, before: ProjectState) -> Iterator[tuple[str, str]]:
    state = before.clone()
    made: set[str] = set()
    for operation in migration.operations:
        for part in on_the_database(operation):
            if (
                getattr(part, "model_name", getattr(part, "name", "")).lower()
                not in made
            ):
                for rule in rules_broken(part, migration, state):
                    yield rule, part.describe()
            if isinstance(part, operations.CreateModel):
                made.add(part.name_lower)
        operation.state_forwards(migration.app_label, state)
    if len(kinds(migration)) > 1:
        yield "mixed", ", ".join(sorted(kinds(migration)))


def on_the_database(operation: Operation) -> list[Operation]:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        inside = map(on_the_database, operation.database_operations)
        return list(chain.from_iterable(inside))
    return [operation]


def kinds(migration: Migration) -> set[str]:
    """What may not share a transaction: rows, tables, and looking through a table for a constraint."""
    found = set()
    for part in chain.from_iterable(map(on_the_database, migration.operations)):
        if isinstance(part, operations.RunPython):
            found.add("changes rows")
        elif isinstance(part, postgres.ValidateConstraint):
            found.add("validates")
        else:
            found.add("changes tables")
    return found


def rules_broken(
    part: Operation, migration: Migration, state: ProjectState
) -> Iterator[str]:
    app = migration.app_label
    if isinstance(part, DROPS):
        yield "drop"
    elif isinstance(part, operations.AlterOrderWithRespectTo):
        yield "default"
    elif isinstance(part, operations.AddField):
        yield from of_new_field(part.field)
    elif isinstance(part, operations.AlterField):
        after = state.clone()
        part.state_forwards(app, after)
        yield from of_changed_field(
            field_in(state, app, part), field_in(after, app, part)
        )
    elif isinstance(part, INDEXES) and not isinstance(part, CONCURRENT):
        yield "index"
    elif isinstance(part, operations.AddConstraint):
        yield from of_new_constraint(part)
    elif isinstance(part, operations.RemoveConstraint):
        # A second row is refused by it, or ON CONFLICT names it.
        if isinstance(constraint_in(state, app, part), models.UniqueConstraint):
            yield "drop"
    elif isinstance(part, operations.RunPython) and (migration.atomic or part.atomic):
        yield "rows"
    elif isinstance(part, operations.RunSQL):
        yield "sql"


def of_new_field(field: Any) -> Iterator[str]:
    if field.many_to_many:
        return
    if field.generated or is_worked_out(field.db_default):
        yield "type"
    elif not field.null and field.db_default is NOT_PROVIDED:
        yield "default"
    if is_indexed(field):
        yield "index"


def is_worked_out(default: Any) -> bool:
    """For each row by itself, as a random id is, so that the whole table is written anew."""
    return hasattr(default, "resolve_expression") and not isinstance(
        default, SAME_FOR_ALL_ROWS
    )


def of_changed_field(old: Any, new: Any) -> Iterator[str]:
    if old.column != new.column:
        yield "drop"
    if old.null and not new.null:
        yield "null"
    if not is_wider(old, new):
        yield "type"
    if (old.unique, old.db_index) != (new.unique, new.db_index):
        yield "index"
    if getattr(new, "db_constraint", False) and not getattr(old, "db_constraint", True):
        yield "constraint"
    lost = old.db_default is not NOT_PROVIDED and new.db_default is NOT_PROVIDED
    if lost and not new.null:
        yield "default"


def of_new_constraint(part: operations.AddConstraint) -> Iterator[str]:
    if isinstance(part, postgres.AddConstraintNotValid):
        return
    if isinstance(part.constraint, models.CheckConstraint):
        yield "constraint"
    else:
        yield "index"


def is_indexed(field: Any) -> bool:
    return bool(field.unique or field.db_index)


def is_wider(old: Any, new: Any) -> bool:
    """Nothing has to be written anew: the same type, or a text that may be longer."""
    types = old.db_type(connection), new.db_type(connection)
    if getattr(old, "db_collation", None) != getattr(new, "db_collation", None):
        return False
    if types[0] == types[1]:
        return True
    if not str(types[0]).startswith("varchar"):
        return False
    return types[1] == "text" or (
        str(types[1]).startswith("varchar") and new.max_length >= old.max_length
    )


def field_in(state: ProjectState, app: str, part: operations.AlterField) -> Any:
    return state.apps.get_model(app, part.model_name)._meta.get_field(part.name)


def constraint_in(
    state: ProjectState, app: str, part: operations.RemoveConstraint
) -> Any:
    return state.models[app, part.model_name_lower].get_constraint_by_name(part.name)


def baseline() -> dict[str, str]:
    lines = BASELINE.read_text().splitlines()
    return dict(line.split() for line in lines if line and not line.startswith("#"))


def judged() -> Iterator[tuple[Migration, ProjectState]]:
    """Ours that are newer than the baseline, each with the state it starts from."""
    loader = MigrationLoader(None)
    last = baseline()
    ours = {name.rpartition(".")[2] for name in settings.OUR_APPS}
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in ours and name > last.get(app, ""):
            yield migration, loader.project_state((app, name), at_end=False)


def main() -> int:
    django.setup()
    found = [
        f"{migration.app_label}/migrations/{migration.name}.py: {what}\n  {rule}: {SAYS[rule]}"
        for migration, before in judged()
        for rule, what in sorted(breaches(migration, before))
    ]
    print("\n".join(found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
