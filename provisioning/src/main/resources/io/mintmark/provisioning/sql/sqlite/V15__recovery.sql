-- Each start of the service begins an epoch of the feed, and so does the end of a recovery. A
-- place in the feed is an epoch and a sequence: of two registries that once were one, neither has a
-- place that only the other one told. first is the feed's head when the epoch began.
create table feed_epochs (
  position   integer primary key autoincrement,
  id         text not null unique,
  started_at integer not null,
  first      integer not null
) strict;

-- This registry is older than what it told: noticed, until it is recovered. Certificates it does not
-- know may have been issued between lost_from and done_at.
create table recoveries (
  id         integer primary key autoincrement,
  cause      text not null check (cause in ('restored', 'went-backwards')),
  lost_from  integer not null,
  noticed_at integer not null,
  done_at    integer
) strict;

create unique index one_recovery_at_a_time on recoveries (done_at is null) where done_at is null;

-- What brokers told that they remember. epoch and sequence are where a broker stood, epoch is empty
-- where it does not know. complete once the last part has come.
create table memories (
  id          integer primary key autoincrement,
  broker      text not null,
  epoch       text not null,
  sequence    integer not null,
  complete    integer not null check (complete in (0, 1)),
  told_at     integer not null,
  replayed_at integer,
  unique (broker, epoch, sequence)
) strict;

-- Until they are replayed.
create table memory_entries (
  memory   integer not null references memories (id),
  position integer not null,
  entry    text not null,
  primary key (memory, position)
) strict;

-- How far what an epoch told beyond this registry was replayed.
create table replayed_epochs (
  epoch    text primary key,
  sequence integer not null
) strict;
