//! Browsers that an account knows, by a signed cookie that is set after a right password. With it the owner can still sign in
//! while somebody else is guessing. The cookie alone gives no access.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;

use crate::app::App;
use crate::crypto::keys::random_text;
use crate::web::request::cookies::{self, DEVICE};

/// The most accounts that share a browser.
const MOST: usize = 5;
/// A browser is forgotten this many days after its last sign-in. The server checks it, whatever the cookie's expiry.
pub const DAYS: i64 = 180;

/// A user id, the browser's name for that account, and its last sign-in, in Unix seconds.
type Entry = (i64, String, i64);

/// The accounts that know this browser, with its name for each. A cookie that was tampered with is ignored and deleted.
pub fn known(request: &HttpRequest, app: &App) -> Vec<(i64, String)> {
    entries(request, app).into_iter().map(|(id, device, _)| (id, device)).collect()
}

fn entries(request: &HttpRequest, app: &App) -> Vec<Entry> {
    let Some((text, _)) = cookies::get_signed(request, app, DEVICE) else { return Vec::new() };
    let since = app.now().unix_seconds() - DAYS * 24 * 3600;
    text.split('~').take(MOST).filter_map(read).filter(|(_, _, at)| *at > since).collect()
}

/// Makes this browser known to an account; its name stays the same.
pub fn remember(request: &HttpRequest, app: &App, user_id: i64) {
    let mut entries = entries(request, app);
    let own = entries.iter().position(|(id, ..)| *id == user_id).map(|place| entries.remove(place).1);
    entries.insert(0, (user_id, own.unwrap_or_else(|| random_text(16)), app.now().unix_seconds()));
    entries.truncate(MOST);
    let value: Vec<String> = entries.iter().map(|(id, device, at)| format!("{id}.{device}.{at}")).collect();
    cookies::set_signed(request, app, DEVICE, &value.join("~"), Duration::days(DAYS));
}

/// Forgets this browser, so that the next sign-in is one from an unknown browser.
pub fn forget(request: &HttpRequest, app: &App) {
    cookies::remove(request, app, DEVICE);
}

fn read(entry: &str) -> Option<Entry> {
    let mut parts = entry.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.to_string(), parts.next()?.parse().ok()?))
}
