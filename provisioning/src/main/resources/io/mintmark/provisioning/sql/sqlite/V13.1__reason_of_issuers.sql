-- Why a CA was revoked, as RFC 5280 spells it; null where nobody knows or it was not.
alter table issuers add column reason text;
