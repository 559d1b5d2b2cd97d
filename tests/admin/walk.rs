//! Every resource on every page of the administration, for every kind of user. A new resource is included without a new test.

use praxis::resource::access::actor::{Action, codename};
use praxis::resource::checks::check;
use praxis::resource::{Kind, Resource};

use crate::support::sample::Typed;
use crate::support::{Browser, Clinic};
use crate::{facts, stories};

facts![all_declarations_are_valid, an_invalid_declaration_is_reported];
stories![
    a_superuser_walks_every_resource,
    a_visitor_reaches_no_resource,
    each_permission_opens_exactly_its_pages,
    every_list_supports_each_declared_order_filter_and_search,
];

fn all_declarations_are_valid() {
    assert_eq!(check(&praxis::product::registry()), Vec::<String>::new());
}

fn an_invalid_declaration_is_reported() {
    // Assignments refer to patients and doctors, which are not registered here.
    let alone = praxis::resource::Registry::default()
        .with::<praxis::clinic::assignment::Assignment>()
        .with::<praxis::clinic::assignment::Assignment>();
    let wrong = check(&alone).join("\n");
    assert!(wrong.contains("patient_id refers to patient, which is not registered"), "{wrong}");
    assert!(wrong.contains("another resource has the same name"), "{wrong}");
    let doctors = praxis::resource::Registry::default().with::<praxis::clinic::doctor::Doctor>();
    let wrong = check(&doctors).join("\n");
    assert!(wrong.contains("an inline names mapping.doctor_id"), "{wrong}");
}

/// Every resource with one record of it.
async fn furnish(clinic: &Clinic) -> Vec<(&'static str, i64)> {
    let mut furniture = Vec::new();
    for resource in clinic.app.registry.iter() {
        let own = resource.declaration();
        let (name, slug) = (own.name, own.slug);
        furniture.push((slug, clinic.sample_record(name).await));
    }
    furniture
}

fn borrowed(fields: &Typed) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn a_superuser_walks_every_resource(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let furniture = furnish(&clinic).await;
    let index = ada.open("/admin").await;
    for (slug, id) in furniture {
        let resource = clinic.app.registry.at(slug).expect("a resource").declaration();
        index.see(resource.plural);
        let path = format!("/admin/{slug}");
        // The log has more entries than a page.
        let first = if slug == "log" { format!("{path}?sort=at") } else { path.clone() };
        let page = ada.open(&first).await;
        assert_eq!(
            page.attributes("td.main-cell a", "href").iter().filter(|href| href.split('?').next() == Some(&format!("{path}/{id}"))).count(),
            1,
            "{slug} {id} is not in its list"
        );
        if resource.read_only {
            ada.open(&format!("{path}/{id}")).await.see("You have read-only access").miss("Save and continue");
            for way in ["/new".to_string(), format!("/{id}/delete")] {
                ada.get(&format!("{path}{way}")).await.is(403);
                ada.post(&format!("{path}{way}"), &[]).await.is(403);
            }
            ada.post(&format!("{path}/{id}/edit"), &[]).await.is(403);
            continue;
        }
        // An empty form reports every required field.
        let page = ada.fill(&format!("{path}/new"), &[]).await;
        assert!(page.is(422).has(".error-summary"), "{slug}");
        let fields = clinic.sample_form(resource.name).await;
        let mut pressed = borrowed(&fields);
        pressed.push(("_add_another", "1"));
        let page = ada.fill(&format!("{path}/new"), &pressed).await;
        assert_eq!(page.location(), format!("{path}/new"));
        ada.open(page.location()).await.see("was added");
        // The values of the form are valid as they are.
        let page = ada.fill(&format!("{path}/{id}"), &[("_continue", "1")]).await;
        assert_eq!(page.location(), format!("{path}/{id}"), "{slug} cannot be saved as it is: {}", page.text());
        ada.open(&format!("{path}/{id}/history")).await.see("History of");
        ada.open(&format!("{path}/{id}/delete")).await;
        let added = newest(&ada, &path, id).await;
        ada.complete(&format!("{path}/{added}/delete"), &[]).await.see("was deleted");
        ada.get(&format!("{path}/{added}")).await.is(404);
        let gone = if clinic.app.registry.at(slug).expect("a resource").declaration().trash { "Moved to trash" } else { "Deleted" };
        ada.open(&format!("{path}/{added}/history")).await.see(gone).see("Added");
    }
}

/// The id of the record that was added last.
async fn newest(ada: &Browser, path: &str, but: i64) -> i64 {
    let page = ada.open(path).await;
    let ids = page
        .attributes("td.main-cell a", "href")
        .into_iter()
        .filter_map(|href| href.rsplit('/').next().and_then(|id| id.parse::<i64>().ok()));
    ids.filter(|id| *id != but).max().expect("another record")
}

async fn a_visitor_reaches_no_resource(clinic: Clinic) {
    let visitor = clinic.visitor();
    for (slug, id) in furnish(&clinic).await {
        for way in [String::new(), "/new".into(), format!("/{id}"), format!("/{id}/delete"), format!("/{id}/history")] {
            let page = visitor.get(&format!("/admin/{slug}{way}")).await;
            assert!(page.location().starts_with("/login?next=%2Fadmin"), "{slug}{way}");
        }
    }
}

async fn each_permission_opens_exactly_its_pages(clinic: Clinic) {
    // Permissions to view every patient and to plan every doctor's hours are separate, and not tested here.
    let all = ["clinic.view_all_patients", "scheduling.plan_all"];
    let furniture = furnish(&clinic).await;
    for (number, (slug, id)) in furniture.into_iter().enumerate() {
        let resource = clinic.app.registry.at(slug).expect("a resource");
        let (name, read_only) = (resource.declaration().name, resource.declaration().read_only);
        for action in Action::ALL.into_iter().filter(|action| *action == Action::View || !read_only) {
            let referred = resource.declaration().fields.iter().filter_map(|field| field.reference);
            let mut needed: Vec<String> = vec![codename(name, action), "user.view".into(), "doctor.view".into()];
            needed.extend(all.map(String::from));
            needed.extend(referred.map(|reference| codename(reference.resource, Action::View)));
            let mut held: Vec<&str> = needed.iter().map(String::as_str).collect();
            // The permissions of other resources are for references; of the resource's own only the tested one matters.
            held.sort_unstable();
            held.dedup();
            held.retain(|code| *code == needed[0] || !code.starts_with(&format!("{name}.")));
            let who = clinic.clerk(&format!("clerk{number}{}", action.word()), &held).await;
            let may = |asked: Action| {
                (asked == action || (asked == Action::View && action == Action::Change)) && (asked == Action::View || !read_only)
            };
            let expect = |asked: Action, yes: u16| if may(asked) { yes } else { 403 };
            let path = format!("/admin/{slug}");
            who.get(&path).await.is(expect(Action::View, 200));
            who.get(&format!("{path}/{id}")).await.is(expect(Action::View, 200));
            who.get(&format!("{path}/{id}/history")).await.is(expect(Action::View, 200));
            who.get(&format!("{path}/new")).await.is(expect(Action::Add, 200));
            who.get(&format!("{path}/{id}/delete")).await.is(expect(Action::Delete, 200));
            // With nothing sent, required values are missing, or, if all fields are references, nothing changes.
            let page = who.post_over(&format!("{path}/{id}/edit"), &[]).await;
            assert_eq!(matches!(page.status, 422 | 303), may(Action::Change), "{slug} {action:?}: {}", page.status);
            let fields = if read_only { Vec::new() } else { clinic.sample_form(name).await };
            let page = who.post(&format!("{path}/new"), &borrowed(&fields)).await;
            page.is(expect(Action::Add, 303));
            let index = who.open("/admin").await;
            assert_eq!(index.has(&format!("a[href='{path}']")), may(Action::View), "{slug} {action:?}");
        }
    }
}

async fn every_list_supports_each_declared_order_filter_and_search(clinic: Clinic) {
    let ada = clinic.administrator().await;
    furnish(&clinic).await;
    for resource in clinic.app.registry.iter() {
        let own = resource.declaration();
        let path = format!("/admin/{}", own.slug);
        let rows = ada.open(&path).await.all("td.main-cell").len();
        let sortable = |name: &&&str| own.fields.iter().any(|field| field.name == **name && field.is_sortable());
        for column in own.list_display.iter().filter(sortable) {
            for order in [(*column).to_string(), format!("-{column}")] {
                let page = ada.open(&format!("{path}?sort={order}")).await;
                assert_eq!(page.all("td.main-cell").len(), rows, "{path} by {order}");
                assert!(!page.has(".flash.warn"), "{path} by {order}");
            }
        }
        for name in own.list_filter {
            for word in words(resource, name) {
                let page = ada.open(&format!("{path}?{name}={word}")).await;
                assert!(!page.has(".flash.warn") && page.has(".chip"), "{path}?{name}={word}");
            }
        }
        if !own.search_fields.is_empty() {
            ada.open(&format!("{path}?q=nothing-has-this-name")).await.see("No results");
        }
    }
}

/// The values that a filter of this field accepts.
fn words(resource: &Resource, name: &str) -> Vec<String> {
    let field = resource.declaration().field(name).expect("a field");
    let mut words: Vec<String> = match field.kind {
        Kind::Bool => vec!["yes".into(), "no".into()],
        Kind::Choice(choices) => choices.iter().map(|(stored, _)| (*stored).to_string()).collect(),
        Kind::Integer | Kind::Measure(_) => vec!["1".into()],
        Kind::Date | Kind::DateTime => ["today", "7d", "month", "year"].map(String::from).to_vec(),
        Kind::Text => vec!["x".into()],
        Kind::Many | Kind::File => Vec::new(),
    };
    words.extend(field.nullable.then(|| "none".to_string()));
    words
}
