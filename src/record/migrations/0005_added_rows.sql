-- Rows that a batch held and that were taken later are a batch of their own, added to that one.
alter table batch add column added_to text references batch (batch);
