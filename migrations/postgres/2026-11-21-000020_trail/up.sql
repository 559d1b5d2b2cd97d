-- Partial indexes without views and searches, for the changes of a record and the activity of a user.
CREATE INDEX log_entries_changes ON log_entries (resource, object_id, id) WHERE action <> 'view';
CREATE INDEX log_entries_deeds ON log_entries (actor_id, id) WHERE action NOT IN ('view', 'search');
