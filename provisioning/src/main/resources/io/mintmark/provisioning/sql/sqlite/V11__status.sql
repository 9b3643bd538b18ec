-- Since when a certificate is not good any more: for good, or until it is released. Of what was
-- ended before there was this column nobody knows, so it is now.
alter table certificates add column revoked_at integer;
alter table certificates add column held_at integer;

update certificates set revoked_at = unixepoch() * 1000 where state in ('superseded', 'revoked');

create index certificates_not_good on certificates (issuer, not_after)
where revoked_at is not null or held_at is not null;

-- Of each issuer its latest CRL. changes counts what happened that a CRL must tell at once,
-- covered how much of it this one tells; number is the last one taken, published that of der, or 0.
-- A number is taken before it is signed, so that none is ever used twice.
create table crls (
  issuer       text primary key references issuers (id),
  changes      integer not null default 0,
  covered      integer not null default 0,
  number       integer not null default 0,
  published    integer not null default 0,
  this_update  integer,
  next_update  integer,
  scheduled_at integer,
  der          blob
) strict;
