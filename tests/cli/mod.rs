mod audit;
mod backup;
mod commands;
mod docs;
mod serve;
