-- Whether the service makes keys for the fleet's devices that ask for it (RFC 7030, section 4.4).
alter table enrolments
add column server_keygen integer not null default 0 check (server_keygen in (0, 1));
