mod audit;
mod commands;
mod docs;
mod serve;
