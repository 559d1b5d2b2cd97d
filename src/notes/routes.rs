//! The routes of notes: writing, signing, reading, and the staff pages of templates and phrases.

use super::note::Note;
use super::phrase::Phrase;
use super::signed::{addition, own_page, page, release};
use super::template::NoteTemplate;
use super::{SIGN, draft, unsigned};
use crate::clinic::staff;
use crate::resource::Model;
use crate::resource::access::actor::Action;
use crate::web::routing::access::Access::{Permission, Records, SignedIn};
use crate::web::routing::route::{Route, get, post};
use crate::web::routing::title::Menu;

pub fn routes() -> Vec<Route> {
    let (write, read) = (Permission(SIGN.0), Records(Note::NAME, Action::View));
    let mut routes = vec![
        post("/patients/{id}/notes", write, draft::start::for_patient),
        post("/appointments/{id}/notes", write, draft::start::for_appointment),
        get(unsigned::PATH, write, unsigned::show).titled("Notes to sign", "pencil").also("drafts unsigned").listed(Menu::Main),
        get("/notes/drafts/{id}", write, draft::page::show),
        post("/notes/drafts/{id}", write, draft::save::update),
        post("/notes/drafts/{id}/autosave", write, draft::autosave::create),
        post("/notes/drafts/{id}/sign", write, draft::sign::create),
        get("/notes/drafts/{id}/delete", write, draft::discard::confirm),
        post("/notes/drafts/{id}/delete", write, draft::discard::destroy),
        get("/notes/{id}", read, page::show),
        post("/notes/{id}/addenda", write, addition::create),
        post("/notes/{id}/co-signature", write, addition::cosign),
        post("/notes/{id}/release", write, release::create),
        post("/notes/{id}/release/delete", write, release::destroy),
        get("/my/notes/{id}", SignedIn, own_page::show),
    ];
    routes.extend(staff::routes::<Note>().into_iter().filter(|route| route.path == "/notes"));
    routes.extend(staff::routes::<NoteTemplate>().into_iter().map(|route| match &*route.path {
        "/note-templates" => route.titled("Note templates", "list"),
        _ => route,
    }));
    routes.extend(staff::routes::<Phrase>().into_iter().map(|route| match &*route.path {
        "/phrases" => route.titled("Phrases", "message").also("notes dot text blocks"),
        _ => route,
    }));
    routes
}
