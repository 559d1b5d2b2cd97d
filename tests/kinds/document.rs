//! Documents of patients with a scan, and their pages, each with an image.

use diesel::prelude::*;
use praxis::clinic::patient::Patient;
use praxis::db::{Connection, UtcDateTime};
use praxis::resource::access::actor::Action;
use praxis::resource::declare::hooks::Hooks;
use praxis::resource::declare::inline::Inline;
use praxis::resource::declare::reference::OnDelete;
use praxis::resource::file::{FileId, MIB};
use praxis::resource::write::event::{Event, EventKind};
use praxis::resource::write::message::Message;
use praxis::resource::{Api, field};

diesel::table! {
    documents (id) {
        id -> BigInt,
        patient_id -> BigInt,
        title -> Text,
        note -> Text,
        scan -> Nullable<BigInt>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    pages (id) {
        id -> BigInt,
        document_id -> BigInt,
        number -> Integer,
        image -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Document {
    pub id: i64,
    pub patient_id: i64,
    pub title: String,
    pub note: String,
    pub scan: Option<FileId>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

praxis::resource! {
    Document in documents;
    name "document" at "documents", "Document" / "Documents";
    area "Clinic", icon "list";
    fields {
        patient_id: field("Patient").references::<Patient>(OnDelete::Protect),
        title: field("Title").max(60),
        note: field("Note").long_text().optional(),
        scan: field("Scan").accepts(&["application/pdf", "image/jpeg", "image/png"]).max_bytes(MIB),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [title, patient_id, scan];
    list_filter [patient_id, scan];
    search_fields [title: 4, note];
    ordering [title];
    label |document| document.title.clone();
    scope through patient_id;
    options {
        publishes: true,
        inlines: const { &[Inline::of("page", "document_id")] },
        api: const { Some(Api::of(&["patient_id", "title", "note", "scan"])) },
        default_grants: &[("Staff", &Action::ALL)],
    }
}

impl Hooks for Document {
    fn notify(_: &mut Connection, event: &Event) -> QueryResult<Vec<Message>> {
        if event.kind != EventKind::Added {
            return Ok(Vec::new());
        }
        Ok(vec![Message {
            kind: "document added",
            recipient: "records@example.org".into(),
            subject: "A document was added".into(),
            paragraphs: vec![format!("{} added a document.", event.actor.username)],
            path: format!("/admin/documents/{}", event.id()),
            ..Message::default()
        }])
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Page {
    pub id: i64,
    pub document_id: i64,
    pub number: i32,
    pub image: FileId,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
}

praxis::resource! {
    Page in pages;
    name "page" at "pages", "Page" / "Pages";
    area "Clinic", icon "list";
    fields {
        document_id: field("Document").references::<Document>(OnDelete::Cascade),
        number: field("Number").range(1, 999),
        image: field("Image").accepts(&["image/png"]).max_bytes(MIB / 2),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    list_display [number, image];
    list_filter [document_id];
    ordering [number];
    label |page| format!("Page {}", page.number);
    scope through document_id;
    options {
        api: const { Some(Api::of(&["document_id", "number", "image"])) },
        default_grants: &[("Staff", &Action::ALL)],
    }
}

impl Hooks for Page {}
