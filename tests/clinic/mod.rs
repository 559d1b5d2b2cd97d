mod assignments;
mod days;
mod doctors;
mod home;
mod own_lists;
mod patients;
