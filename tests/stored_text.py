from django.db import connection


def places_with(word: str) -> list[str]:
    """Each table and column of the database in which the word stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('text', 'character varying', 'json', 'jsonb')"
        )
        found = []
        for table, column in cursor.fetchall():
            query = f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1'
            cursor.execute(query, [f"%{word}%"])
            found += [f"{table}.{column}"] * bool(cursor.fetchone())
    return sorted(found)
