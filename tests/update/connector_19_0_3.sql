-- Take a database of today back to connector 19.0.3.0.0, with a row of each kind.

-- connector.backend.gate: circuit breaker and rate limiter in one
DROP TABLE connector_rate_limiter;
ALTER TABLE connector_circuit_breaker RENAME TO connector_backend_gate;
ALTER SEQUENCE connector_circuit_breaker_id_seq RENAME TO connector_backend_gate_id_seq;
ALTER TABLE connector_backend_gate
    RENAME CONSTRAINT connector_circuit_breaker_pkey TO connector_backend_gate_pkey;
ALTER TABLE connector_backend_gate
    RENAME CONSTRAINT connector_circuit_breaker_one_per_backend
                   TO connector_backend_gate_one_per_backend;
ALTER TABLE connector_backend_gate RENAME blocked_until TO closed_until;
ALTER TABLE connector_backend_gate RENAME open_since TO down_since;
ALTER TABLE connector_backend_gate RENAME probe_expires TO probe_until;
ALTER TABLE connector_backend_gate RENAME failed_probes TO probes;
ALTER TABLE connector_backend_gate
    ADD next_slot timestamp without time zone,
    ADD next_return timestamp without time zone;
INSERT INTO connector_backend_gate
       (backend_model, backend_id, failures, down_since, closed_until, probes, reason,
        next_slot, next_return)
VALUES ('coffee.backend', 1, 3, '2030-01-01', '2030-01-02', 4, 'It is off.',
        '2030-01-03', '2030-01-04');

-- connector.sync.tally
ALTER TABLE connector_sync_counter RENAME TO connector_sync_tally;
ALTER SEQUENCE connector_sync_counter_id_seq RENAME TO connector_sync_tally_id_seq;
ALTER TABLE connector_sync_tally
    RENAME CONSTRAINT connector_sync_counter_pkey TO connector_sync_tally_pkey;
ALTER TABLE connector_sync_tally
    RENAME CONSTRAINT connector_sync_counter_run_id_fkey
                   TO connector_sync_tally_run_id_fkey;
ALTER INDEX connector_sync_counter__run_id_index
    RENAME TO connector_sync_tally__run_id_index;
INSERT INTO connector_sync_run
       (backend_model, backend_id, direction, model, state)
VALUES ('coffee.backend', 1, 'import', 'coffee.brew', 'done');
INSERT INTO connector_sync_tally (run_id, seen, created)
SELECT id, 7, 5 FROM connector_sync_run;

-- backends, also those of other addons
ALTER TABLE coffee_backend RENAME connection_state TO state;
ALTER TABLE coffee_backend RENAME connection_message TO state_message;
ALTER TABLE coffee_backend RENAME latency_alert_minutes TO busy_minutes;
ALTER TABLE coffee_backend RENAME latency_alert_interval TO busy_interval;
ALTER TABLE coffee_backend RENAME latency_alert_last TO busy_last;
ALTER TABLE coffee_backend
    DROP CONSTRAINT coffee_backend_latency_alert_minutes_not_negative,
    DROP CONSTRAINT coffee_backend_latency_alert_interval_positive,
    ADD CONSTRAINT coffee_backend_busy_minutes_not_negative CHECK (busy_minutes >= 0),
    ADD CONSTRAINT coffee_backend_busy_interval_positive CHECK (busy_interval > 0);
INSERT INTO coffee_backend
       (name, location, company_id, firmware, rate_period, active, state,
        state_message, busy_minutes, busy_interval, busy_last)
SELECT 'Kitchen', 'http://127.0.0.1:9', id, '2', 'minute', true, state, 'why', 5, 30,
       '2030-01-05'
  FROM res_company, (VALUES ('draft'), ('connected'), ('failing')) old(state);

ALTER TABLE queue_job RENAME connector_failure_reported TO connector_told;

-- scheduled actions and rules, which updates do not write
CREATE TEMP TABLE cron_named (today, former) AS VALUES
    ('Connector: Close Finished Sync Runs', 'Connector: close ended synchronisations'),
    ('Connector: Start Scheduled Flows', 'Connector: start what is due'),
    ('Connector: Send Queue Latency Alerts',
     'Connector: tell who wants to know that Odoo is busy');
UPDATE ir_act_server SET name = jsonb_build_object('en_US', former)
  FROM cron_named WHERE name ->> 'en_US' = today;
UPDATE ir_cron SET cron_name = former FROM cron_named WHERE cron_name = today;
UPDATE ir_rule SET name = 'Details of synchronisations of one''s companies'
 WHERE name = 'Connector Sync Run Line: multi-company';
UPDATE ir_rule SET name = 'Synchronisations of one''s companies'
 WHERE name = 'Connector Sync Run: multi-company';

-- what Odoo knows of all that
DELETE FROM ir_model WHERE model = 'connector.rate.limiter';
DELETE FROM ir_model_data WHERE module = 'connector' AND name LIKE '%rate_limiter%';
DELETE FROM ir_model_constraint WHERE name LIKE 'connector_rate_limiter_%';
CREATE TEMP TABLE renamed (kind, today, former) AS VALUES
    ('model', 'connector.backend.overview', 'connector.backend.card'),
    ('model', 'connector.circuit.breaker', 'connector.backend.gate'),
    ('model', 'connector.queue.latency.alert', 'connector.busy.alarm'),
    ('model', 'connector.sync.counter', 'connector.sync.tally'),
    ('field', 'circuit_state', 'health'),
    ('field', 'connection_state', 'state'),
    ('field', 'connection_message', 'state_message'),
    ('field', 'blocked_until', 'closed_until'),
    ('field', 'open_since', 'down_since'),
    ('field', 'probe_expires', 'probe_until'),
    ('field', 'failed_probes', 'probes'),
    ('field', 'latency_alert_minutes', 'busy_minutes'),
    ('field', 'latency_alert_interval', 'busy_interval'),
    ('field', 'latency_alert_last', 'busy_last'),
    ('field', 'counter_ids', 'tally_ids'),
    ('field', 'connector_failure_reported', 'connector_told');
UPDATE ir_model_data data SET name = 'field_' || replace(field.model, '.', '_')
       || '__' || renamed.former
  FROM ir_model_fields field JOIN renamed ON kind = 'field' AND field.name = renamed.today
 WHERE data.model = 'ir.model.fields' AND data.res_id = field.id;
UPDATE ir_model_fields field SET name = former
  FROM renamed WHERE kind = 'field' AND field.name = renamed.today;
UPDATE ir_model model SET model = former
  FROM renamed WHERE kind = 'model' AND model.model = renamed.today;
UPDATE ir_model_fields field SET model = former
  FROM renamed WHERE kind = 'model' AND field.model = renamed.today;
UPDATE ir_model_fields field SET relation = former
  FROM renamed WHERE kind = 'model' AND field.relation = renamed.today;
WITH gone AS (
    INSERT INTO ir_model_fields
           (model_id, model, name, field_description, ttype, state, store)
    SELECT id, model, field, '{"en_US": "Next"}', 'datetime', 'base', true
      FROM ir_model, (VALUES ('next_slot'), ('next_return')) gone(field)
     WHERE model = 'connector.backend.gate'
    RETURNING id, name
)
INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
SELECT 'connector', 'field_connector_backend_gate__' || name, 'ir.model.fields', id,
       false
  FROM gone;
UPDATE ir_model_data data
   SET name = replace(name, replace(renamed.today, '.', '_'), replace(former, '.', '_'))
  FROM renamed
 WHERE kind = 'model' AND strpos(name, replace(renamed.today, '.', '_')) > 0;
UPDATE ir_model_constraint one
   SET name = replace(name, replace(renamed.today, '.', '_'), replace(former, '.', '_'))
  FROM renamed
 WHERE kind = 'model' AND strpos(name, replace(renamed.today, '.', '_')) > 0;
UPDATE ir_model_constraint SET name = replace(name, 'latency_alert_', 'busy_');
UPDATE ir_model_data SET name = replace(name, 'latency_alert_', 'busy_')
 WHERE model = 'ir.model.constraint';
UPDATE ir_model_data SET name = replace(name, 'ir_cron_connector_queue_latency',
                                         'ir_cron_connector_busy');
UPDATE ir_module_module SET latest_version = '19.0.3.0.0' WHERE name = 'connector';
