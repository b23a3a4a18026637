-- What every home has from its first day: divisions, batches, the vault, the audit chain.
-- Kept within what PostgreSQL 15 takes too: text and bigint, booleans as 0 or 1, months as
-- year × 12 + month − 1, moments as text in UTC.

create table division (
    code text not null,
    name text not null,
    -- The first month in force; -1: since ever. NULL in until: still.
    since bigint not null,
    until bigint,
    reporting_parent text,
    primary key (code, since)
);

create table batch (
    seq bigint primary key,
    batch text not null unique,
    ledger text not null,
    period text not null,
    label bigint not null,
    division text not null,
    file_name text not null,
    file_digest text not null,
    plan_digest text not null,
    rows bigint not null,
    accepted bigint not null,
    quarantined bigint not null,
    warned bigint not null,
    replaced bigint not null,
    empty bigint not null,
    entered_by text not null,
    entered_at text not null,
    -- The form of the part's columns, so that it is read rightly when the pack has changed.
    form text not null,
    -- What the command answered, to be given again when the same bytes come.
    answer text not null,
    withdrawn_at text,
    withdrawn_by text
);

create index batch_of_ledger on batch (ledger, label);

create table part (
    batch text not null references batch (batch),
    kind text not null,
    file text not null,
    digest text not null,
    -- What the file says, whatever its bytes; of rows superseded.
    content text not null,
    rows bigint not null,
    primary key (batch, kind)
);

-- In which batches the rows lie that a batch has superseded.
create table touch (
    batch text not null references batch (batch),
    touched text not null references batch (batch),
    primary key (batch, touched)
);

create table quarantine (
    batch text not null references batch (batch),
    piece bigint not null,
    sealed text not null,
    primary key (batch, piece)
);

create table vault (
    grain text not null,
    subject text not null,
    field text not null,
    sealed text not null,
    primary key (grain, subject, field)
);

create table audit (
    seq bigint primary key,
    at text not null,
    by text not null,
    action text not null,
    detail text not null,
    previous text not null,
    digest text not null
);

create table figure (
    seq bigint primary key,
    indicator text not null,
    division text not null,
    label text not null,
    codes text not null,
    value text not null,
    source text not null,
    batch text not null references batch (batch)
);
