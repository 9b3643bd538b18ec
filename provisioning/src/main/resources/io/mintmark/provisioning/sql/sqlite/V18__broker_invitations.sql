-- A certificate that opens EST once, for one broker under these hosts.
create table broker_invitations (
  certificate_sha256 text primary key,
  broker             text not null,
  hosts              text not null,
  ends_at            integer not null,
  created_at         integer not null,
  withdrawn_at       integer,
  key_sha256         text,
  used_at            integer,
  serial             text
) strict;

create index broker_invitations_by_broker on broker_invitations (broker);
