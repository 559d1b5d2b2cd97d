-- By which rules patients are reminded of appointments, and which reminders were sent. A reminder is the only one of its
-- appointment, rule, way and time; of those with `is_sent` false nobody was told, and nobody will be.
CREATE TABLE reminder_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hours_before INTEGER NOT NULL CHECK (hours_before BETWEEN 1 AND 720),
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    type_id BIGINT REFERENCES appointment_types (id) ON DELETE CASCADE,
    is_active BOOLEAN NOT NULL DEFAULT TRUE CHECK (is_active IN (0, 1)),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP
);
CREATE INDEX reminder_rules_type_id ON reminder_rules (type_id);
CREATE INDEX reminder_rules_deleted_at ON reminder_rules (deleted_at) WHERE deleted_at IS NOT NULL;
INSERT INTO reminder_rules (hours_before, channel, created_at, updated_at)
SELECT hours, 'mail', strftime('%Y-%m-%d %H:%M:%S', 'now'), strftime('%Y-%m-%d %H:%M:%S', 'now') FROM (SELECT 24 AS hours UNION ALL SELECT 2) AS usual;

CREATE TABLE reminders (
    appointment_id BIGINT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
    rule_id BIGINT NOT NULL REFERENCES reminder_rules (id) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    starts_at TIMESTAMP NOT NULL,
    is_sent BOOLEAN NOT NULL CHECK (is_sent IN (0, 1)),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (appointment_id, rule_id, channel, starts_at)
) WITHOUT ROWID;
CREATE INDEX reminders_rule_id ON reminders (rule_id);
