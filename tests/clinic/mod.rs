mod assignments;
mod care_team;
mod doctors;
mod home;
mod own_lists;
mod patients;
