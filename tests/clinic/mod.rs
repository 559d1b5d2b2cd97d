mod assignments;
mod days;
mod doctors;
mod home;
mod names;
mod own_lists;
mod patients;
