mod forged;
mod personal_tokens;
mod refresh;
mod revoke;
mod sign_in;
