-- Whether a fleet's requests are tied to their TLS connection: off, allowed or required.
alter table enrolments add column channel_binding text not null default 'off';
