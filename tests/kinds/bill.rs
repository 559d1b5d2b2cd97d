//! Bills and their charges: a model that refers to patients, one that refers to the first, and every kind of quantity.

use diesel::prelude::*;
use praxis::clinic::patient::Patient;
use praxis::db::{Connection, UtcDateTime};
use praxis::resource::access::actor::{Action, Actor};
use praxis::resource::declare::hooks::Hooks;
use praxis::resource::declare::inline::Inline;
use praxis::resource::declare::reference::OnDelete;
use praxis::resource::value::{Decimal, Minutes, Money, TimeOfDay};
use praxis::resource::{Api, Model, Row, Value, Values, field};

diesel::table! {
    bills (id) {
        id -> BigInt,
        patient_id -> BigInt,
        note -> Text,
        total -> BigInt,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    charges (id) {
        id -> BigInt,
        bill_id -> BigInt,
        price -> BigInt,
        factor -> BigInt,
        at -> BigInt,
        takes -> Nullable<BigInt>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Bill {
    pub id: i64,
    pub patient_id: i64,
    pub note: String,
    pub total: Money,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
}

// The clauses are in an unusual order, to show that any order works.
praxis::resource! {
    Bill in bills;
    label |bill| format!("Bill {}", bill.id);
    options {
        has_totals: true,
        inlines: const { &[Inline::of("charge", "bill_id").max(20)] },
        api: const { Some(Api::of(&["patient_id", "note", "total"]).read_only_fields(&["total"])) },
        default_grants: &[("Staff", &Action::ALL)],
    }
    scope through patient_id;
    ordering [-created_at];
    list_filter [patient_id, total, created_at];
    list_display [note, patient_id, total, created_at];
    search_fields [note];
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    fields {
        patient_id: field("Patient").references::<Patient>(OnDelete::Protect),
        note: field("Note").long_text(),
        total: field("Total").read_only(),
    }
    area "Clinic", icon "list";
    name "bill" at "bills", "Bill" / "Bills";
}

impl Hooks for Bill {
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        [(Bill::FIELDS.total, Value::Integer(0))].into_iter().collect()
    }

    fn after_rows(c: &mut Connection, row: &Row) -> QueryResult<Values> {
        let prices: Vec<i64> = charges::table.filter(charges::bill_id.eq(row.id)).select(charges::price).load(c)?;
        Ok([(Bill::FIELDS.total, Value::Integer(prices.iter().sum()))].into_iter().collect())
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Charge {
    pub id: i64,
    pub bill_id: i64,
    pub price: Money,
    pub factor: Decimal<3>,
    pub at: TimeOfDay,
    pub takes: Option<Minutes>,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
}

praxis::resource! {
    Charge in charges;
    name "charge" at "charges", "Charge" / "Charges";
    area "Clinic", icon "list";
    fields {
        bill_id: field("Bill").references::<Bill>(OnDelete::Cascade),
        price: field("Price").range(0, 1_000_000),
        factor: field("Factor"),
        at: field("Starts at"),
        takes: field("Duration"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    list_display [price, factor, at, takes, bill_id];
    list_filter [bill_id, price, factor, at, takes];
    ordering [price];
    label |charge| format!("Charge {}", charge.id);
    scope through bill_id;
    options {
        api: const { Some(Api::of(&["bill_id", "price", "factor", "at", "takes"])) },
        default_grants: &[("Staff", &Action::ALL)],
    }
}

impl Hooks for Charge {}
