//! A browser without script: stores cookies, follows no redirects by itself, sends forms with the values on the page.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use actix_web::http::Method;
use awc::Client;
use awc::cookie::Cookie;

use super::page::Page;

#[derive(Clone)]
pub struct Browser {
    pub address: SocketAddr,
    client: Client,
    cookies: Rc<RefCell<BTreeMap<String, String>>>,
    headers: Vec<(&'static str, String)>,
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        let client = Client::builder().disable_redirects().timeout(Duration::from_secs(60)).finish();
        Self { address, client, cookies: Rc::default(), headers: Vec::new() }
    }

    /// The same browser, sending this header with every request.
    pub fn saying(mut self, header: &'static str, value: &str) -> Self {
        self.headers.push((header, value.into()));
        self
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    /// Opens a page; the status must be 200.
    pub async fn open(&self, path: &str) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        page
    }

    /// Opens the page, fills in its main form and sends it; other fields keep their values. A field with a blank value that is
    /// the name of a button presses it.
    pub async fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.open(path).await;
        let (action, mut data) = page.form();
        for (name, _) in fields {
            data.retain(|(known, _)| known != name);
        }
        data.extend(fields.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
        self.post_pairs(&action, &data).await
    }

    /// Fills in a form and follows the redirect.
    pub async fn complete(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.fill(path, fields).await;
        assert_eq!(page.status, 303, "{path} was not accepted: {}", page.text());
        self.open(page.location()).await
    }

    /// Sends a form with a valid token to any address.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        let mut data: Vec<(String, String)> = fields.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
        data.push(("csrf_token".into(), token));
        self.post_pairs(path, &data).await
    }

    /// Sends only these fields, with the record's current version, as no real form does.
    pub async fn post_over(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let version = self.get(path).await.value("_version");
        self.post(path, &[fields, &[("_version", &version)]].concat()).await
    }

    /// A token as in any form.
    pub async fn token(&self) -> String {
        let page = self.get("/nothing-here").await;
        let page = if page.body.contains("csrf_token") { page } else { self.get("/login").await };
        page.value("csrf_token")
    }

    /// Sends exactly these pairs.
    pub async fn post_pairs(&self, path: &str, data: &[(String, String)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(data).finish();
        self.send(Method::POST, path, &[("content-type", "application/x-www-form-urlencoded")], body.into_bytes()).await
    }

    /// Sends a file with the form of a page, as a browser does.
    pub async fn upload(&self, path: &str, name: &str, content: &[u8]) -> Page {
        let token = self.token().await;
        self.upload_with(path, &[("csrf_token", &token)], name, content).await
    }

    /// Sends exactly these fields and this file.
    pub async fn upload_with(&self, path: &str, fields: &[(&str, &str)], name: &str, content: &[u8]) -> Page {
        let mut body = Vec::new();
        for (field, value) in fields {
            body.extend(format!("--limit\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes());
        }
        let head = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n--limit--\r\n");
        self.send(Method::POST, path, &[("content-type", "multipart/form-data; boundary=limit")], body).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Page {
        let mut request = self.client.request(method, format!("http://{}{path}", self.address));
        for (name, value) in &self.headers {
            request = request.insert_header((*name, value.as_str()));
        }
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        for (name, value) in self.cookies.borrow().iter() {
            request = request.cookie(Cookie::new(name.clone(), value.clone()));
        }
        let mut response = request.send_body(body).await.unwrap_or_else(|error| panic!("{path}: {error}"));
        for cookie in response.cookies().expect("cookies").iter() {
            let gone = cookie.max_age().is_some_and(|age| age.is_zero()) || cookie.value().is_empty();
            let mut kept = self.cookies.borrow_mut();
            if gone {
                kept.remove(cookie.name())
            } else {
                kept.insert(cookie.name().into(), cookie.value().into())
            };
        }
        let body = response.body().limit(8 << 20).await.expect("a body");
        Page::new(path, response.status().as_u16(), response.headers(), &body)
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.into(), value.into());
    }

    /// The same cookies in another browser: stolen ones, or a copy.
    pub fn copy(&self) -> Self {
        Self { cookies: Rc::new(RefCell::new(self.cookies.borrow().clone())), ..self.clone() }
    }
}
