-- Instants are milliseconds since 1970-01-01T00:00:00Z; hashes and serial numbers lower-case hex;
-- lists and maps JSON.

create table settings (
  name  text primary key,
  value text not null
) strict;

create table fleets (
  id            text primary key,
  enrolment     text not null check (enrolment in ('manifest')),
  lifetime_ms   integer not null,
  backdate_ms   integer not null,
  client_id     text not null,
  publish       text not null,
  subscribe     text not null,
  created_at    integer not null,
  updated_at    integer not null
) strict;

create table factory_cas (
  fleet    text not null references fleets (id),
  position integer not null,
  der      blob not null,
  primary key (fleet, position)
) strict;

-- A device's id is unique in the trust domain, whatever its fleet.
create table devices (
  id         text primary key,
  fleet      text not null references fleets (id),
  state      text not null check (state in ('pending', 'active', 'suspended', 'revoked')),
  pin        text,
  attributes text not null,
  created_at integer not null
) strict;

create index devices_by_fleet on devices (fleet, id);

-- A row exists before its signature does: what is reserved can be revoked, whatever a crash left.
-- content is the to-be-signed part (RFC 5280, section 4.1.1.1) while reserved, then the
-- certificate. superseded and revoked keep what they had.
create table certificates (
  id          integer primary key autoincrement,
  serial      text not null unique,
  identity    text not null,
  key_sha256  text not null,
  not_before  integer not null,
  not_after   integer not null,
  state       text not null check (state in ('reserved', 'issued', 'superseded', 'revoked')),
  reason      text,
  content     blob not null,
  reserved_at integer not null
) strict;

create index certificates_by_identity on certificates (identity, id);

create table applications (
  name       text primary key,
  publish    text not null,
  subscribe  text not null,
  created_at integer not null
) strict;

create table brokers (
  name       text primary key,
  created_at integer not null
) strict;

create table operators (
  token_sha256 text primary key,
  name         text not null unique,
  created_at   integer not null
) strict;

-- Of each subject only the latest entry. The head is kept apart: it must not fall when entries are
-- forgotten.
create table feed (
  sequence     integer primary key,
  subject      text not null unique,
  entry        text not null,
  forget_after integer
) strict;

create table feed_head (
  only     integer primary key check (only = 1),
  sequence integer not null
) strict;

insert into feed_head (only, sequence) values (1, 0);

create table audit (
  sequence integer primary key autoincrement,
  at       integer not null,
  actor    text not null,
  action   text not null,
  subject  text not null,
  detail   text
) strict;
