mod invariants;
mod schema;
