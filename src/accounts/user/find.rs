//! Finding users by typed text. Case is ignored, as in the unique indexes of names and addresses.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::model::User;
use crate::db::Connection;
use crate::db::schema::users;
use crate::email_address;

fn username() -> SqlLiteral<Text> {
    sql("lower(users.username)")
}

fn email() -> SqlLiteral<Text> {
    sql("lower(users.email)")
}

impl User {
    /// By username or email.
    pub fn find_by_login(c: &mut Connection, login: &str) -> QueryResult<Option<User>> {
        let login = email_address::ascii(login).to_lowercase();
        users::table.filter(username().eq(login.clone()).or(email().eq(login))).order(users::id).first(c).optional()
    }

    pub fn find_by_email(c: &mut Connection, address: &str) -> QueryResult<Option<User>> {
        users::table.filter(email().eq(email_address::ascii(address).to_lowercase())).first(c).optional()
    }

    /// By username and email, both.
    pub fn find_by_both(c: &mut Connection, name: &str, address: &str) -> QueryResult<Option<User>> {
        let both = username().eq(name.to_lowercase()).and(email().eq(email_address::ascii(address).to_lowercase()));
        users::table.filter(both).first(c).optional()
    }
}
