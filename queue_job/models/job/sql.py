"""Statements of the job model; they take no lock."""

#: Index on graph_uuid.
SELECT_LINKED = """(
    SELECT id FROM queue_job
     WHERE dependencies::jsonb -> %s ?| %s::text[] AND graph_uuid = ANY(%s::text[]))"""

#: Reads the whole table.
SELECT_WITHOUT_LINK = """(
    SELECT id FROM queue_job
     WHERE COALESCE(dependencies::jsonb -> %s, '[]'::jsonb) = '[]'::jsonb)"""

#: Primary key. A column as it is stored.
SELECT_STORED = "SELECT id, {column} FROM queue_job WHERE id = ANY(%s)"
