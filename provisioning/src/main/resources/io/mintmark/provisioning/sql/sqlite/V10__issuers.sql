-- The CAs there are and were. id is the identifier of the key; key_ref says where the private half
-- is kept, null when it is not ours. A registry from before is filled at its next start: its CA's
-- certificates are in files.
create table issuers (
  id           text primary key,
  position     integer not null unique,
  role         text not null check (role in ('root', 'issuing')),
  state        text not null check (state in ('prepared', 'active', 'retired', 'revoked')),
  certificate  blob not null,
  not_after    integer not null,
  key_ref      text,
  created_at   integer not null,
  activated_at integer,
  retired_at   integer
) strict;

create unique index one_active_issuing_ca on issuers (role)
where role = 'issuing' and state = 'active';

-- Of an issuing CA those between it and its root, of a root its cross certificates.
create table issuer_certificates (
  issuer   text not null references issuers (id),
  position integer not null,
  der      blob not null,
  primary key (issuer, position)
) strict;

alter table certificates add column issuer text references issuers (id);

-- Every set of roots we told, so that a device need report no more than its hash.
create table bundles (
  sha256  text primary key,
  roots   text not null,
  told_at integer not null
) strict;

alter table devices add column bundle_sha256 text;
alter table devices add column bundle_at integer;
