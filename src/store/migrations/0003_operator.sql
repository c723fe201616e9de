-- What the operator API works on, and the audit trail. As before, times are milliseconds since 1970-01-01 UTC, and
-- `sealed_with` names the server key that the row's sealed column is under.

-- Counts changes, so that a change is made to what was seen or not at all.
alter table customers add column version integer not null default 1;
alter table clients add column version integer not null default 1;

-- The proof that a code was right is handed to the bank's back end once.
alter table flows add column redeemed_by text;
alter table flows add column redeemed_at_ms integer;
alter table transactions add column redeemed_by text;
alter table transactions add column redeemed_at_ms integer;

-- For look-ups by the back office; the newest come first.
create index flows_by_customer on flows (customer, opened_at_ms) where customer is not null;
create index transactions_by_customer on transactions (customer, opened_at_ms);
create index transactions_by_time on transactions (opened_at_ms);
create index transactions_by_session on transactions (session) where state = 'open';
create index outbox_by_time on outbox (created_at_ms);

create table operators (
    name               text    primary key not null,
    digest             blob    not null unique check (length(digest) = 32),    -- of the credential
    scopes             text    not null,             -- JSON array
    created_by         text    not null,
    created_at_ms      integer not null,
    revoked_by         text,
    revoked_at_ms      integer,
    check ((revoked_by is null) = (revoked_at_ms is null))
) strict, without rowid;

-- Tokens that come in together. Until their import is committed they are in nobody's sight.
create table imports (
    id                 blob    primary key not null check (length(id) = 16),
    file_name          text,
    tokens_expected    integer,
    state              text    not null check (state in ('open', 'committed', 'cancelled')),
    entries            integer not null,             -- taken in so far: the number of the next one
    added              integer not null,
    unchanged          integer not null,
    problems           integer not null,             -- with any, it can only be cancelled
    created_by         text    not null,
    created_at_ms      integer not null,
    expires_at_ms      integer not null,             -- an open one is cancelled then
    ended_by           text,
    ended_at_ms        integer,
    check ((state = 'open') = (ended_at_ms is null))
) strict;

create index imports_open on imports (expires_at_ms) where state = 'open';

alter table tokens add column import_id blob references imports (id);

create index tokens_by_import on tokens (import_id) where import_id is not null;
create index tokens_by_state on tokens (state, serial, manufacturer);
-- Tokens of a cancelled import are deleted; that no transaction is about one of them is looked up here.
create index transactions_by_token on transactions (token_id);

-- Sessions that the bank's back end has opened or closed. Others are known only by their transactions.
create table sessions (
    session            blob    primary key not null check (length(session) = 32),    -- keyed hash
    key_id             text    not null,             -- the server key of the hash
    client_id          text    not null,
    customer           blob    check (length(customer) = 16),
    number             blob,                         -- sealed: the customer number
    sealed_with        text,
    opened_by          text    not null,
    opened_at_ms       integer not null,
    expires_at_ms      integer not null,
    closed_by          text,
    closed_at_ms       integer,
    check ((closed_by is null) = (closed_at_ms is null)),
    check ((customer is null) = (number is null)),
    check ((number is null) = (sealed_with is null))
) strict, without rowid;

create index sessions_by_key on sessions (sealed_with, session);
create index sessions_by_expiry on sessions (expires_at_ms);

-- Calls that made something, so that their repeat gets the same and makes nothing.
create table repeats (
    operator           text    not null,
    key_digest         blob    not null check (length(key_digest) = 32),
    request_digest     blob    not null check (length(request_digest) = 32),
    resource           text    not null,             -- what was made
    secret             blob,                         -- sealed: what was shown of it once
    sealed_with        text,
    created_at_ms      integer not null,
    primary key (operator, key_digest),
    check ((secret is null) = (sealed_with is null))
) strict, without rowid;

create index repeats_by_key on repeats (sealed_with, operator, key_digest);
create index repeats_by_time on repeats (created_at_ms);

-- Secrets of the data file itself, made when it was opened first: they stay the same when server keys are rotated.
create table store_secrets (
    name               text    primary key not null,
    value              blob    not null,             -- sealed, 32 bytes
    sealed_with        text    not null
) strict, without rowid;

create index store_secrets_by_key on store_secrets (sealed_with, name);

-- Rotations of the server keys: what was sealed with older keys is sealed with the current one. At most one is under way.
create table rotations (
    id                 integer primary key,
    key_id             text    not null,             -- the one that all is sealed with then
    started_by         text    not null,
    started_at_ms      integer not null,
    resealed           integer not null,             -- values, so far
    damaged            integer not null,             -- values that do not open, known at the end
    ended_at_ms        integer
) strict;

create unique index rotations_under_way on rotations ((ended_at_ms is null)) where ended_at_ms is null;

-- Every decision and every change, in the order in which they became durable. Rows are only ever added; the oldest can be
-- pruned. Each is chained to the one before it by its hash, which covers every column: src/domain/audit/chain.rs.
create table audit (
    sequence           integer primary key,
    chain              blob    not null check (length(chain) = 16),
    at_ms              integer not null,
    source             text    not null check (source in ('dbx', 'bne', 'operator', 'server')),
    actor              text,                         -- an operator, an application, an app
    action             text    not null,
    subject            text    not null,             -- what it was about: its kind, a blank, its id or pseudonym
    customer           blob    check (customer is null or length(customer) = 16),    -- pseudonym
    outcome            text    not null,             -- `done`, or why not
    before             text,                         -- JSON object, as the next; never a secret, nothing that names a person
    after              text,
    personal           blob,                         -- JSON object under the customer's audit key: who it is, further facts
    request_id         text,
    count              integer not null,
    hash               blob    not null check (length(hash) = 32),
    check ((customer is null) = (personal is null))
) strict;

create index audit_by_customer on audit (customer, sequence) where customer is not null;
create index audit_by_actor on audit (actor, sequence) where actor is not null;
create index audit_by_subject on audit (subject, sequence);
create index audit_by_time on audit (at_ms);

-- Where each chain ends, so that rows taken away at its end are missed: one row, as long as there is one writer.
create table audit_head (
    chain              blob    primary key not null check (length(chain) = 16),
    position           blob    not null,             -- sealed: sequence (8 bytes, big-endian), hash
    sealed_with        text    not null
) strict, without rowid;

-- What was pruned: each chain begins behind this entry. One row, if anything was.
create table audit_anchors (
    chain              blob    primary key not null check (length(chain) = 16),
    sequence           integer not null,
    hash               blob    not null check (length(hash) = 32),
    position           blob    not null,             -- sealed: the same, as in audit_head
    sealed_with        text    not null,
    pruned_at_ms       integer not null,
    signature          blob                          -- Ed25519, where there was a key to sign with
) strict, without rowid;

create index audit_anchors_by_key on audit_anchors (sealed_with, chain);

-- What the server ran with at its last start, so that the next one can tell what has changed.
create table last_start (
    id                 integer primary key check (id = 1),
    version            text    not null,
    configuration      text    not null,             -- SHA-256, as hexadecimal digits
    keys               text    not null              -- ids, the current one first
) strict;

create index audit_head_by_key on audit_head (sealed_with, chain);

-- The audit keys of customers. Without its row, nobody can read who the customer of an entry is.
create table audit_customers (
    customer           blob    primary key not null check (length(customer) = 16),    -- pseudonym
    key                blob    not null,             -- sealed, 32 bytes
    sealed_with        text    not null
) strict, without rowid;

create index audit_customers_by_key on audit_customers (sealed_with, customer);

-- Calls about nothing known, but for the first of a minute: they become one row of the trail when the minute is over. All
-- rows are of one minute.
create table audit_counts (
    source             text    not null,
    action             text    not null,
    subject            text    not null,
    outcome            text    not null,
    actor              text    not null,             -- '' where there is none
    minute             integer not null,             -- minutes since 1970-01-01 UTC
    count              integer not null,             -- without the first
    first_at_ms        integer,
    last_at_ms         integer,
    primary key (source, action, subject, outcome, actor),
    check ((count = 0) = (first_at_ms is null)),
    check ((count = 0) = (last_at_ms is null))
) strict, without rowid;
