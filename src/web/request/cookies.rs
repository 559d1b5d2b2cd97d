//! All cookies: their names, flags and signatures.

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::cookie::{Cookie, CookieJar, Key, SameSite, time::Duration};
use actix_web::{HttpMessage, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::app::App;

/// A cookie, by purpose. The page about cookies (`accounts/profile/cookies.rs`) explains each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name(&'static str);

pub const SESSION: Name = Name("sid");
/// Ties a form to this browser before anybody signs in.
pub const VISITOR: Name = Name("visitor");
/// A message for the next page; encrypted, because it may name a person.
pub const FLASH: Name = Name("flash");

/// A sign-in that waits for its second step: a random key.
pub const PENDING: Name = Name("second-step");

/// The accounts that know this browser; signed.
pub const DEVICE: Name = Name("device");
/// Preferences for this browser; plain.
pub const THEME: Name = Name("theme");
pub const DENSITY: Name = Name("density");
pub const ROWS: Name = Name("rows");
pub const START: Name = Name("start");

/// Every cookie of Praxis.
pub const ALL: [Name; 9] = [SESSION, VISITOR, FLASH, PENDING, DEVICE, THEME, DENSITY, ROWS, START];

impl Name {
    /// The name without the `__Host-` prefix.
    pub fn plain(self) -> &'static str {
        self.0
    }

    /// With the prefix `__Host-`, no other host and no plain HTTP response can set it; browsers accept it over TLS only.
    pub fn full(self, app: &App) -> String {
        if app.settings.is_https() { format!("__Host-{}", self.0) } else { self.0.into() }
    }
}

/// The cookies that the response to this request will set.
#[derive(Clone, Default)]
struct Outgoing(Rc<RefCell<Vec<Cookie<'static>>>>);

/// A cookie with all flags.
fn cookie(app: &App, name: Name, value: String, max_age: Option<Duration>) -> Cookie<'static> {
    let mut cookie = Cookie::new(name.full(app), value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(app.settings.is_https());
    cookie.set_max_age(max_age);
    cookie
}

/// Sets a plain cookie with the response to this request.
pub fn set(request: &HttpRequest, app: &App, name: Name, value: String, max_age: Option<Duration>) {
    send(request, cookie(app, name, value, max_age));
}

/// The value of a plain cookie, which may be anything, because users can edit it.
pub fn get(request: &HttpRequest, app: &App, name: Name) -> Option<String> {
    request.cookie(&name.full(app)).map(|cookie| cookie.value().to_string())
}

/// Sets a signed cookie, which cannot be changed. The signature is for this name alone and valid for `max_age`.
pub fn set_signed(request: &HttpRequest, app: &App, name: Name, value: &str, max_age: Duration) {
    let (text, end) = (URL_SAFE_NO_PAD.encode(value), end(app, max_age));
    let signed = format!("{text}.{end}.{}", sign(app, name, &text, end));
    send(request, cookie(app, name, signed, Some(max_age)));
}

/// The value of a signed cookie, and its expiry in Unix seconds. One that was tampered with, made for another name or has expired
/// is ignored and deleted.
pub fn get_signed(request: &HttpRequest, app: &App, name: Name) -> Option<(String, i64)> {
    let received = get(request, app, name)?;
    let read = || {
        let mut parts = received.split('.');
        let (text, end, given) = (parts.next()?, parts.next()?.parse::<i64>().ok()?, parts.next()?);
        let right = bool::from(sign(app, name, text, end).as_bytes().ct_eq(given.as_bytes()));
        let holds = right && parts.next().is_none() && app.now().unix_seconds() < end;
        let value = URL_SAFE_NO_PAD.decode(text).ok().filter(|_| holds)?;
        Some((String::from_utf8(value).ok()?, end))
    };
    let found = read();
    if found.is_none() {
        remove(request, app, name);
    }
    found
}

/// Sets an encrypted cookie, which can be neither read nor changed, and is valid for `max_age`.
pub fn set_private(request: &HttpRequest, app: &App, name: Name, value: String, max_age: Duration) {
    let mut jar = CookieJar::new();
    let value = format!("{}.{value}", end(app, max_age));
    jar.private_mut(&key(app, name)).add(cookie(app, name, value, Some(max_age)));
    jar.delta().cloned().for_each(|cookie| send(request, cookie));
}

/// The value of an encrypted cookie. One that was tampered with or has expired is ignored and deleted.
pub fn get_private(request: &HttpRequest, app: &App, name: Name) -> Option<String> {
    let received = request.cookie(&name.full(app))?;
    let mut jar = CookieJar::new();
    jar.add_original(received);
    let opened = jar.private(&key(app, name)).get(&name.full(app));
    let found = opened.as_ref().and_then(|cookie| cookie.value().split_once('.')).and_then(|(end, value)| {
        let holds = app.now().unix_seconds() < end.parse::<i64>().ok()?;
        holds.then(|| value.to_string())
    });
    if found.is_none() {
        remove(request, app, name);
    }
    found
}

fn end(app: &App, max_age: Duration) -> i64 {
    app.now().unix_seconds() + max_age.whole_seconds()
}

/// Each name has its own key, so that a value signed for one cookie is not valid for another.
fn sign(app: &App, name: Name, text: &str, end: i64) -> String {
    URL_SAFE_NO_PAD.encode(app.keys.sign(&purpose(name), &[text.as_bytes(), &end.to_be_bytes()]))
}

fn key(app: &App, name: Name) -> Key {
    Key::from(&app.keys.derive(&purpose(name)))
}

fn purpose(name: Name) -> String {
    format!("cookie: {}", name.0)
}

/// Deletes a cookie, with the path that it was set with.
pub fn remove(request: &HttpRequest, app: &App, name: Name) {
    let mut gone = cookie(app, name, String::new(), None);
    gone.make_removal();
    send(request, gone);
}

/// The cookies that the handlers have set.
pub fn outgoing(request: &HttpRequest) -> Vec<Cookie<'static>> {
    request.extensions().get::<Outgoing>().map(|all| all.0.borrow_mut().drain(..).collect()).unwrap_or_default()
}

fn send(request: &HttpRequest, cookie: Cookie<'static>) {
    let mut extensions = request.extensions_mut();
    if extensions.get::<Outgoing>().is_none() {
        extensions.insert(Outgoing::default());
    }
    if let Some(all) = extensions.get::<Outgoing>() {
        all.0.borrow_mut().push(cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cookie_is_left_out_of_the_list() {
        let declared = include_str!("cookies.rs").lines().filter(|line| line.starts_with("pub const") && line.contains(": Name = Name("));
        assert_eq!(declared.count(), ALL.len());
    }
}
