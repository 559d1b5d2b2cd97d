//! The whole URL map. Each line says who may pass; `Public` is the exception.

use actix_web::http::Method;

use crate::accounts::identity::model::UNLINK;
use crate::accounts::invitation::with_record::{DOCTOR, PATIENT};
use crate::accounts::password::{self, forgot, reset};
use crate::accounts::profile::{self, activity, export};
use crate::accounts::registration::admin_page::INVITE;
use crate::accounts::registration::{self, activation_page};
use crate::accounts::second_factor::{self, authenticator_page, passkey_page, recovery_page};
use crate::accounts::session::{self, view_as};
use crate::accounts::sign_in::{self, passkey, sign_out};
use crate::accounts::user::directory;
use crate::accounts::{api_token, identity, invitation};
use crate::api::docs;
use crate::clinic::doctor::Doctor;
use crate::clinic::patient::Patient;
use crate::clinic::{details, home, own_contact, staff, who_looked};
use crate::mail::queued::RESEND;
use crate::mail::viewer;
use crate::resource::access::actor::Action;
use crate::resource::log::entry::SYSTEM;
use crate::scheduling::{booking_rules, feed, notification, reports};
use crate::web::list::saved_view_page;
use crate::web::paths::{ACTIVATION, STAY, TODAY};
use crate::web::record::drafts;
use crate::web::routing::access::Access::{Administration, Description, Permission, Public, Resource, SignedIn, Staff, Superuser};
use crate::web::routing::moved::Moved;
use crate::web::routing::route::{Route, file, get, post, record};
use crate::web::routing::title::Menu;
use crate::web::search::{self, palette};
use crate::web::sessions::stay;
use crate::{admin, notes, scheduling};

/// Fresh are the routes to what an account is entered by, to what it may do, to other people's accounts and to whole lists that
/// leave the house. Not fresh: `/password` and `/profile/deactivate` ask for the password in the form that does
/// it; `/password/first` and `/profile/email/code` ask for a code from a mail; `/setup`, `/invitation` and `/reset-password` for
/// the secret that was sent; and what only takes something away from oneself, a session or a token, is open to who is in a
/// hurry. What is sent to users and groups is fresh by their declaration (`requires_reauthentication`), whichever the page.
///
/// Records have one grammar of addresses on the staff pages and in the administration: `{list}`, `{list}/new`, `{list}/{id}`,
/// `{list}/{id}/edit`, `{list}/{id}/delete`, `{list}/trash`. In the administration the page of a record is its form, as in
/// Django, so `{id}` and `{id}/edit` open the same page: the first for everybody who may view the record, read-only records
/// among them, the second for those who may change it.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        // Signing in
        get("/login", Public, sign_in::password::new),
        post("/login", Public, sign_in::password::create),
        get("/login/passkey", Public, passkey::question),
        post("/login/passkey", Public, passkey::sign_in),
        get("/login/second-factor", Public, sign_in::second_step::new),
        post("/login/second-factor", Public, sign_in::second_step::create),
        get("/login/second-factor/passkey", Public, sign_in::second_step::question),
        post("/logout", Public, sign_out::create),
        post("/login/oidc/{provider}", Public, identity::sign_in::create),
        get("/login/oidc/{provider}/callback", Public, identity::callback::show),
        post("/login/oidc/{provider}/account", Public, identity::new_account::create),
        // One's own account, in the order of the palette
        get("/profile", SignedIn, profile::page::show).titled("Profile", "user"),
        get("/profile/edit", SignedIn, profile::edit::edit),
        post("/profile/edit", SignedIn, profile::edit::update),
        get("/profile/activity", SignedIn, activity::show).titled("Your activity", "history"),
        get("/profile/email", SignedIn, profile::email::edit).reauthenticated(),
        post("/profile/email", SignedIn, profile::email::update).reauthenticated(),
        get("/profile/email/code", SignedIn, profile::email::confirm),
        post("/profile/email/code", SignedIn, profile::email::create),
        get("/profile/data", SignedIn, export::page::new),
        post("/profile/data", SignedIn, export::page::create).reauthenticated(),
        get("/profile/deactivate", SignedIn, profile::deactivate::new),
        post("/profile/deactivate", SignedIn, profile::deactivate::create),
        get("/password", SignedIn, password::change::edit).titled("Change your password", "key").also("reset"),
        post("/password", SignedIn, password::change::update),
        post("/password/code", SignedIn, password::first::create),
        get("/password/first", SignedIn, password::first::edit),
        post("/password/first", SignedIn, password::first::update),
        post("/password/check", Public, password::strength::create),
        get("/sessions", SignedIn, session::page::mine).titled("Active sessions", "lock"),
        post("/sessions", SignedIn, session::page::end_mine),
        get("/sessions/left", SignedIn, stay::show),
        post(STAY, SignedIn, stay::create),
        get("/security", SignedIn, second_factor::page::show)
            .titled("Sign-in and security", "key")
            .also("passkey two-factor 2fa second step code app"),
        post("/security/app", SignedIn, authenticator_page::begin).reauthenticated(),
        get("/security/app", SignedIn, authenticator_page::new).reauthenticated(),
        post("/security/app/confirm", SignedIn, authenticator_page::create).reauthenticated(),
        post("/security/app/remove", SignedIn, second_factor::page::remove_app).reauthenticated(),
        get("/security/passkeys/new", SignedIn, passkey_page::new),
        post("/security/passkeys", SignedIn, passkey_page::create).reauthenticated(),
        post("/security/passkeys/{id}/remove", SignedIn, second_factor::page::remove_key).reauthenticated(),
        post("/security/recovery", SignedIn, recovery_page::create).reauthenticated(),
        get("/identities", SignedIn, identity::page::index).titled("Linked accounts", "key"),
        post("/identities/link/{provider}", SignedIn, identity::page::create).reauthenticated(),
        post("/identities/{id}/unlink", SignedIn, identity::page::destroy).reauthenticated(),
        get("/tokens", SignedIn, api_token::page::index).titled("Access tokens", "key"),
        get("/tokens/new", SignedIn, api_token::new_page::new),
        post("/tokens/new", SignedIn, api_token::new_page::create).reauthenticated(),
        get("/tokens/{id}/delete", SignedIn, api_token::page::confirm),
        post("/tokens/{id}/delete", SignedIn, api_token::page::destroy),
        post("/tokens/programs/{id}/delete", SignedIn, api_token::page::sign_out),
        get("/notifications", SignedIn, notification::page::index).titled("Notifications", "bell"),
        get("/calendar-feeds", SignedIn, feed::page::index).titled("Calendar feeds", "calendar").also("ics subscribe outlook google apple"),
        get("/calendar-feeds/new", SignedIn, feed::new_page::new),
        post("/calendar-feeds/new", SignedIn, feed::new_page::create).reauthenticated(),
        get("/calendar-feeds/{id}/delete", SignedIn, feed::page::confirm),
        post("/calendar-feeds/{id}/delete", SignedIn, feed::page::destroy),
        get("/cookies", Public, profile::cookies::show)
            .titled("Preferences and cookies", "sun")
            .also("dark light theme mode appearance density"),
        post("/cookies", Public, profile::cookies::update),
        post("/cookies/forget", Public, profile::cookies::forget),
        get("/help", SignedIn, profile::help::show).titled("Help", "info").also("keyboard shortcuts support contact administrator undo"),
        get("/confirm", SignedIn, sign_in::reauthentication::new),
        post("/confirm", SignedIn, sign_in::reauthentication::create),
        get("/confirm/passkey", SignedIn, sign_in::reauthentication::question),
        // Before there is an account or a password
        get("/forgot-password", Public, forgot::new),
        post("/forgot-password", Public, forgot::create),
        get("/reset-password", Public, reset::edit),
        post("/reset-password", Public, reset::update),
        get("/register", Public, registration::pages::new),
        post("/register", Public, registration::pages::create),
        get("/register/sent", Public, registration::pages::sent),
        get("/register/{token}", Public, registration::pages::new_by_link),
        post("/register/{token}", Public, registration::pages::create_by_link),
        get(ACTIVATION, SignedIn, activation_page::edit),
        post(ACTIVATION, SignedIn, activation_page::update),
        post("/activation/resend", SignedIn, activation_page::resend),
        get("/setup/{token}", Public, sign_in::first_admin::new),
        post("/setup/{token}", Public, sign_in::first_admin::create),
        get("/invitation/{token}", Public, invitation::accept_page::edit),
        post("/invitation/{token}", Public, invitation::accept_page::update),
        // Calendars, for programs that have a secret address
        get("/feeds/{token}", Public, feed::file::show),
        // Users
        get("/users", Permission("user.view"), directory::index).titled("People", "users").listed(Menu::Main),
        get("/users/{id}", Permission("user.view"), directory::show),
        get("/users/{id}/invitation", Permission("user.change"), invitation::admin_page::new),
        post("/users/{id}/invitation", Permission("user.change"), invitation::admin_page::create).reauthenticated(),
        get("/users/{id}/password", Permission("user.change"), password::set_by_admin::edit).reauthenticated(),
        post("/users/{id}/password", Permission("user.change"), password::set_by_admin::update).reauthenticated(),
        get("/users/{id}/second-step", Permission("user.change"), second_factor::remove_by_admin::new),
        post("/users/{id}/second-step", Permission("user.change"), second_factor::remove_by_admin::create).reauthenticated(),
        get("/users/{id}/sessions", Permission("user.change"), session::page::show),
        post("/users/{id}/sessions", Permission("user.change"), session::page::end_theirs).reauthenticated(),
        post("/users/{id}/unlock", Permission("user.change"), session::page::unlock_account).reauthenticated(),
        get("/users/{id}/view-as", Superuser, view_as::new),
        post("/users/{id}/view-as", Superuser, view_as::create).reauthenticated(),
        post("/view-as/stop", SignedIn, view_as::destroy),
        // Clinic
        get("/", SignedIn, home::start),
        get(TODAY, SignedIn, home::show).titled("Today", "home").listed(Menu::Home),
        post("/today/set-up", Superuser, details::checklist::hide),
        get("/my-contact", SignedIn, own_contact::edit),
        post("/my-contact", SignedIn, own_contact::update),
        get(who_looked::own_page::PATH, SignedIn, who_looked::own_page::show),
        get("/search", SignedIn, search::page::show),
        get("/palette", SignedIn, palette::show),
        get("/patients/new/account", Permission("patient.add"), |v, u| invitation::with_record::new(&PATIENT, v, u)),
        post("/patients/new/account", Permission("patient.add"), |v, u, f| invitation::with_record::create(&PATIENT, v, u, f))
            .reauthenticated(),
        get("/doctors/new/account", Permission("doctor.add"), |v, u| invitation::with_record::new(&DOCTOR, v, u)),
        post("/doctors/new/account", Permission("doctor.add"), |v, u, f| invitation::with_record::create(&DOCTOR, v, u, f))
            .reauthenticated(),
        get("/drafts/{token}", SignedIn, drafts::show),
        get("/options/{resource}", SignedIn, search::page::options),
        // Users who may see the list may save views of it
        get("/lists/{resource}/views/new", SignedIn, saved_view_page::new),
        post("/lists/{resource}/views/new", SignedIn, saved_view_page::create),
        get("/lists/{resource}/views/{id}/edit", SignedIn, saved_view_page::edit),
        post("/lists/{resource}/views/{id}/edit", SignedIn, saved_view_page::update),
        post("/lists/{resource}/views/{id}/delete", SignedIn, saved_view_page::destroy),
        get(reports::page::PATH, Permission(reports::PERMISSION.0), reports::page::show)
            .titled("Appointment report", "calendar")
            .also("statistics figures utilisation did not come waiting time")
            .listed(Menu::Main),
        post("/reports/appointments/file", Permission(reports::PERMISSION.0), reports::page::create),
        // The pages about the API
        get("/api/docs", Description, docs::show),
        get("/api/docs/", Description, docs::show).titled("API documentation", "link-out").also("help developer"),
        get("/api/docs/{group}/", Description, docs::group),
        get("/api/docs/openapi.json", Description, docs::json),
        get("/api/docs/openapi.yaml", Description, docs::yaml),
        // Mail, for developers
        get("/dev/mail", Public, viewer::index),
        get("/dev/mail/{id}", Public, viewer::show),
        get("/dev/mail/{id}/html", Public, viewer::html_part),
        // Administration, the same pages for every resource
        get("/admin", Staff, admin::index::show).titled("Administration", "shield").listed(Menu::Setup),
        get("/admin/system", Administration(SYSTEM), admin::system::show)
            .titled("System status", "info")
            .also("health backup help")
            .listed(Menu::Area("System")),
        get("/admin/invitations", Administration(INVITE), registration::admin_page::show)
            .titled("Invitations", "message")
            .also("invite new user colleague")
            .listed(Menu::Area("Accounts")),
        post("/admin/invitations", Administration(INVITE), registration::admin_page::create).reauthenticated(),
        post("/admin/invitations/{id}/again", Administration(INVITE), registration::admin_page::send_again).reauthenticated(),
        post("/admin/invitations/{id}/withdraw", Administration(INVITE), registration::admin_page::withdraw),
        get("/admin/clinic", Superuser, details::page::edit).titled("Name and logo", "home").listed(Menu::Area("Clinic")).reauthenticated(),
        file("/admin/clinic", Superuser, details::page::update).reauthenticated(),
        get("/clinic/logo/{hash}", Public, details::logo::show),
        get("/admin/registration", Superuser, registration::policy_page::edit)
            .titled("Registration", "people")
            .listed(Menu::Area("Accounts")),
        post("/admin/registration", Superuser, registration::policy_page::update).reauthenticated(),
        get(booking_rules::page::PATH, Administration(booking_rules::model::PERMISSION.0), booking_rules::page::edit)
            .titled("Booking rules", "calendar")
            .also("patients online requests waiting list")
            .listed(Menu::Area("Scheduling")),
        post(booking_rules::page::PATH, Administration(booking_rules::model::PERMISSION.0), booking_rules::page::update),
        get("/admin/users/{id}/access", Administration(who_looked::PERMISSION), who_looked::user_page::show),
        get("/admin/{resource}", Resource(Action::View), admin::list::index),
        get("/admin/{resource}/new", Resource(Action::Add), admin::form::new),
        record("/admin/{resource}/new", Resource(Action::Add), admin::form::create),
        get("/admin/{resource}/export", Resource(Action::View), admin::export::page::new),
        post("/admin/{resource}/export", Resource(Action::View), admin::export::page::create).reauthenticated(),
        get("/admin/{resource}/import", Resource(Action::Add), admin::import::steps::new),
        file("/admin/{resource}/import", Resource(Action::Add), admin::import::steps::create),
        get("/admin/{resource}/import/{id}", Resource(Action::Add), admin::import::steps::show),
        get("/admin/{resource}/import/{id}/errors", Resource(Action::Add), admin::import::steps::errors),
        post("/admin/{resource}/import/{id}/columns", Resource(Action::Add), admin::import::steps::map),
        post("/admin/{resource}/import/{id}/back", Resource(Action::Add), admin::import::steps::unmap),
        post("/admin/{resource}/import/{id}/confirm", Resource(Action::Add), admin::import::steps::confirm),
        post("/admin/{resource}/import/{id}/discard", Resource(Action::Add), admin::import::steps::discard),
        post("/admin/{resource}/actions", Resource(Action::View), admin::bulk::page::create),
        get("/admin/{resource}/trash", Resource(Action::Delete), admin::trash::index),
        post("/admin/{resource}/trash/{id}/restore", Resource(Action::Delete), admin::trash::restore),
        get("/admin/{resource}/trash/{id}/purge", Resource(Action::Delete), admin::trash::confirm),
        post("/admin/{resource}/trash/{id}/purge", Resource(Action::Delete), admin::trash::purge),
        get("/admin/mails/{id}/resend", Permission(RESEND), admin::resend::new),
        post("/admin/mails/{id}/resend", Permission(RESEND), admin::resend::create),
        get("/admin/identities/{id}/unlink", Administration(UNLINK), identity::unlink_by_admin::new),
        post("/admin/identities/{id}/unlink", Administration(UNLINK), identity::unlink_by_admin::create).reauthenticated(),
        get("/admin/{resource}/{id}", Resource(Action::View), admin::form::edit),
        get("/admin/{resource}/{id}/edit", Resource(Action::Change), admin::form::edit),
        record("/admin/{resource}/{id}/edit", Resource(Action::Change), admin::form::update),
        post("/admin/{resource}/{id}/undo/{version}", Resource(Action::Change), admin::form::undo),
        get("/admin/{resource}/{id}/delete", Resource(Action::Delete), admin::delete::confirm),
        post("/admin/{resource}/{id}/delete", Resource(Action::Delete), admin::delete::destroy),
        get("/admin/{resource}/{id}/files/{field}", Resource(Action::View), admin::form::file),
        get("/admin/{resource}/{id}/history", Resource(Action::View), admin::history::index),
        get("/admin/{resource}/{id}/versions/{version}", Resource(Action::View), admin::versions::show),
        post("/admin/{resource}/{id}/versions/{version}", Resource(Action::Change), admin::versions::revert),
    ];
    // The staff pages of a model: one line here.
    routes.extend(staff::routes::<Patient>());
    routes.extend(staff::routes::<Doctor>());
    routes.extend(scheduling::routes::routes());
    routes.extend(notes::routes::routes());
    routes
}

/// Old addresses that redirect to the new ones.
pub const MOVED: [Moved; 5] = [
    (Method::GET, "/admin/{resource}/add", "/admin/{resource}/new"),
    (Method::POST, "/admin/{resource}/add", "/admin/{resource}/new"),
    (Method::POST, "/admin/{resource}/{id:[0-9]+}", "/admin/{resource}/{id}/edit"),
    (Method::GET, "/lists/{resource}/views/{id:[0-9]+}", "/lists/{resource}/views/{id}/edit"),
    (Method::POST, "/lists/{resource}/views/{id:[0-9]+}", "/lists/{resource}/views/{id}/edit"),
];
