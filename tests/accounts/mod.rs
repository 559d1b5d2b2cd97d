mod invitations;
mod passwords;
mod registration;
mod rights;
mod sessions;
mod setup;
mod sign_in;
mod view_as;
