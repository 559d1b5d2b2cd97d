mod bodies;
mod compatibility;
mod cors;
mod idempotency;
mod rate_limits;
mod routes;
