-- TypeORM identifies rows by their id alone, so its schema would have these indexes.
CREATE UNIQUE INDEX ON tasks (id);
CREATE INDEX ON task_categories (task_id, category_id);
CREATE UNIQUE INDEX ON sessions (id);
CREATE UNIQUE INDEX ON refresh_tokens (hash);
