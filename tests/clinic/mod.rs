mod assignments;
mod care_team;
mod days;
mod doctors;
mod home;
mod names;
mod own_lists;
mod patients;
