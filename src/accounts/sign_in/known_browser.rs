//! Browsers that an account knows: a signed cookie, set after a right password, with which its owner still gets in while
//! somebody else guesses. It is no way in by itself.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;

use crate::app::App;
use crate::crypto::keys::random_text;
use crate::web::request::cookies::{self, DEVICE};

/// People who share a browser.
const MOST: usize = 5;
/// A browser is forgotten so many days after the last sign-in on it; the browser itself is not trusted with that.
pub const DAYS: i64 = 180;

/// The account that knows this browser, what it calls it, and when it was last here, in seconds.
type Entry = (i64, String, i64);

/// The accounts that know this browser, with what each calls it. A tampered cookie says nothing and is taken back.
pub fn known(request: &HttpRequest, app: &App) -> Vec<(i64, String)> {
    entries(request, app).into_iter().map(|(id, device, _)| (id, device)).collect()
}

fn entries(request: &HttpRequest, app: &App) -> Vec<Entry> {
    let Some((text, _)) = cookies::get_signed(request, app, DEVICE) else { return Vec::new() };
    let since = app.now().unix_seconds() - DAYS * 24 * 3600;
    text.split('~').take(MOST).filter_map(read).filter(|(_, _, at)| *at > since).collect()
}

/// Makes this browser known to an account, under the same name as before.
pub fn remember(request: &HttpRequest, app: &App, user_id: i64) {
    let mut entries = entries(request, app);
    let own = entries.iter().position(|(id, ..)| *id == user_id).map(|place| entries.remove(place).1);
    entries.insert(0, (user_id, own.unwrap_or_else(|| random_text(16)), app.now().unix_seconds()));
    entries.truncate(MOST);
    let value: Vec<String> = entries.iter().map(|(id, device, at)| format!("{id}.{device}.{at}")).collect();
    cookies::set_signed(request, app, DEVICE, &value.join("~"), Duration::days(DAYS));
}

/// The next sign-in here is one from a browser that nobody knows.
pub fn forget(request: &HttpRequest, app: &App) {
    cookies::remove(request, app, DEVICE);
}

fn read(entry: &str) -> Option<Entry> {
    let mut parts = entry.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.to_string(), parts.next()?.parse().ok()?))
}
