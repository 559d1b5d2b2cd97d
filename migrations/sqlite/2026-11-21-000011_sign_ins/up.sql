-- Sign-in attempts, so that all processes share the counts. Attempts with the same budget are counted together: those for
-- an account, those from a browser that the account knows, or those for an unknown name (a keyed digest, because people
-- type passwords there).
CREATE TABLE sign_ins (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    budget TEXT NOT NULL CHECK (length(budget) BETWEEN 1 AND 120),
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'wrong', 'unlocked')),
    ip TEXT NOT NULL DEFAULT '' CHECK (length(ip) <= 64),
    network TEXT NOT NULL DEFAULT '' CHECK (length(network) <= 64),
    user_agent TEXT NOT NULL DEFAULT '' CHECK (length(user_agent) <= 255),
    known_device BOOLEAN NOT NULL DEFAULT FALSE CHECK (known_device IN (0, 1)),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX sign_ins_user_id ON sign_ins (user_id, id);
CREATE INDEX sign_ins_budget ON sign_ins (budget, id);
CREATE INDEX sign_ins_network ON sign_ins (network, created_at);
CREATE INDEX sign_ins_outcome ON sign_ins (outcome, created_at);
CREATE INDEX sign_ins_created_at_order ON sign_ins (created_at, id);
