//! Browsers that an account knows: a signed cookie, set after a right password, with which its owner still gets in while
//! somebody else guesses. It is no way in by itself.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;

use crate::app::App;
use crate::keys::random_text;
use crate::web::cookies::{self, DEVICE};

const PURPOSE: &str = "cookie: known device";
/// People who share a browser.
const MOST: usize = 5;
/// A browser is forgotten so many days after the last sign-in on it; the browser itself is not trusted with that.
const DAYS: i64 = 180;

/// The account that knows this browser, what it calls it, and when it was last here, in seconds.
type Entry = (i64, String, i64);

/// The accounts that know this browser, with what each calls it. A tampered entry is left out, and the cookie taken back.
pub fn known(request: &HttpRequest, app: &App) -> Vec<(i64, String)> {
    entries(request, app).into_iter().map(|(id, device, _)| (id, device)).collect()
}

fn entries(request: &HttpRequest, app: &App) -> Vec<Entry> {
    let Some(cookie) = request.cookie(&DEVICE.full(app)) else { return Vec::new() };
    let entries: Vec<_> = cookie.value().split('~').take(MOST).map(|entry| read(app, entry)).collect();
    if entries.iter().any(Option::is_none) {
        cookies::remove(request, app, DEVICE);
    }
    let since = app.now().unix_seconds() - DAYS * 24 * 3600;
    entries.into_iter().flatten().filter(|(_, _, at)| *at > since).collect()
}

/// Makes this browser known to an account, under the same name as before.
pub fn remember(request: &HttpRequest, app: &App, user_id: i64) {
    let mut entries = entries(request, app);
    let own = entries.iter().position(|(id, ..)| *id == user_id).map(|place| entries.remove(place).1);
    entries.insert(0, (user_id, own.unwrap_or_else(|| random_text(16)), app.now().unix_seconds()));
    entries.truncate(MOST);
    let value: Vec<String> = entries.iter().map(|entry| format!("{}.{}.{}.{}", entry.0, entry.1, entry.2, sign(app, entry))).collect();
    cookies::set(request, app, DEVICE, value.join("~"), Some(Duration::days(DAYS)));
}

fn read(app: &App, entry: &str) -> Option<Entry> {
    let mut parts = entry.split('.');
    let told = (parts.next()?.parse().ok()?, parts.next()?.to_string(), parts.next()?.parse().ok()?);
    let right = subtle::ConstantTimeEq::ct_eq(sign(app, &told).as_bytes(), parts.next()?.as_bytes());
    (bool::from(right) && parts.next().is_none()).then_some(told)
}

fn sign(app: &App, (id, device, at): &Entry) -> String {
    let sign = app.keys.sign(PURPOSE, &[&id.to_be_bytes(), device.as_bytes(), &at.to_be_bytes()]);
    sign.iter().map(|byte| format!("{byte:02x}")).collect()
}
