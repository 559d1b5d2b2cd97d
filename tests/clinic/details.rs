//! The clinic's name, time zone and logo, and the steps of setting it up.

use diesel::prelude::*;
use praxis::clinic::details::model::refresh;
use praxis::db::DbError;
use praxis::db::schema::clinic_details;
use praxis::resource::Actor;
use praxis::resource::log::append::Entry;
use praxis::resource::log::entry::LogAction;

use crate::stories;
use crate::support::factors::set_up;
use crate::support::page::Page;
use crate::support::{Browser, Clinic};

stories![
    a_superuser_names_the_clinic,
    settings_decide_before_the_clinic,
    a_logo_is_shown_everywhere,
    what_is_no_image_is_refused,
    the_start_page_lists_what_is_left_to_set_up,
    the_list_is_put_away_when_everything_is_done,
];

const PATH: &str = "/admin/clinic";
/// The smallest PNG: one transparent pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

async fn save(ada: &Browser, name: &str, zone: &str, more: &[(&str, &str)], file: (&str, &[u8])) -> Page {
    let token = ada.token().await;
    let mut fields = vec![("csrf_token", token.as_str()), ("name", name), ("time_zone", zone)];
    fields.extend_from_slice(more);
    ada.upload_with(PATH, &fields, file.0, file.1).await
}

async fn a_superuser_names_the_clinic(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let page = ada.open(PATH).await;
    assert_eq!((page.value("name"), page.value("time_zone")), ("Praxis".into(), "UTC".into()));
    let page = save(&ada, " ", "Mars/Olympus", &[], ("", b"")).await;
    assert_eq!(page.is(422).error("name"), "Enter the name of the clinic");
    assert_eq!(page.error("time_zone"), "Choose a time zone from the list, such as Europe/Paris");
    save(&ada, "North Practice", "Pacific/Kiritimati", &[], ("", b"")).await.is(303);
    ada.open(PATH).await.see("Clinic details saved.").see("North Practice");
    clinic.visitor().open("/login").await.see("North Practice");
    assert_eq!((clinic.app.clinic_name(), clinic.app.clinic_zone().name()), ("North Practice".into(), "Pacific/Kiritimati".into()));
    ada.open("/admin/log").await.see("Clinic: name North Practice, time zone Pacific/Kiritimati");
    // Another process reads it within two seconds; here it is asked to.
    clinic.tamper("UPDATE clinic_details SET name = 'South Practice'").await;
    refresh(&clinic.app).await.expect("the details");
    ada.open("/").await.see("South Practice");
    let clara = clinic.clerk("clara", &["user.view", "user.change"]).await;
    clara.get(PATH).await.is(403);
    save(&clara, "Theirs", "UTC", &[], ("", b"")).await.is(403);
}

async fn settings_decide_before_the_clinic(clinic: Clinic) {
    let fixed = Clinic::open_with(clinic.backend, &[("CLINIC_NAME", "Fixed Practice"), ("TIME_ZONE", "Europe/Paris")]).await;
    let ada = fixed.administrator().await;
    let page = ada.open(PATH).await;
    page.see("The setting CLINIC_NAME decides the name: Fixed Practice.").see("The setting TIME_ZONE decides the time zone: Europe/Paris.");
    assert!(!page.has("input[name=name]") && !page.has("[name=time_zone]") && page.has("input[name=file]"));
    save(&ada, "Other", "UTC", &[], ("", b"")).await.is(303);
    assert_eq!((fixed.app.clinic_name(), fixed.app.clinic_zone().name()), ("Fixed Practice".into(), "Europe/Paris".into()));
    fixed.server.stop(false).await;
}

async fn a_logo_is_shown_everywhere(clinic: Clinic) {
    let ada = clinic.administrator().await;
    save(&ada, "Praxis", "UTC", &[], ("logo.png", PIXEL)).await.is(303);
    let visitor = clinic.visitor();
    for page in [ada.open("/").await, visitor.open("/login").await] {
        assert_eq!(page.attributes("a.brand img", "alt"), [""]);
    }
    let address = visitor.open("/login").await.attributes("a.brand img", "src").remove(0);
    let logo = visitor.get(&address).await;
    assert_eq!((logo.is(200).header("content-type"), logo.header("x-content-type-options")), ("image/png", "nosniff"));
    assert!(
        logo.header("content-security-policy").contains("default-src 'none'") && logo.header("content-security-policy").contains("sandbox")
    );
    assert!(logo.header("cache-control").contains("immutable"));
    visitor.get("/clinic/logo/0000").await.is(404);
    save(&ada, "Praxis", "UTC", &[("remove_logo", "on")], ("", b"")).await.is(303);
    assert!(!ada.open("/").await.has("a.brand img"));
    visitor.get(&address).await.is(404);
    let left = clinic.ask(|c| clinic_details::table.select(clinic_details::logo).first::<Option<Vec<u8>>>(c)).await;
    assert_eq!(left, None);
}

async fn what_is_no_image_is_refused(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let mut large = PIXEL.to_vec();
    large.resize(257 * 1024, 0);
    for (name, content, why) in [
        ("logo.svg", &svg[..], "Choose a PNG, JPEG or WebP image"),
        ("logo.png", b"not an image", "Choose a PNG, JPEG or WebP image"),
        ("logo.gif", b"GIF89a\x01\0\x01\0", "Choose a PNG, JPEG or WebP image"),
        ("logo.png", &large, "The logo must be smaller than 256 kB"),
    ] {
        let page = save(&ada, "Typed Name", "UTC", &[], (name, content)).await;
        page.is(422).see(why);
        assert_eq!(page.value("name"), "Typed Name", "what was typed is still there");
        assert_eq!(page.attributes(".error-summary a", "href"), ["#logo"]);
    }
    assert!(!ada.open("/").await.has("a.brand img"));
}

async fn the_start_page_lists_what_is_left_to_set_up(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let page = ada.open("/").await;
    page.see("Set up your clinic").see("0 of 6 done");
    assert_eq!(
        page.attributes("#set-up .rows a", "href"),
        [PATH, PATH, "/admin/system", "/security", "/admin/invitations", "/admin/system"]
    );
    save(&ada, "North Practice", "Europe/Paris", &[], ("", b"")).await.is(303);
    let rosa = clinic.receptionist().await;
    ada.open("/").await.see("3 of 6 done");
    ada.post("/today/set-up", &[]).await.is(303);
    ada.open("/").await.see("Some steps are still to be done.").see("Set up your clinic");
    rosa.open("/").await.miss("Set up your clinic");
    rosa.post("/today/set-up", &[]).await.is(403);
}

async fn the_list_is_put_away_when_everything_is_done(clinic: Clinic) {
    let ready = [("CLINIC_NAME", "North Practice"), ("TIME_ZONE", "Europe/Paris"), ("SMTP_URL", "smtp://127.0.0.1:9")];
    let ready = Clinic::open_with(clinic.backend, &ready).await;
    let ada = ready.administrator().await;
    ready.receptionist().await;
    let app = ready.app.clone();
    let backup = Entry { label: "copy".into(), ..Entry::noted(LogAction::Act, "backup", "Backup created") };
    let logged = ready.app.db.write(move |c| {
        app.act(c, &Actor::program("praxis backup"), |_, writer| {
            writer.log_entry(backup);
            Ok::<_, DbError>(())
        })
    });
    logged.await.expect("a backup in the log");
    set_up(&ready, &ada).await;
    ada.open("/").await.see("6 of 6 done").see("Put this list away");
    ada.post("/today/set-up", &[]).await.is(303);
    ada.open("/").await.see("The set-up is complete.").miss("Set up your clinic");
    ready.server.stop(false).await;
}
