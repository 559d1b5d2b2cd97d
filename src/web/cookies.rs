//! The one module for cookies: their names, flags and signatures.

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::cookie::{Cookie, CookieJar, Key, SameSite, time::Duration};
use actix_web::{HttpMessage, HttpRequest};

use crate::app::App;

/// A cookie of ours, by purpose.
#[derive(Clone, Copy)]
pub struct Name(&'static str);

pub const SESSION: Name = Name("sid");
/// Ties a form to this browser before anybody is signed in.
pub const VISITOR: Name = Name("visitor");
/// A message that waits for the next page; encrypted, because it may name a person.
pub const FLASH: Name = Name("flash");

/// A sign-in that waits for its second step: a random key.
pub const HALF: Name = Name("second-step");

/// Accounts that know this browser; signed.
pub const DEVICE: Name = Name("device");

impl Name {
    /// `__Host-` forbids other hosts and plain HTTP to set it; browsers take it over TLS only.
    pub fn full(self, app: &App) -> String {
        if app.settings.is_https() { format!("__Host-{}", self.0) } else { self.0.into() }
    }
}

/// What this request will send back.
#[derive(Clone, Default)]
struct Outgoing(Rc<RefCell<Vec<Cookie<'static>>>>);

/// A cookie with all our flags.
fn cookie(app: &App, name: Name, value: String, max_age: Option<Duration>) -> Cookie<'static> {
    let mut cookie = Cookie::new(name.full(app), value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(app.settings.is_https());
    cookie.set_max_age(max_age);
    cookie
}

/// Sends a readable cookie with the answer to this request.
pub fn set(request: &HttpRequest, app: &App, name: Name, value: String, max_age: Option<Duration>) {
    send(request, cookie(app, name, value, max_age));
}

/// Sends an encrypted cookie.
pub fn set_private(request: &HttpRequest, app: &App, name: Name, value: String, max_age: Duration) {
    let mut jar = CookieJar::new();
    jar.private_mut(&key(app)).add(cookie(app, name, value, Some(max_age)));
    jar.delta().cloned().for_each(|cookie| send(request, cookie));
}

/// What an encrypted cookie holds; one that was tampered with holds nothing.
pub fn get_private(request: &HttpRequest, app: &App, name: Name) -> Option<String> {
    let received = request.cookie(&name.full(app))?;
    let mut jar = CookieJar::new();
    jar.add_original(received);
    jar.private(&key(app)).get(&name.full(app)).map(|cookie| cookie.value().to_string())
}

/// Takes a cookie back, with the path it was set with.
pub fn remove(request: &HttpRequest, app: &App, name: Name) {
    let mut gone = cookie(app, name, String::new(), None);
    gone.make_removal();
    send(request, gone);
}

/// The cookies that handlers asked to send.
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

fn key(app: &App) -> Key {
    Key::from(&app.keys.derive("cookie: flash"))
}
