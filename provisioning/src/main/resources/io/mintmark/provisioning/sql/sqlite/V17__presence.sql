-- What brokers report. run is one life of a broker's process, sequence the last of its reports that
-- was taken, heard_at when that was.
create table broker_runs (
  broker   text primary key,
  run      text not null,
  sequence integer not null,
  began_at integer not null,
  heard_at integer not null
) strict;

-- The connections of each broker's run, as far as reported; number is the broker's own. listing is the
-- sequence at which the last full list began that had it, 0 if none did. keep_alive is in seconds,
-- 0 for none.
create table sessions (
  broker     text not null references broker_runs (broker),
  number     integer not null,
  identity   text not null,
  client_id  text not null,
  serial     text not null,
  address    text,
  since      integer not null,
  keep_alive integer not null,
  listing    integer not null,
  primary key (broker, number)
) strict, without rowid;

create index sessions_of on sessions (identity, client_id);

-- Of each identity its latest connection, which is over where ended says why.
create table presences (
  identity  text primary key,
  broker    text not null,
  number    integer not null,
  client_id text not null,
  serial    text not null,
  address   text,
  since     integer not null,
  seen_at   integer not null,
  ended     text
) strict, without rowid;

-- Signs that somebody else has a device's key. settled_at: an operator has dealt with the device.
create table clones (
  id          integer primary key autoincrement,
  identity    text not null,
  serial      text not null,
  sign        text not null check (sign in ('fought-over', 'superseded-used')),
  times       integer not null,
  noticed_at  integer not null,
  last_at     integer not null,
  detail      text not null,
  quarantined integer not null check (quarantined in (0, 1)),
  settled_at  integer,
  unique (identity, serial, sign)
) strict;

-- When the certificate that came after it was seen in use; null if it was superseded otherwise, or
-- nobody knows.
alter table certificates add column succeeded_at integer;

-- What follows when one of the fleet's devices shows signs of a clone.
alter table fleets
add column clones text not null default 'report' check (clones in ('report', 'quarantine'));
