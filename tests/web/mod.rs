mod forged;
mod headers;
mod limits;
mod palette;
mod problems;
mod routes;
mod statements;
