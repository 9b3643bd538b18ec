-- Which certificate authenticated the renewal to this one; kept of applications and brokers, whose
-- names several processes may share.
alter table certificates add column renewed_from text;
