-- A copy of a database must not access the systems of the original. For all connectors,
-- with or without the mixin: credentials and secrets of backends are removed, and
-- backends are archived; likewise for records that require a backend, such as the
-- tokens of an account. Records with an optional backend, such as users, keep their
-- password. Credentials and secrets are recognized by the name of their field; a
-- connector with other names provides its own data/neutralize.sql.
DO $$
DECLARE
    -- Names of secret fields, and of fields that only look like one: "token_url".
    secret CONSTANT text :=
        'secret|token|credential|passphrase|password|passwd|passcode|passwort|kennwort'
        || '|mot_?de_?passe|api_?key|bearer|cookie|certificate|keystore|(^|_)session'
        || '|(^|_)(pass|passe|pwd|psw|pin|jwt|hmac|pem|pfx|p12|cert|clave)(_|\d|$)';
    -- On backends, also names that are ambiguous elsewhere.
    login CONSTANT text :=
        '(^|_)(user|user_?name|login|login_name|account|account_name|(client|consumer|merchant|seller)_?id)$'
        || '|key(_|\d|$)|(^|_)(auth|authori[sz]ation)(_|$)|private|signature';
    harmless CONSTANT text :=
        '_(url|uri|path|endpoint|header|name|type|kind|mode|method|algorithm|scope'
        || '|prefix|date|expires?|expiry|expiration|at|in)$';
    found record;
    placeholder text;
BEGIN
    CREATE TEMP TABLE connector_neutralized_model AS
    WITH RECURSIVE backend (id) AS (
        SELECT id FROM ir_model WHERE model = 'connector.backend'
        UNION
        SELECT link.model_id
          FROM backend
          JOIN ir_model_inherit link
            ON link.parent_id = backend.id AND link.parent_field_id IS NULL
    ), owned (id) AS (
        SELECT field.model_id
          FROM ir_model_fields field
          JOIN ir_model model ON model.model = field.relation
          JOIN backend ON backend.id = model.id
         WHERE field.ttype = 'many2one' AND field.store AND field.required
        EXCEPT SELECT id FROM backend
    ), concerned (id, is_backend) AS (
        SELECT id, true FROM backend UNION ALL SELECT id, false FROM owned
    )
    SELECT model.id, model.model AS name, concerned.is_backend,
           -- A model may define its table name: found by the foreign key to its
           -- creator.
           COALESCE(
               (SELECT key.conrelid
                  FROM ir_model_constraint known
                  JOIN pg_constraint key ON key.conname = known.name
                  JOIN pg_class author ON author.oid = key.confrelid
                 WHERE known.model = model.id AND known.type = 'f'
                   AND author.relname = 'res_users'
                   AND key.conname = (
                       SELECT relname || '_create_uid_fkey'
                         FROM pg_class WHERE oid = key.conrelid)
                 LIMIT 1),
               to_regclass(quote_ident(replace(model.model, '.', '_')))
           )::regclass AS table_name
      FROM concerned
      JOIN ir_model model ON model.id = concerned.id;

    CREATE TEMP TABLE connector_neutralized_field AS
    SELECT field.id, field.name, field.serialization_field_id,
           model.name AS model, model.table_name
      FROM connector_neutralized_model model
      JOIN ir_model_fields field ON field.model_id = model.id
     WHERE field.ttype IN ('char', 'text', 'html', 'binary', 'json', 'serialized')
       AND (field.name !~* harmless OR field.name ~* '(user|login|account)_name$')
       AND (field.name ~* secret OR (model.is_backend AND field.name ~* login));

    FOR found IN
        SELECT field.table_name, field.name, kind.typname AS type,
               col.attnotnull AS is_required,
               CASE WHEN kind.typname = 'varchar' AND col.atttypmod > 4
                    THEN col.atttypmod - 4 ELSE 100 END AS size
          FROM connector_neutralized_field field
          JOIN pg_attribute col ON col.attrelid = field.table_name
           AND col.attname = field.name AND col.attnum > 0 AND NOT col.attisdropped
          JOIN pg_type kind ON kind.oid = col.atttypid
    LOOP
        -- A distinct value per record, as the field may be unique.
        placeholder := CASE
            WHEN found.type IN ('json', 'jsonb') THEN format('%L', '{}')
            WHEN found.type = 'bytea' THEN format('%L', '')
            ELSE format('left(id || %L, %s)', '-neutralized', found.size)
        END;
        BEGIN
            EXECUTE format(
                'UPDATE %s SET %I = %s', found.table_name, found.name,
                CASE WHEN found.is_required THEN placeholder ELSE 'NULL' END);
        EXCEPTION WHEN check_violation THEN
            EXECUTE format(
                'UPDATE %s SET %I = %s', found.table_name, found.name, placeholder);
        END;
    END LOOP;

    -- Sparse fields are keys in the JSON of another field.
    FOR found IN
        SELECT field.table_name, field.name, box.name AS box, kind.typname AS type
          FROM connector_neutralized_field field
          JOIN ir_model_fields box ON box.id = field.serialization_field_id
          JOIN pg_attribute col ON col.attrelid = field.table_name
           AND col.attname = box.name AND col.attnum > 0 AND NOT col.attisdropped
          JOIN pg_type kind ON kind.oid = col.atttypid
    LOOP
        EXECUTE format(
            'UPDATE %s SET %I = (NULLIF(%I::text, %L)::jsonb - %L)::%s'
            ' WHERE %I IS NOT NULL',
            found.table_name, found.box, found.box, '', found.name, found.type,
            found.box);
    END LOOP;

    -- Credentials may be part of a URL: https://user:password@host
    FOR found IN
        SELECT model.table_name, col.attname AS name
          FROM connector_neutralized_model model
          JOIN pg_attribute col ON col.attrelid = model.table_name
           AND col.attnum > 0 AND NOT col.attisdropped
          JOIN pg_type kind ON kind.oid = col.atttypid
         WHERE model.is_backend AND kind.typname IN ('varchar', 'text')
    LOOP
        EXECUTE format(
            'UPDATE %s SET %I = regexp_replace(%I, %L, %L, %L) WHERE %I ~ %L',
            found.table_name, found.name, found.name,
            '(://)[^/@[:space:]]+@', '\1', 'g',
            found.name, '://[^/@[:space:]]+@');
    END LOOP;

    -- Copies of field values that Odoo stores in other tables.
    DELETE FROM ir_attachment attachment
     USING connector_neutralized_field field
     WHERE attachment.res_model = field.model AND attachment.res_field = field.name;
    DELETE FROM ir_default kept
     USING connector_neutralized_field field WHERE kept.field_id = field.id;
    DELETE FROM mail_tracking_value kept
     USING connector_neutralized_field field WHERE kept.field_id = field.id;

    FOR found IN
        SELECT model.table_name, col.attname AS name
          FROM connector_neutralized_model model
          JOIN pg_attribute col ON col.attrelid = model.table_name
           AND col.attname = 'active' AND NOT col.attisdropped
         WHERE model.is_backend
    LOOP
        EXECUTE format('UPDATE %s SET active = false', found.table_name);
    END LOOP;

    FOR found IN
        SELECT model.table_name
          FROM connector_neutralized_model model
          JOIN ir_model_inherit link ON link.model_id = model.id
          JOIN ir_model parent ON parent.id = link.parent_id
         WHERE parent.model = 'connector.backend.mixin'
           AND model.table_name IS NOT NULL
    LOOP
        EXECUTE format(
            'UPDATE %s SET connection_state = %L, connection_message = NULL',
            found.table_name, 'neutralized');
    END LOOP;

    DROP TABLE connector_neutralized_field, connector_neutralized_model;
END
$$;
-- No flow is started automatically.
UPDATE connector_backend_flow SET scheduled = false, next_run = NULL;
-- Deliveries to a copy are rejected, and the secrets of the original are invalid.
UPDATE connector_webhook_endpoint SET digest = NULL, secret = NULL, active = false;
-- Tokens of the original are removed.
DELETE FROM connector_backend_token;
