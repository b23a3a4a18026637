-- Held rows come to their end when a later delivery brings their key.

-- The key of a held row, where it could be read: its parts as they would lie in the lake.
create table held_key (
    batch text not null references batch (batch),
    line bigint not null,
    key text not null,
    primary key (batch, line)
);

-- Which later batches brought a held row, or its key.
create table settled (
    batch text not null references batch (batch),
    line bigint not null,
    by_batch text not null references batch (batch),
    primary key (batch, line, by_batch)
);

-- The day a delivery really came; NULL: the day it was entered.
alter table batch add column arrived text;
