-- A copy of a database must not talk to the systems of the original: backends with a
-- login lose it, and are archived, whatever connector they belong to.
DO $$
DECLARE
    backend record;
BEGIN
    FOR backend IN
        SELECT replace(model.model, '.', '_') AS table_name
          FROM ir_model model
          JOIN ir_model_inherit link ON link.model_id = model.id
          JOIN ir_model parent ON parent.id = link.parent_id
          JOIN information_schema.columns field
               ON field.table_name = replace(model.model, '.', '_')
              AND field.table_schema = current_schema
         WHERE parent.model = 'connector.backend.mixin'
           AND field.column_name = 'password'
    LOOP
        EXECUTE format(
            'UPDATE %I SET username = NULL, password = NULL, active = false',
            backend.table_name
        );
    END LOOP;
END
$$;
-- Nobody may deliver to a copy of a database, nor sign with the secrets of the original.
UPDATE connector_webhook_endpoint SET digest = NULL, secret = NULL, active = false;
