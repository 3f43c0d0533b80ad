"""Why jobs wait, and what workers do: for forms and ``odoo queue``. Reads only."""
