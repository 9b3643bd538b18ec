-- Enum names and texts as JSON lists; a fleet from before certifies as it did.
alter table fleets add column key_types text not null default
  '["EC_P256","EC_P384","EC_P521","RSA_2048","RSA_3072","RSA_4096","ED25519"]';
alter table fleets add column purposes text not null default '["CLIENT_AUTH"]';
alter table fleets add column dns_names text not null default '[]';
alter table fleets add column renewal_start integer not null default 60;
alter table fleets add column renewal_end integer not null default 75;

create table factory_crls (
  fleet    text not null references fleets (id),
  position integer not null,
  der      blob not null,
  primary key (fleet, position)
) strict;

-- An operator asked all certificates of a fleet or an issuer that were made until asked_at to be
-- renewed, spread until done_by. Of each subject the last word counts.
create table early_renewals (
  scope    text not null check (scope in ('fleet', 'issuer')),
  subject  text not null,
  asked_at integer not null,
  done_by  integer not null,
  primary key (scope, subject)
) strict;
