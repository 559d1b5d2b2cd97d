-- The outbox. An email is inserted in the transaction of its cause and sent afterwards; an expired claim can be taken by
-- any process.
CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
    recipient TEXT NOT NULL CHECK (length(recipient) BETWEEN 3 AND 254 AND instr(recipient, char(10)) = 0 AND instr(recipient, char(13)) = 0),
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 200 AND instr(subject, char(10)) = 0 AND instr(subject, char(13)) = 0),
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL,
    message_id TEXT NOT NULL CHECK (length(message_id) BETWEEN 16 AND 64),
    status TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sending', 'sent', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at TIMESTAMP,
    claimed_by TEXT,
    claimed_until TIMESTAMP,
    last_error TEXT NOT NULL DEFAULT '' CHECK (length(last_error) <= 500),
    sent_at TIMESTAMP,
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK ((status = 'queued') = (next_attempt_at IS NOT NULL)),
    CHECK ((status = 'sending') = (claimed_until IS NOT NULL)),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)),
    CHECK ((status = 'sent') = (sent_at IS NOT NULL))
);
CREATE UNIQUE INDEX mails_message_id_key ON mails (message_id);
-- Not partial, because a query with the status as a bound parameter cannot use a partial index.
CREATE INDEX mails_due ON mails (status, next_attempt_at, id);
CREATE INDEX mails_claimed ON mails (status, claimed_until, id);
CREATE INDEX mails_recipient_order ON mails (substr(search_text, 1, 120), id);

-- One-time links to choose a password. The email holds the token, this table its SHA-256.
CREATE TABLE invitations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL CHECK (length(token_hash) = 64),
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX invitations_token_hash_key ON invitations (token_hash);
CREATE UNIQUE INDEX invitations_open_key ON invitations (user_id) WHERE used_at IS NULL;
CREATE INDEX invitations_user_id ON invitations (user_id);
