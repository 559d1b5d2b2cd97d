mod forged;
mod headers;
mod limits;
mod problems;
mod routes;
