-- Sessions, codes and counts of requests go when they have ended: each minute's cron asks whether there are any.
CREATE INDEX session_expires_at ON session (expires_at);
CREATE INDEX verification_expires_at ON verification (expires_at);
CREATE INDEX rate_limit_last_request ON rate_limit (last_request);
