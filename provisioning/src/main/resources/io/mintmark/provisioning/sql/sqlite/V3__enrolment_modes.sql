-- How devices of a fleet enrol. fleets.enrolment, which cannot say more than 'manifest', is not
-- read any more.
create table enrolments (
  fleet              text primary key references fleets (id),
  mode               text not null check (mode in ('manifest', 'open', 'claim', 'approval')),
  device_id          text not null check (device_id in ('subject', 'serial-number', 'common-name',
                                                        'san-dns', 'san-uri')),
  again              text not null check (again in ('allow', 'deny', 'approve')),
  webhook_url        text,
  webhook_timeout_ms integer,
  webhook_trust      text
) strict;

insert into enrolments (fleet, mode, device_id, again)
select id, 'manifest', 'subject', 'allow' from fleets;

-- A shared certificate that may enrol so many devices until then.
create table claims (
  id                 integer primary key autoincrement,
  fleet              text not null references fleets (id),
  certificate_sha256 text not null,
  uses               integer not null check (uses > 0),
  used               integer not null check (used between 0 and uses),
  ends_at            integer not null,
  any_device         integer not null check (any_device in (0, 1)),
  created_at         integer not null,
  revoked_at         integer
) strict;

create unique index claims_in_force on claims (fleet, certificate_sha256)
where revoked_at is null;

-- What a claim was spent on: a repeated request does not spend it again.
create table claim_uses (
  claim      integer not null references claims (id),
  device     text not null,
  key_sha256 text not null,
  used_at    integer not null,
  primary key (claim, device, key_sha256)
) strict;

-- Somebody decides whether this device may have a certificate for this key.
create table approvals (
  id               integer primary key autoincrement,
  fleet            text not null references fleets (id),
  device           text not null,
  key_sha256       text not null,
  bootstrap_sha256 text not null,
  again            integer not null check (again in (0, 1)),
  state            text not null check (state in ('pending', 'approved', 'denied', 'used')),
  requested_at     integer not null,
  decided_by       text,
  reason           text,
  expires_at       integer not null,
  unique (fleet, device, key_sha256)
) strict;

create index approvals_by_state on approvals (fleet, state);
create index approvals_by_end on approvals (expires_at);
