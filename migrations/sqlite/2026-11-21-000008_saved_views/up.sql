-- Saved views of lists: the query string of a list's address under a name, shared with a group or private.
CREATE TABLE saved_views (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    resource TEXT NOT NULL CHECK (length(resource) BETWEEN 1 AND 60),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    query TEXT NOT NULL CHECK (length(query) <= 2000),
    is_default BOOLEAN NOT NULL DEFAULT FALSE CHECK (is_default IN (0, 1)),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX saved_views_key ON saved_views (user_id, resource, name);
CREATE UNIQUE INDEX saved_views_default ON saved_views (user_id, resource) WHERE is_default;
CREATE INDEX saved_views_group_id ON saved_views (group_id, resource);
