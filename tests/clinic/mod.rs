mod assignments;
mod doctors;
mod home;
mod own_lists;
mod patients;
