//! The administration's start page, its menu and the system page.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, patients};
use time::Duration;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    the_dashboard_shows_counts_charts_and_messages,
    a_chart_starts_weeks_on_monday,
    the_dashboard_shows_only_permitted_records,
    a_recent_action_links_to_a_record_that_still_exists,
    the_menu_lists_permitted_pages_and_marks_the_current_one,
    the_system_page_shows_the_state_of_praxis_without_secrets
];

async fn the_dashboard_shows_counts_charts_and_messages(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    for name in ["Émile Zola", "Maria Silva", "Jo Doe"] {
        clinic.patient(name, owner).await;
    }
    let page = ada.open("/admin").await;
    let row = page.all(".rows.links li").into_iter().find(|row| row.starts_with("Patients")).expect("patients");
    assert!(row.starts_with("Patients 3"), "{row}");
    let charts = page.all(".chart h2");
    assert_eq!(charts, ["New patients by week", "Sign-ins by day", "Log entries by day"]);
    assert!(page.attributes(".chart svg", "aria-label")[0].starts_with("New patients over 12 weeks: 3 this week, at most 3"));
    assert_eq!(page.all(".chart:first-child .chart-table tbody td").last().map(String::as_str), Some("3"));
    assert_eq!(page.all(".chart:first-child .chart-table tbody tr").len(), 12);
    page.see("Last backup None yet").see(clinic.app.db.url().name()).see("Up to date").see("Recent actions of all users");
    assert!(!page.body.contains("style="), "a style would be refused by the policy");
}

async fn a_chart_starts_weeks_on_monday(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    for name in ["Long ago", "Before", "Now"] {
        clinic.patient(name, owner).await;
    }
    let today = clinic.app.today();
    let monday = clinic.app.settings.time_zone.start_of(today - Duration::days(today.weekday().number_days_from_monday().into()));
    let arranged = clinic.arrange(move |c| {
        for (name, at) in [("Long ago", monday.plus(-Duration::days(12 * 7))), ("Before", monday.plus(-Duration::seconds(1)))] {
            diesel::update(patients::table.filter(patients::name.eq(name))).set(patients::created_at.eq(at)).execute(c)?;
        }
        Ok(())
    });
    arranged.await.expect("older patients");
    let counts = ada.open("/admin").await.all(".chart:first-child .chart-table tbody td");
    assert_eq!(counts[..10], ["0"; 10]);
    assert_eq!(counts[10..], ["1", "1"]);
}

async fn the_dashboard_shows_only_permitted_records(clinic: Clinic) {
    let owner = clinic.account("owner", Rights::default()).await;
    clinic.patient("Émile Zola", owner).await;
    let clerk = clinic.clerk("clara", &["patient.view"]).await;
    let page = clerk.open("/admin").await;
    page.see("Patients").see("My recent actions").miss("Recent actions of all users").miss("Last backup").miss("Zola");
    assert!(!page.has(".chart"), "a chart counts what this clerk does not see");
    clerk.get("/admin/system").await.is(403);
    let reader = clinic.clerk("rita", &["patient.view", "clinic.view_all_patients", "log_entry.view"]).await;
    let page = reader.open("/admin").await;
    page.see("Recent actions of all users").see("Zola").miss("Last backup");
    assert_eq!(page.all(".chart h2"), ["New patients by week", "Log entries by day"]);
    let operator = clinic.clerk("olga", &["system.view"]).await;
    operator.open("/admin").await.see("Last backup").miss("Nothing to administer");
    operator.open("/admin/system").await.see("TIME_ZONE");
}

async fn a_recent_action_links_to_a_record_that_still_exists(clinic: Clinic) {
    let ada = clinic.administrator().await;
    ada.complete("/doctors/new", &[("name", "Dr Stays"), ("specialization", "Cardiology")]).await;
    ada.complete("/doctors/new", &[("name", "Dr Goes"), ("specialization", "Cardiology")]).await;
    ada.complete("/admin/doctors/2/delete", &[]).await;
    let page = ada.open("/admin").await;
    let links = page.attributes(".recent a", "href");
    assert!(links.contains(&"/admin/doctors/1".to_string()) && !links.contains(&"/admin/doctors/2".to_string()), "{links:?}");
    page.see("Moved to trash Dr Goes");
    for href in links {
        ada.open(&href).await;
    }
    assert!(clinic.ask(|c| log_entries::table.count().get_result::<i64>(c)).await >= 4);
}

async fn the_menu_lists_permitted_pages_and_marks_the_current_one(clinic: Clinic) {
    let clerk = clinic.clerk("clara", &["user.view", "group.view"]).await;
    let menu = ".sidebar > .nav";
    let page = clerk.open("/admin/users").await;
    assert_eq!(page.all(&format!("{menu} [aria-current=page]")), ["Users"]);
    let links = page.attributes(&format!("{menu} a[href^='/admin/']"), "href");
    assert_eq!(links, ["/admin/users", "/admin/groups"]);
    assert_eq!(page.attributes(".menu-panel .nav a[href^='/admin/']", "href"), links, "the phone's menu has the same");
    let own = clinic.user_id("clara").await;
    assert_eq!(clerk.open(&format!("/admin/users/{own}")).await.all(&format!("{menu} [aria-current=page]")), ["Users"]);
    assert_eq!(clerk.open("/admin").await.all(&format!("{menu} [aria-current=page]")), ["Administration"]);
    assert!(!clerk.open("/").await.has(&format!("{menu} a[href^='/admin/']")));
    let ada = clinic.administrator().await;
    let page = ada.open("/admin/system").await;
    assert_eq!(page.all(&format!("{menu} [aria-current=page]")), ["System status"]);
}

async fn the_system_page_shows_the_state_of_praxis_without_secrets(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let page = ada.open("/admin/system").await;
    page.see("DATABASE_URL").see("SECRET_KEY set").see("no problems").see("Running since").see("SMTP_URL is not set");
    assert!(!page.body.contains(crate::support::database::KEY));
    page.see("All required indexes exist");
}
