mod first_admin;
mod password;
mod reauthentication;
mod session;
