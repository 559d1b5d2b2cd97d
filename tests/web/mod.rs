mod forged;
mod headers;
mod limits;
mod lost_forms;
mod palette;
mod problems;
mod routes;
mod statements;
