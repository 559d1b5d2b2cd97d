//! Users, who can sign in.

use diesel::prelude::*;

use super::group::{Group, Permission};
use crate::accounts::second_factor::methods;
use crate::db::locale::Locale;
use crate::db::schema::{user_groups, user_permissions, users};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::Model;
use crate::resource::access::actor::{Action, Actor, SUPERUSER};
use crate::resource::declare::bulk_action::{LinkPlace, RecordLink};
use crate::resource::declare::declaration::DeleteAlternative;
use crate::resource::declare::inline::Inline;
use crate::resource::declare::widget::Widget;
use crate::resource::{Api, Row, Value, Values, field};

#[derive(Clone, Debug, Queryable)]
pub struct User {
    pub id: i64,
    pub username: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub phone: String,
    /// argon2id in PHC format; blank if the user has no password.
    pub password_hash: String,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_superuser: bool,
    pub date_joined: UtcDateTime,
    pub last_login: Option<UtcDateTime>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub email_confirmed_at: Option<UtcDateTime>,
    /// IANA name; blank for the clinic's.
    pub time_zone: String,
    pub locale: Locale,
    /// Incremented to end all sessions of the user.
    pub session_epoch: i64,
    /// Notifications of appointments are sent by email as well.
    pub notifies_by_email: bool,
}

crate::resource! {
    User in users;
    name "user" at "users", "User" / "Users";
    area "Accounts", icon "users";
    fields {
        username: field("Username").max(150).autocomplete("username").help("Letters, digits and . _ - + @")
            .unique_error("This username is taken"),
        email: field("Email").max(254).widget(Widget::Email).autocomplete("email").unique_error("An account with this email address already exists"),
        first_name: field("First name").max(150).autocomplete("given-name").optional(),
        last_name: field("Last name").max(150).autocomplete("family-name").optional(),
        phone: field("Phone").max(40).widget(Widget::Telephone).autocomplete("tel").optional(),
        is_active: field("Active").bulk_edit().help("Users who are not active cannot sign in"),
        is_staff: field("Administration").bulk_edit().read_only_unless(is_superuser, "Only a superuser can give access to the administration area")
            .help("Can use the administration area"),
        is_superuser: field("Superuser").read_only_unless(is_superuser, "Only a superuser can make another user a superuser").help("Full access"),
        date_joined: field("Joined").required_error("Enter the date the user joined"),
        time_zone: field("Time zone").max(64).bulk_edit().widget(Widget::TimeZone).optional().help("For example, Europe/Paris. Leave blank to use the clinic’s time zone"),
        locale: field("Date and number format").bulk_edit().filled_by_validate().help("How dates and numbers are shown"),
        notifies_by_email: field("Notifications by email as well").help("What others book, change and cancel, without the name of the patient"),
    }
    many {
        groups: field("Groups").only_for("group.view"), user_groups(user_id, group_id) to Group;
        permissions: field("Permissions").only_for("permission.view"), user_permissions(user_id, permission_id) to Permission;
    }
    automatic { last_login: field("Last sign-in"), email_confirmed_at: field("Email confirmed"), created_at: field("Added"), updated_at: field("Changed") }
    computed { full_name: field("Name") => |user: &User| Value::Text(user.full_name()) }
    list_display [username, full_name, email, is_active, is_staff, last_login];
    search_fields [username, email, first_name, last_name];
    natural_key [username];
    list_filter [is_active, is_staff, is_superuser, date_joined, last_login];
    ordering [username];
    fieldsets {
        "Person": [username, (first_name, last_name), (email, phone)],
        "Role": [groups, is_active, is_staff, is_superuser],
        "Individual permissions" ("In addition to those of the groups. Most users need none.") closed: [permissions],
        "Dates" closed: [date_joined, time_zone, locale],
        "Notifications" closed: [notifies_by_email],
    }
    label |user| user.signature();
    options {
        api: const { Some(Api::read_only(&[
            "username", "email", "first_name", "last_name", "phone", "is_active", "is_staff", "is_superuser", "groups", "date_joined",
            "last_login", "created_at", "updated_at",
        ])) },
        search_index: true,
        requires_reauthentication: true,
        actions: crate::accounts::user::actions::BULK_ACTIONS,
        inlines: const { &[Inline::of("session", "user_id"), Inline::of("identity", "user_id")] },
        default_grants: &[("Administrator", &Action::ALL)],
        delete_alternative: Some(DeleteAlternative { tell: instead, action: "deactivate" }),
        next_step: "Send an invitation or set a password, so that the user can sign in.",
        links: const { &[
            RecordLink::to("Send an invitation", "/users/{id}/invitation", "user.change").placed(invites),
            RecordLink::to("Set password", "/users/{id}/password", "user.change"),
            RecordLink::to("Turn off two-step verification", "/users/{id}/second-step", "user.change").placed(has_second_factor),
            RecordLink::to("Sign-ins and sessions", "/users/{id}/sessions", "user.change"),
            RecordLink::to("What they looked at", "/admin/users/{id}/access", "log_entry.view"),
            RecordLink::to("View as", "/users/{id}/view-as", SUPERUSER),
        ] },
    }
}

/// `Rosa Marin (reception)`, or the username alone.
pub fn signature(username: &str, name: &str) -> String {
    if name.is_empty() { username.into() } else { format!("{name} ({username})") }
}

impl User {
    /// First and last name; blank if neither is known.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_string()
    }

    /// `Rosa Marin (reception)`, or the username alone.
    pub fn signature(&self) -> String {
        signature(&self.username, &self.full_name())
    }

    /// The user's time zone and date format.
    pub fn zone(&self, clinic: &Zone) -> Zone {
        clinic.read_by(&self.time_zone, self.locale.as_str())
    }

    pub fn any_superuser(c: &mut Connection) -> QueryResult<bool> {
        let found = users::table.filter(users::is_superuser.eq(true)).filter(users::is_active.eq(true)).select(users::id).first::<i64>(c);
        Ok(found.optional()?.is_some())
    }

    /// Values that the password must not resemble.
    pub fn attributes(values: &Values) -> Vec<(&'static str, String)> {
        let named = [("username", "username"), ("first_name", "first name"), ("last_name", "last name"), ("email", "email address")];
        named.map(|(field, label)| (label, values.at(field).as_text().to_string())).to_vec()
    }
}

/// Whether the user has a password: invited users, and those who sign in with a provider, may have none.
pub fn has_password(c: &mut Connection, id: i64) -> QueryResult<bool> {
    users::table.filter(users::id.eq(id)).select(users::password_hash.ne("")).first(c)
}

fn is_superuser(actor: &Actor, _row: Option<&Row>) -> bool {
    actor.is_superuser
}

/// An account that cannot be deleted can be deactivated.
fn instead(row: &Row) -> &'static str {
    match row.values.at(User::FIELDS.is_active) == &Value::Bool(true) {
        true => "You can deactivate the account instead. The user can no longer sign in, and no records are deleted.",
        false => "The account is already deactivated, so the user cannot sign in.",
    }
}

/// A user without a password has to be invited first.
fn invites(c: &mut Connection, row: &Row) -> QueryResult<LinkPlace> {
    Ok(if has_password(c, row.id)? { LinkPlace::Menu } else { LinkPlace::Button })
}

fn has_second_factor(c: &mut Connection, row: &Row) -> QueryResult<LinkPlace> {
    Ok(if methods(c, row.id)?.is_empty() { LinkPlace::Nowhere } else { LinkPlace::Menu })
}
