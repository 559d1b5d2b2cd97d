mod outbox;
mod smtp;
mod viewer;
