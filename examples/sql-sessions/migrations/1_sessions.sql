-- Sessions of Logto, in a syntax that SQLite and PostgreSQL share. Times are milliseconds since the Unix
-- epoch, by the clock of the database.
CREATE TABLE logto_sessions (
    id           TEXT   NOT NULL PRIMARY KEY,
    sealed       TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    sub          TEXT   NOT NULL,
    sid          TEXT,
    signed_in_at BIGINT NOT NULL,
    over_at      BIGINT NOT NULL
);
CREATE INDEX logto_sessions_by_sub  ON logto_sessions (sub);
CREATE INDEX logto_sessions_by_sid  ON logto_sessions (sid) WHERE sid IS NOT NULL;
CREATE INDEX logto_sessions_by_over ON logto_sessions (over_at);

-- Leases have a table of their own: those of sign-ins under way belong to no session.
CREATE TABLE logto_leases (
    id      TEXT   NOT NULL PRIMARY KEY,
    holder  TEXT   NOT NULL,
    over_at BIGINT NOT NULL
);
CREATE INDEX logto_leases_by_over ON logto_leases (over_at);
