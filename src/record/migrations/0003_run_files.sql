-- What a run kept, file by file: results that were changed afterwards are found.

create table run_file (
    run text not null references run (run),
    -- Relative to the run's folder.
    file text not null,
    -- SM3 of the file's bytes.
    digest text not null,
    primary key (run, file)
);
