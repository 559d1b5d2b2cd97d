//! Cookies and preferences of a browser.

use crate::stories;
use crate::support::page::Page;
use crate::support::people::PASSWORD;
use crate::support::{Browser, Clinic};

stories![
    the_cookie_page_explains_every_cookie_before_and_after_sign_in,
    a_chosen_theme_is_set_on_the_html_element,
    a_user_chooses_the_rows_per_page,
    a_user_chooses_their_start_page,
    invalid_preferences_are_ignored,
    a_user_resets_their_preferences,
    a_user_makes_the_clinic_forget_a_browser,
    a_signed_cookie_is_valid_for_its_own_name_and_lifetime,
    a_flash_message_is_valid_for_a_minute,
];

/// Chooses preferences and saves them.
async fn prefer(browser: &Browser, chosen: &[(&str, &str)]) -> Page {
    browser.post("/cookies", chosen).await.is(303);
    browser.open("/cookies").await
}

/// The text of the row of a cookie.
fn row(page: &Page, name: &str) -> String {
    page.all(".cookies tbody tr").into_iter().find(|row| row.starts_with(name)).unwrap_or_else(|| panic!("no {name}: {}", page.text()))
}

async fn the_cookie_page_explains_every_cookie_before_and_after_sign_in(clinic: Clinic) {
    let visitor = clinic.visitor();
    visitor.open("/login").await.see("Cookies and preferences");
    let page = visitor.open("/cookies").await;
    let told = page.all(".cookies tbody code");
    assert_eq!(told, ["sid", "visitor", "flash", "second-step", "device", "theme", "density", "rows", "start"]);
    assert!(row(&page, "sid").contains("Not set") && row(&page, "visitor").contains("A random number"), "{}", page.text());
    assert!(!page.has("select[name=start]"), "a start page for nobody");
    let rosa = clinic.receptionist().await;
    let page = rosa.open("/cookies").await;
    assert!(row(&page, "sid").contains("A random key to your session as rosa"), "{}", page.text());
    assert!(row(&page, "sid").contains("You close the browser, and no later than"), "{}", page.text());
    assert!(row(&page, "device").contains("Known to 1 account"));
    // Every cookie that a browser was ever sent is on the list.
    let sent =
        ["sid", "visitor", "flash", "second-step", "device", "theme", "density", "rows", "start"].map(|name| rosa.cookie(name).is_some());
    assert!(sent[0] && sent[4]);
    rosa.post("/logout", &[]).await.is(303);
    assert!(row(&rosa.open("/cookies").await, "sid").contains("Not set"));
}

async fn a_chosen_theme_is_set_on_the_html_element(clinic: Clinic) {
    let visitor = clinic.visitor();
    assert!(!visitor.open("/login").await.has("html[data-theme]"));
    let page = prefer(&visitor, &[("theme", "dark"), ("density", "compact")]).await;
    page.see("Preferences saved in this browser");
    assert!(page.has("html[data-theme=dark][data-density=compact]"));
    assert_eq!(page.attributes("meta[name=color-scheme]", "content"), ["dark"]);
    assert!(row(&page, "theme").contains("Dark") && row(&page, "theme").contains("365 days after you chose it"));
    assert!(page.has("input[name=theme][value=dark][checked]"));
    // Signing in does not change them, and neither does an error page.
    clinic.account("rosa", crate::support::people::Rights::default()).await;
    visitor.complete("/login", &[("username", "rosa"), ("password", PASSWORD)]).await;
    assert!(visitor.get("/nothing-here").await.is(404).has("html[data-theme=dark]"));
    let page = visitor.post("/cookies", &[("theme", "light"), ("density", "")]).await;
    let sent: Vec<&str> = page.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect();
    let theme = sent.iter().find(|value| value.starts_with("theme=light")).expect("a cookie");
    assert!(theme.contains("Max-Age=31536000") && theme.contains("Path=/") && theme.contains("SameSite=Lax"), "{theme}");
    let gone = sent.iter().find(|value| value.starts_with("density=;")).expect("its end");
    assert!(gone.contains("Max-Age=0") && gone.contains("Path=/"), "{gone}");
    let page = visitor.open("/").await;
    assert!(page.has("html[data-theme=light]") && !page.has("html[data-density]"));
}

async fn a_user_chooses_the_rows_per_page(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for number in 0..60 {
        clinic.patient(&format!("Patient {number:02}"), owner).await;
    }
    let rows = |page: &Page| page.all(".table tbody tr").len();
    assert_eq!(rows(&rosa.open("/patients").await), 50);
    prefer(&rosa, &[("rows", "25")]).await;
    let page = rosa.open("/patients").await;
    assert_eq!(rows(&page), 25);
    let second = page.attributes(".pages a", "href").into_iter().find(|link| link.contains("page=2")).expect("a second page");
    assert_eq!(rows(&rosa.open(&second).await), 25);
    // A number of rows in the address takes precedence, also on its second page.
    let page = rosa.open("/patients?size=50").await;
    assert_eq!(rows(&page), 50);
    let second = page.attributes(".pages a", "href").into_iter().find(|link| link.contains("page=2")).expect("a second page");
    assert_eq!(rows(&rosa.open(&second).await), 10);
    assert_eq!(rows(&rosa.open("/patients?q=Patient").await), 25);
}

async fn a_user_chooses_their_start_page(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.open("/cookies").await;
    assert_eq!(
        page.all("select[name=start] option"),
        ["Today", "Calendar", "Arrivals", "Waiting list", "Patients", "Doctors"],
        "pages that she may open"
    );
    prefer(&rosa, &[("start", "/patients")]).await;
    assert_eq!(rosa.get("/").await.location(), "/patients");
    let page = rosa.open("/today").await;
    page.see("Good ");
    assert!(page.has(".sidebar a[href='/today'][aria-current=page]"), "the way to today");
    rosa.post("/logout", &[]).await.is(303);
    let page = rosa.fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await;
    assert_eq!(rosa.get(page.location()).await.location(), "/patients");
    rosa.post("/logout", &[]).await.is(303);
    let page = rosa.fill("/login?next=/doctors", &[("username", "rosa"), ("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/doctors");
    // The next user of this browser, who may not open that page, starts with today.
    rosa.post("/logout", &[]).await.is(303);
    clinic.account("nobody", crate::support::people::Rights::default()).await;
    rosa.fill("/login", &[("username", "nobody"), ("password", PASSWORD)]).await.is(303);
    rosa.open("/").await.see("Good ");
}

async fn invalid_preferences_are_ignored(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for odd in ["https://evil.example", "//evil.example", "/admin", "/logout", "\"><x id=CANARY>", "%00", &"x".repeat(500)] {
        for name in ["theme", "density", "rows", "start"] {
            rosa.set_cookie(name, odd);
            assert!(!rosa.open("/").await.see("Good ").body.contains("CANARY"));
            let page = rosa.open("/cookies").await;
            assert!(row(&page, name).contains("unknown value"), "{}", row(&page, name));
            assert!(!page.body.contains("CANARY"));
        }
        let page = rosa.post("/cookies", &[("theme", odd)]).await;
        page.is(422).see("There is a problem").see("Theme: choose one of the options");
        rosa.post("/cookies", &[("start", odd)]).await.is(422);
    }
    rosa.post("/cookies/forget", &[("what", "sid")]).await.is(400);
    rosa.open("/sessions").await;
}

async fn a_user_resets_their_preferences(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    prefer(&rosa, &[("theme", "dark"), ("density", "compact"), ("rows", "100"), ("start", "/doctors")]).await;
    rosa.post("/cookies/forget", &[("what", "density")]).await.is(303);
    let page = rosa.open("/cookies").await;
    page.see("Preference deleted");
    assert!(page.has("html[data-theme=dark]") && !page.has("html[data-density]"));
    rosa.post("/cookies/forget", &[("what", "preferences")]).await.is(303);
    for name in ["theme", "density", "rows", "start"] {
        assert_eq!(rosa.cookie(name), None, "{name}");
    }
    assert!(!rosa.open("/cookies").await.has("html[data-theme]"));
    rosa.open("/").await.see("Good ");
}

async fn a_user_makes_the_clinic_forget_a_browser(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    assert!(rosa.cookie("device").is_some());
    rosa.post("/cookies/forget", &[("what", "device")]).await.is(303);
    assert_eq!(rosa.cookie("device"), None);
    let page = rosa.open("/cookies").await;
    page.see("Browser forgotten");
    assert!(row(&page, "device").contains("Not set"));
    rosa.open("/patients").await;
}

async fn a_signed_cookie_is_valid_for_its_own_name_and_lifetime(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let device = rosa.cookie("device").expect("a device");
    let (text, end) = (device.split('.').next().expect("a text"), device.split('.').nth(1).expect("an end"));
    let sign = device.split('.').nth(2).expect("a signature");
    let later = end.parse::<i64>().expect("seconds") + 1;
    let forged =
        [format!("{text}.{later}.{sign}"), format!("{text}A.{end}.{sign}"), format!("{text}.{end}."), format!("{device}.x"), "..".into()];
    for forged in forged {
        rosa.set_cookie("device", &forged);
        rosa.open("/cookies").await;
        assert_eq!(rosa.cookie("device"), None, "{forged} was kept");
    }
    rosa.set_cookie("device", &device);
    rosa.open("/cookies").await;
    assert_eq!(rosa.cookie("device").as_ref(), Some(&device));
    // Encrypted for one purpose, it is not valid for another.
    rosa.set_cookie("flash", &device);
    rosa.open("/").await;
    assert_eq!(rosa.cookie("flash"), None);
    clinic.wait(time::Duration::days(180));
    let later = clinic.visitor();
    later.set_cookie("device", &device);
    later.open("/cookies").await;
    assert_eq!(later.cookie("device"), None, "it outlived its time");
}

async fn a_flash_message_is_valid_for_a_minute(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.post("/cookies", &[("theme", "dark")]).await.is(303);
    let late = rosa.copy();
    clinic.wait(time::Duration::seconds(61));
    late.open("/cookies").await.miss("Preferences saved");
}
