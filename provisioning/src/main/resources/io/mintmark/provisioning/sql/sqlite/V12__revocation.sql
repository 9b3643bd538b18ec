-- Trust taken back from many at once, in batches: each is a transaction of its own and moves
-- position, so that a run goes on where it was. A run that is under way keeps what it is about from
-- enrolling and renewing; what is in force afterwards, a suspended fleet or a revoked factory CA, is
-- read here as well. before is an instant: of an issuer only what it signed until then.
create table revocation_runs (
  id           integer primary key autoincrement,
  scope        text not null check (scope in ('fleet', 'factory-ca', 'issuer')),
  verb         text not null check (verb in ('revoke', 'suspend', 'release')),
  subject      text not null,
  before       integer,
  reason       text,
  actor        text not null,
  total        integer not null,
  done         integer not null default 0,
  certificates integer not null default 0,
  left_out     integer not null default 0,
  position     text not null default '',
  started_at   integer not null,
  finished_at  integer
) strict;

create index revocation_runs_of on revocation_runs (scope, subject, id);

create unique index one_revocation_run_at_a_time on revocation_runs (scope, subject)
where finished_at is null;

-- A device may be retired besides. barred_at, barred_reason and barred_by: since when it may not
-- connect, why (nothing while it is only suspended), and by which run if not by itself. Of those from
-- before nobody knows.
create table devices_that_retire (
  id            text primary key,
  fleet         text not null references fleets (id),
  state         text not null check (state in ('pending', 'active', 'suspended', 'revoked',
                                               'retired')),
  pin           text,
  attributes    text not null,
  created_at    integer not null,
  bundle_sha256 text,
  bundle_at     integer,
  barred_at     integer,
  barred_reason text,
  barred_by     integer references revocation_runs (id)
) strict;

insert into devices_that_retire (id, fleet, state, pin, attributes, created_at, bundle_sha256,
                                 bundle_at)
select id, fleet, state, pin, attributes, created_at, bundle_sha256, bundle_at from devices;

drop table devices;
alter table devices_that_retire rename to devices;
create index devices_by_fleet on devices (fleet, id);

-- The key ids of the factory CAs above the bootstrap certificate that led to a certificate, as a JSON
-- list; null where nobody knows: before there was this column, and of what is no device's.
alter table certificates add column factory_cas text;

create index compromised_keys on certificates (key_sha256) where reason = 'keyCompromise';
