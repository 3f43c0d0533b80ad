-- Take a database of today back to queue_job 19.0.3.0.0, with a row of each kind.

-- the exponential backoff of job functions had columns
ALTER TABLE queue_job_function
    ADD retry_backoff integer,
    ADD retry_backoff_max integer,
    DROP CONSTRAINT queue_job_function_limits_not_negative,
    ADD CONSTRAINT queue_job_function_limits_not_negative
        CHECK (COALESCE(time_limit, 0) >= 0 AND COALESCE(retry_backoff, 0) >= 0
               AND COALESCE(retry_backoff_max, 0) >= 0
               AND COALESCE(concurrency_limit, 0) >= 0);
INSERT INTO queue_job_function
       (method, channel_id, retry_pattern, retry_backoff, retry_backoff_max)
SELECT method, channel.id, to_jsonb(pattern), backoff, longest
  FROM queue_job_channel channel,
       (VALUES ('backoff', '{"1": 5}', 30, 600), ('no_maximum', NULL, 10, 0),
               ('pattern', '{"1": 60}', 0, 3600), ('neither', NULL, NULL, NULL)
       ) old(method, pattern, backoff, longest)
 WHERE channel.complete_name = 'root';

UPDATE ir_model_fields SET store = true
 WHERE model = 'queue.job.function' AND name LIKE 'retry_backoff%';
UPDATE ir_module_module SET latest_version = '19.0.3.0.0' WHERE name = 'queue_job';
