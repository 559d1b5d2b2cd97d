mod accounts;
mod outbox;
mod smtp;
mod viewer;
