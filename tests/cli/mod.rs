mod commands;
mod docs;
mod serve;
