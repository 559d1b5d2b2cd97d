mod assignments;
mod doctors;
mod home;
mod patients;
