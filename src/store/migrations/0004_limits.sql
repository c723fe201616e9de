-- How often something happened lately, for each limit and subject: see domain/limit. A subject is a keyed hash of the limit's
-- name and of whatever it limits, so that nobody who has the file alone learns of whom it is.

create table limit_windows (
    subject            blob    primary key not null check (length(subject) = 16),
    counts             blob    not null,
    over_at_ms         integer not null              -- nothing of it counts any more
) strict, without rowid;

create index limit_windows_by_end on limit_windows (over_at_ms);
