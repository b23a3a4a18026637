-- What each change wrote to the record is part of what the audit chain signs.

-- SM3 of the entry's rows in `written`; NULL in entries from before it was kept.
alter table audit add column written text;

-- Groups of rows that belong together, each under its key, as the entry `seq` left them.
create table written (
    seq bigint not null,
    kind text not null,
    key text not null,
    rows bigint not null,
    -- The sum of the rows' SM3.
    digest text not null,
    primary key (seq, kind, key)
);

create index written_of on written (kind, key, seq);

-- The batch that last wrote the entry; NULL: from before it was kept.
alter table vault add column batch text;
