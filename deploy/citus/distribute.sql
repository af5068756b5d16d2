-- Distributes the tables of tasks by user over the workers of a Citus cluster. Run it once, with psql --set=coordinator=
-- and the coordinator's host name, on the coordinator, after `taskwright migrate` and before any server starts.
-- Not run on Citus: a test runs it on PostgreSQL, with functions in place of Citus's own.
BEGIN;
SELECT citus_set_coordinator_host(:'coordinator');

-- An email address is unique over all users, so accounts are a reference table: every node has all of them. Sessions,
-- tokens and the outbox stay on the coordinator, because workers and cleanup take rows of any user with SKIP LOCKED.
SELECT create_reference_table('accounts');

-- A table that is not distributed yet cannot refer to one that is.
ALTER TABLE task_categories
  DROP CONSTRAINT task_categories_user_id_task_id_fkey,
  DROP CONSTRAINT task_categories_user_id_category_id_fkey;
SELECT create_distributed_table('categories', 'user_id');
SELECT create_distributed_table('tasks', 'user_id', colocate_with => 'categories');
SELECT create_distributed_table('task_categories', 'user_id', colocate_with => 'categories');
SELECT create_distributed_table('change_heads', 'user_id', colocate_with => 'categories');
SELECT create_distributed_table('changes', 'user_id', colocate_with => 'categories');
SELECT create_distributed_table('idempotency_records', 'user_id', colocate_with => 'categories');
ALTER TABLE task_categories
  ADD CONSTRAINT task_categories_user_id_task_id_fkey
  FOREIGN KEY (user_id, task_id) REFERENCES tasks (user_id, id) ON DELETE CASCADE;
ALTER TABLE task_categories
  ADD CONSTRAINT task_categories_user_id_category_id_fkey
  FOREIGN KEY (user_id, category_id) REFERENCES categories (user_id, id) ON DELETE CASCADE;
COMMIT;
