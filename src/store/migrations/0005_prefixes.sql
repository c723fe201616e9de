-- The toll-fraud guard: phone prefixes that text messages went to lately. A prefix is a calling code and a few digits, and names
-- nobody. Rows go when they are calm.
create table prefixes (
    prefix             text    not null,             -- `+52551`
    purpose            text    not null check (purpose in ('pre_login', 'security_questions')),
    state              text    not null check (state in ('open', 'slowed', 'stopped')),
    since_ms           integer not null,
    sent_at_ms         integer,                      -- the last send
    stops              integer not null,             -- that followed each other
    stop_ends_ms       integer,                      -- of the last one
    counts             text    not null,             -- JSON: [[from_ms, ends_ms, sent, verified], ...]
    calm_at_ms         integer not null,             -- nothing is left to know of it from this moment on
    primary key (prefix, purpose),
    check (state <> 'stopped' or stop_ends_ms is not null)
) strict, without rowid;

create index prefixes_by_calm on prefixes (calm_at_ms);
create index prefixes_held on prefixes (state) where state <> 'open';

-- What operators have said: it goes for every number that begins so, unless a longer prefix has a ruling of its own.
create table prefix_rulings (
    prefix             text    primary key not null,
    ruling             text    not null check (ruling in ('blocked', 'exempt')),
    until_ms           integer,                      -- of an exemption
    ruled_by           text    not null,
    ruled_at_ms        integer not null,
    reason             text,
    check ((ruling = 'exempt') = (until_ms is not null))
) strict, without rowid;

create index prefix_rulings_by_end on prefix_rulings (until_ms) where until_ms is not null;
