-- Times are milliseconds since 1970-01-01 UTC. `customer` is the pseudonym of a customer number, under the data file's index
-- key: rows are found by it; the number itself is in the row's sealed column. `sealed_with` names the server key a sealed column of the row is under,
-- so that a start can tell at once which keys are still needed.

create table flows (
    id                 blob    primary key not null check (length(id) = 16),
    key_digest         blob    not null check (length(key_digest) = 32),
    purpose            text    not null,
    key_id             text    not null,
    customer           blob    check (length(customer) = 16),
    app                text,
    recipients         blob    not null,             -- sealed JSON, as the customer number is in it
    sealed_with        text    not null,
    addresses_kept     integer not null default 1,   -- 0: the recipients were overwritten for their age
    presentation       text    not null,
    language           text    not null,
    opened_at_ms       integer not null,
    expires_at_ms      integer not null,
    failed_attempts    integer not null,
    state              text    not null check (state in ('started', 'sent', 'verified', 'locked')),
    generation         integer,                      -- sent and locked
    digits             integer,                      -- sent, as all that follow
    code_expires_at_ms integer,
    sends              integer,
    live               integer,
    chosen             text,                         -- JSON array of positions in recipients
    ended_at_ms        integer,                      -- verified and locked
    check ((customer is null) = (app is null))
) strict;

create unique index flows_by_digest on flows (key_digest);
create index flows_by_key on flows (sealed_with);
create index flows_by_expiry on flows (expires_at_ms);
create index flows_with_addresses on flows (expires_at_ms) where addresses_kept = 1;
create index flows_unsent on flows (expires_at_ms) where state = 'started';

create table outbox (
    flow_id            blob    not null references flows (id) on delete cascade,
    send_id            blob    not null check (length(send_id) = 16),
    purpose            text    not null,
    key_id             text    not null,
    generation         integer not null,
    digits             integer not null,
    language           text    not null,
    addresses          blob    not null,             -- sealed JSON
    sealed_with        text    not null,
    addresses_kept     integer not null default 1,   -- 0: they were overwritten for their age
    code_expires_at_ms integer not null,
    resends_used       integer not null,
    created_at_ms      integer not null,
    taken_at_ms        integer not null,             -- when a server last took it upon itself to carry it out
    status             text    not null check (status in ('pending', 'accepted', 'refused')),
    settled_at_ms      integer,
    primary key (flow_id, send_id),
    check ((status = 'pending') = (settled_at_ms is null))
) strict;

create index outbox_by_key on outbox (sealed_with);
create index outbox_with_addresses on outbox (created_at_ms) where addresses_kept = 1;
create index outbox_pending on outbox (taken_at_ms) where status = 'pending';

create table daily_counts (
    purpose            text    not null,
    subject            blob    not null check (length(subject) = 32),
    day                integer not null,             -- days since 1970-01-01 UTC
    count              integer not null,
    primary key (purpose, subject, day)
) strict, without rowid;

create index daily_counts_by_day on daily_counts (day);

create table customers (
    customer           blob    primary key not null check (length(customer) = 16),
    number             blob    not null,             -- sealed
    sealed_with        text    not null,
    language           text    not null,
    updated_at_ms      integer not null
) strict, without rowid;

create index customers_by_key on customers (sealed_with, customer);

create table customer_addresses (
    customer           blob    not null references customers (customer) on delete cascade,
    kind               text    not null check (kind in ('sms', 'email')),
    position           integer not null,             -- 0 is the primary one
    address            blob    not null,             -- sealed
    sealed_with        text    not null,
    primary key (customer, kind, position)
) strict, without rowid;

create index customer_addresses_by_key on customer_addresses (sealed_with, customer, kind, position);

-- One sealed constant for each server key ever used here: it opens with that very key, not with another of the same id.
create table server_keys (
    key_id             text    primary key not null,
    proof              blob    not null,
    since_ms           integer not null              -- when it last became the current one
) strict, without rowid;
