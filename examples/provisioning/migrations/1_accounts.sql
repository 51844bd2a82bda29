-- What this site itself knows of a user, in a syntax that SQLite and PostgreSQL share. The key is the user's
-- id at Logto, which never changes.
CREATE TABLE accounts (
    id       TEXT   NOT NULL PRIMARY KEY,
    name     TEXT   NOT NULL,
    about    TEXT   NOT NULL DEFAULT '',
    sign_ins BIGINT NOT NULL DEFAULT 1,
    blocked  TEXT
);
