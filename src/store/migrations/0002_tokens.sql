-- Tokens, BNE transactions and client registrations. As before, times are milliseconds since 1970-01-01 UTC, and
-- `sealed_with` names the server key that the row's sealed column is under. The checks of `tokens` name each value by
-- itself: of a list of more than two, the engine makes a table for every row that is written.

create table tokens (
    id                 blob    primary key not null check (length(id) = 16),
    serial             text    not null,
    manufacturer       text    not null,             -- '' where it is not known
    model              text    not null,             -- '' where it is not known
    secret             blob    not null,             -- sealed JSON: the seed, the PIN's hash where the suite takes one, the holder
    sealed_with        text    not null,
    device             text    not null check (device = 'HOTP' or device = 'TOTP' or device = 'OCRA'),
    digits             integer,                      -- HOTP and TOTP
    algorithm          text,                         -- TOTP, as the next two
    period             integer,
    t0                 integer,
    suite              text,                         -- OCRA
    counter            integer,                      -- HOTP and OCRA: the lowest not burnt, an unsigned number's bits
    drift              integer,                      -- TOTP, as the next
    last_step          integer,                      -- the last burnt, null before the first; an unsigned number's bits
    state              text    not null
                               check (state = 'imported' or state = 'assigned' or state = 'active' or state = 'locked'
                                      or state = 'revoked'),
    since_by           text    not null,
    since_at_ms        integer not null,
    customer           blob    check (length(customer) = 16),    -- of the holder; of a revoked token the last one
    holder             blob    check (length(holder) = 16),      -- the same with the representative
    assigned_by        text,                         -- assigned, active and locked, as the next
    assigned_at_ms     integer,
    active_since_ms    integer,                      -- active, and locked if it was active before
    starts_at_ms       integer,
    expires_at_ms      integer,
    failures           integer not null,
    last_failure_at_ms integer,
    version            integer not null,
    unique (manufacturer, serial)
) strict;

create index tokens_by_serial on tokens (serial);
create index tokens_by_holder on tokens (holder, assigned_at_ms) where holder is not null;
create index tokens_by_customer on tokens (customer, serial, manufacturer) where customer is not null;
create index tokens_by_key on tokens (sealed_with);

-- Challenges of OCRA tokens without a counter, once their code was accepted: nothing else would keep the code from being
-- accepted again when the challenge comes again.
create table burnt_challenges (
    token_id           blob    not null references tokens (id),
    question           text    not null,
    primary key (token_id, question)
) strict, without rowid;

create table transactions (
    id                 blob    primary key not null check (length(id) = 16),
    kind               text    not null check (kind in ('LOGIN', 'RISK')),
    details            blob    not null,             -- sealed JSON: the holder; RISK: the details, and the salt of their challenge
    sealed_with        text    not null,
    client_id          text    not null,
    session            blob    not null check (length(session) = 32),
    key_id             text    not null,             -- the server key of the session's hash
    customer           blob    not null check (length(customer) = 16),
    holder             blob    not null check (length(holder) = 16),    -- the same with the representative
    token_id           blob    not null references tokens (id),
    device             text    not null,
    question           text,                         -- OCRA
    opened_at_ms       integer not null,
    expires_at_ms      integer not null,
    failed_attempts    integer not null,
    state              text    not null check (state in ('open', 'consumed', 'locked', 'closed')),
    ended_at_ms        integer,
    check ((state = 'open') = (ended_at_ms is null))
) strict;

create index transactions_by_key on transactions (sealed_with);
create index transactions_by_expiry on transactions (expires_at_ms);
create index transactions_open on transactions (holder, client_id, kind) where state = 'open';

create table clients (
    id                 text    primary key not null,
    countries          text    not null,             -- JSON array, as the next two
    businesses         text    not null,
    channels           text    not null,
    updated_at_ms      integer not null
) strict, without rowid;
