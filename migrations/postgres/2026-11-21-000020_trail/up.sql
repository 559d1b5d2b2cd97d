-- What changed a record, and what a person did, are found without walking past everything that was only looked at.
CREATE INDEX log_entries_changes ON log_entries (resource, object_id, id) WHERE action <> 'view';
CREATE INDEX log_entries_deeds ON log_entries (actor_id, id) WHERE action NOT IN ('view', 'search');
