-- How long after its end a certificate of the fleet still opens its own renewal.
alter table fleets add column expired_grace_ms integer not null default 0;
