-- Since when a fleet is no more; null while it is. Its devices stay known, so that none that was
-- revoked comes back under another fleet or with the fleet applied again.
alter table fleets add column removed_at integer;
