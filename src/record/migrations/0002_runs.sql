-- Runs that were published, and exemptions.

create table run (
    seq bigint primary key,
    run text not null unique,
    month bigint not null,
    snapshot text not null,
    digest text not null,
    engine text not null,
    at text not null,
    by text not null,
    plan_digest text not null,
    -- The batches that counted, one a line.
    batches text not null,
    -- What the command answered.
    answer text not null
);

create table exemption (
    seq bigint primary key,
    rule text not null,
    subject text not null,
    finding text not null,
    reason text not null,
    evidence text,
    -- The last month in which it holds.
    until bigint not null,
    by text not null,
    at text not null,
    revoked_at text,
    revoked_by text
);
