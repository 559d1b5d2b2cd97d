//! A program that uses the API: JSON, and a token if it has one.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::page::Page;
use super::people::PASSWORD;
use super::{Browser, Clinic};

#[derive(Clone)]
pub struct Program {
    browser: Browser,
    pub access: String,
    pub refresh: String,
}

impl Program {
    pub fn new(browser: Browser) -> Self {
        Self { browser, access: String::new(), refresh: String::new() }
    }

    /// The same program with another token.
    pub fn holding(&self, access: &str) -> Self {
        Self { access: access.into(), ..self.clone() }
    }

    /// Signs in with the password of all users.
    pub async fn sign_in(mut self, username: &str) -> Self {
        let answer = self.post("/api/auth/login/", json!({ "email": username, "password": PASSWORD })).await;
        assert_eq!(answer.status, 200, "{username} was not let in: {}", answer.body);
        (self.access, self.refresh) = (answer.member("access"), answer.member("refresh"));
        self
    }

    pub async fn get(&self, path: &str) -> Page {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Page {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Page {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Page {
        self.call_saying(method, path, &[], body).await
    }

    /// The same with these headers.
    pub async fn call_saying(&self, method: Method, path: &str, said: &[(&str, &str)], body: Option<Value>) -> Page {
        let json: &[(&str, &str)] = if body.is_some() { &[("content-type", "application/json")] } else { &[] };
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        self.send(method, path, &[&[("accept", "application/json")], json, said].concat(), body).await
    }

    /// Sends exactly these bytes.
    pub async fn send(&self, method: Method, path: &str, said: &[(&str, &str)], body: Vec<u8>) -> Page {
        let token = format!("Bearer {}", self.access);
        let mut headers = said.to_vec();
        if !self.access.is_empty() {
            headers.push(("authorization", token.as_str()));
        }
        self.browser.send(method, path, &headers, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Page {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Page {
        self.call(Method::DELETE, path, None).await
    }

    /// Reads a resource; the status must be 200.
    pub async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// With exactly this `Authorization` header.
    pub async fn saying(&self, authorization: &str) -> Page {
        self.browser.send(Method::GET, "/api/auth/me/", &[("authorization", authorization)], Vec::new()).await
    }

    /// The current user according to the API.
    pub async fn me(&self) -> Page {
        self.get("/api/auth/me/").await
    }
}

impl Page {
    /// The JSON of a response.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{} ({}): {error}: {}", self.path, self.status, self.body))
    }

    /// A member that is text.
    #[track_caller]
    pub fn member(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.body)).into()
    }

    /// Checks the status and the code of an error.
    #[track_caller]
    pub fn refuses(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.json()["code"].as_str()), (status, Some(code)), "{}: {}", self.path, self.body);
        assert!(!self.member("detail").is_empty());
        assert_eq!(self.header("www-authenticate").is_empty(), status != 401, "{}", self.path);
        self
    }
}

impl Clinic {
    /// A program that is not signed in.
    pub fn program(&self) -> Program {
        Program::new(self.visitor())
    }

    /// A program that is signed in as a user.
    pub async fn program_of(&self, username: &str) -> Program {
        self.program().sign_in(username).await
    }
}
