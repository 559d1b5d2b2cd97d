//! The whole URL map. Each line names who may pass; `Public` is the exception.

use crate::accounts::{
    api_token_form, api_token_page, invitation, invitation_page, password_page, registration, sessions_page, setup, sign_in, sign_out,
    view_as,
};
use crate::admin;
use crate::clinic::records::{self, DOCTORS, PATIENTS};
use crate::clinic::{assignment, home};
use crate::mail::queued::RESEND;
use crate::mail::viewer;
use crate::resource::actor::Action;
use crate::resource::history::SYSTEM;
use crate::web::access::Access::{Administration, Permission, Public, Resource, SignedIn, Staff, Superuser};
use crate::web::access::{Door, file, get, post};
use crate::web::sessions::presence::STAY;
use crate::web::sessions::stay;
use crate::web::{drafts, palette, search, view_page};

pub fn doors() -> Vec<Door> {
    vec![
        // Accounts
        get("/login", Public, sign_in::new),
        post("/login", Public, sign_in::create),
        post("/logout", Public, sign_out::create),
        get("/register", Public, registration::new),
        post("/register", Public, registration::create),
        get("/setup/{token}", Public, setup::new),
        post("/setup/{token}", Public, setup::create),
        get("/invitation/{token}", Public, invitation_page::edit),
        post("/invitation/{token}", Public, invitation_page::update),
        get("/users/{id}/invitation", Permission("user.change"), invitation::new),
        post("/users/{id}/invitation", Permission("user.change"), invitation::create),
        get("/users/{id}/password", Permission("user.change"), password_page::edit),
        post("/users/{id}/password", Permission("user.change"), password_page::update),
        get("/users/{id}/sessions", Permission("user.change"), sessions_page::show),
        post("/users/{id}/sessions", Permission("user.change"), sessions_page::end_theirs),
        post("/users/{id}/unlock", Permission("user.change"), sessions_page::unlock_account),
        get("/sessions", SignedIn, sessions_page::mine),
        post("/sessions", SignedIn, sessions_page::end_mine),
        get("/sessions/left", SignedIn, stay::show),
        post(STAY, SignedIn, stay::create),
        get("/tokens", SignedIn, api_token_page::index),
        get("/tokens/new", SignedIn, api_token_form::new),
        post("/tokens/new", SignedIn, api_token_form::create),
        get("/tokens/{id}/delete", SignedIn, api_token_page::confirm),
        post("/tokens/{id}/delete", SignedIn, api_token_page::destroy),
        post("/tokens/programs/{id}/delete", SignedIn, api_token_page::sign_out),
        get("/users/{id}/view-as", Superuser, view_as::new),
        post("/users/{id}/view-as", Superuser, view_as::create),
        post("/view-as/stop", SignedIn, view_as::destroy),
        // Clinic
        get("/", SignedIn, home::show),
        get("/search", SignedIn, search::show),
        get("/palette", SignedIn, palette::show),
        get("/patients", Permission("patient.view"), |v, u| records::index(&PATIENTS, v, u)),
        get("/patients/new", Permission("patient.add"), |v, u| records::new(&PATIENTS, v, u)),
        post("/patients/new", Permission("patient.add"), |v, u, f| records::create(&PATIENTS, v, u, f)),
        get("/patients/trash", Permission("patient.delete"), |v, u| records::trash(&PATIENTS, v, u)),
        post("/patients/trash/{id}/restore", Permission("patient.delete"), |v, u, p| records::restore(&PATIENTS, v, u, p)),
        get("/patients/{id}", Permission("patient.view"), |v, u, p| records::show(&PATIENTS, v, u, p)),
        get("/patients/{id}/edit", Permission("patient.change"), |v, u, p| records::edit(&PATIENTS, v, u, p)),
        post("/patients/{id}/edit", Permission("patient.change"), |v, u, p, f| records::update(&PATIENTS, v, u, p, f)),
        get("/patients/{id}/delete", Permission("patient.delete"), |v, u, p| records::confirm(&PATIENTS, v, u, p)),
        post("/patients/{id}/delete", Permission("patient.delete"), |v, u, p| records::destroy(&PATIENTS, v, u, p)),
        get("/patients/{id}/doctors/new", Permission("mapping.add"), assignment::new),
        post("/patients/{id}/doctors/new", Permission("mapping.add"), assignment::create),
        post("/patients/{id}/doctors/{mapping}/delete", Permission("mapping.delete"), assignment::destroy),
        post("/patients/{id}/doctors/{mapping}/restore", Permission("mapping.delete"), assignment::restore),
        get("/doctors", Permission("doctor.view"), |v, u| records::index(&DOCTORS, v, u)),
        get("/doctors/new", Permission("doctor.add"), |v, u| records::new(&DOCTORS, v, u)),
        post("/doctors/new", Permission("doctor.add"), |v, u, f| records::create(&DOCTORS, v, u, f)),
        get("/doctors/trash", Permission("doctor.delete"), |v, u| records::trash(&DOCTORS, v, u)),
        post("/doctors/trash/{id}/restore", Permission("doctor.delete"), |v, u, p| records::restore(&DOCTORS, v, u, p)),
        get("/doctors/{id}", Permission("doctor.view"), |v, u, p| records::show(&DOCTORS, v, u, p)),
        get("/doctors/{id}/edit", Permission("doctor.change"), |v, u, p| records::edit(&DOCTORS, v, u, p)),
        post("/doctors/{id}/edit", Permission("doctor.change"), |v, u, p, f| records::update(&DOCTORS, v, u, p, f)),
        get("/doctors/{id}/delete", Permission("doctor.delete"), |v, u, p| records::confirm(&DOCTORS, v, u, p)),
        post("/doctors/{id}/delete", Permission("doctor.delete"), |v, u, p| records::destroy(&DOCTORS, v, u, p)),
        get("/drafts/{token}", SignedIn, drafts::show),
        get("/options/{resource}", SignedIn, search::options),
        // Who may see the list may keep views of it
        get("/lists/{resource}/views/new", SignedIn, view_page::new),
        post("/lists/{resource}/views/new", SignedIn, view_page::create),
        get("/lists/{resource}/views/{id}", SignedIn, view_page::edit),
        post("/lists/{resource}/views/{id}", SignedIn, view_page::update),
        post("/lists/{resource}/views/{id}/delete", SignedIn, view_page::destroy),
        // Mail, for whoever develops
        get("/dev/mail", Public, viewer::index),
        get("/dev/mail/{id}", Public, viewer::show),
        get("/dev/mail/{id}/html", Public, viewer::html_part),
        // Administration, the same pages for every resource
        get("/admin", Staff, admin::index::show),
        get("/admin/system", Administration(SYSTEM), admin::system::show),
        get("/admin/{resource}", Resource(Action::View), admin::list::index),
        get("/admin/{resource}/add", Resource(Action::Add), admin::form::new),
        post("/admin/{resource}/add", Resource(Action::Add), admin::form::create),
        get("/admin/{resource}/export", Resource(Action::View), admin::export::new),
        post("/admin/{resource}/export", Resource(Action::View), admin::export::create),
        get("/admin/{resource}/import", Resource(Action::Add), admin::import::new),
        file("/admin/{resource}/import", Resource(Action::Add), admin::import::create),
        get("/admin/{resource}/import/{id}", Resource(Action::Add), admin::import::show),
        get("/admin/{resource}/import/{id}/errors", Resource(Action::Add), admin::import::errors),
        post("/admin/{resource}/import/{id}/columns", Resource(Action::Add), admin::import::map),
        post("/admin/{resource}/import/{id}/back", Resource(Action::Add), admin::import::unmap),
        post("/admin/{resource}/import/{id}/confirm", Resource(Action::Add), admin::import::confirm),
        post("/admin/{resource}/import/{id}/discard", Resource(Action::Add), admin::import::discard),
        post("/admin/{resource}/actions", Resource(Action::View), admin::actions::create),
        get("/admin/{resource}/trash", Resource(Action::Delete), admin::trash::index),
        post("/admin/{resource}/trash/{id}/restore", Resource(Action::Delete), admin::trash::restore),
        get("/admin/{resource}/trash/{id}/purge", Resource(Action::Delete), admin::trash::confirm),
        post("/admin/{resource}/trash/{id}/purge", Resource(Action::Delete), admin::trash::purge),
        get("/admin/mails/{id}/resend", Permission(RESEND), admin::resend::new),
        post("/admin/mails/{id}/resend", Permission(RESEND), admin::resend::create),
        get("/admin/{resource}/{id}", Resource(Action::View), admin::form::edit),
        post("/admin/{resource}/{id}", Resource(Action::Change), admin::form::update),
        get("/admin/{resource}/{id}/delete", Resource(Action::Delete), admin::delete::confirm),
        post("/admin/{resource}/{id}/delete", Resource(Action::Delete), admin::delete::destroy),
        get("/admin/{resource}/{id}/history", Resource(Action::View), admin::history::index),
        get("/admin/{resource}/{id}/versions/{version}", Resource(Action::View), admin::versions::show),
        post("/admin/{resource}/{id}/versions/{version}", Resource(Action::Change), admin::versions::revert),
    ]
}
