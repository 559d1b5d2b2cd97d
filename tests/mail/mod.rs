mod accounts;
mod outbox;
mod sms;
mod smtp;
mod viewer;
