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

/// The accounts that know this browser, with what each calls it. A tampered entry is left out, and the cookie taken back.
pub fn known(request: &HttpRequest, app: &App) -> Vec<(i64, String)> {
    let Some(cookie) = request.cookie(&DEVICE.full(app)) else { return Vec::new() };
    let entries: Vec<_> = cookie.value().split('~').take(MOST).map(|entry| read(app, entry)).collect();
    if entries.iter().any(Option::is_none) {
        cookies::remove(request, app, DEVICE);
    }
    entries.into_iter().flatten().collect()
}

/// Makes this browser known to an account.
pub fn remember(request: &HttpRequest, app: &App, user_id: i64) {
    let mut entries = known(request, app);
    if entries.iter().any(|(id, _)| *id == user_id) {
        return;
    }
    entries.insert(0, (user_id, random_text(16)));
    entries.truncate(MOST);
    let value: Vec<String> = entries.iter().map(|(id, device)| format!("{id}.{device}.{}", sign(app, *id, device))).collect();
    cookies::set(request, app, DEVICE, value.join("~"), Some(Duration::days(180)));
}

fn read(app: &App, entry: &str) -> Option<(i64, String)> {
    let mut parts = entry.split('.');
    let (id, device, sign_given) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
    let right = subtle::ConstantTimeEq::ct_eq(sign(app, id, device).as_bytes(), sign_given.as_bytes());
    (bool::from(right) && parts.next().is_none()).then(|| (id, device.to_string()))
}

fn sign(app: &App, id: i64, device: &str) -> String {
    let sign = app.keys.sign(PURPOSE, &[&id.to_be_bytes(), device.as_bytes()]);
    sign.iter().map(|byte| format!("{byte:02x}")).collect()
}
