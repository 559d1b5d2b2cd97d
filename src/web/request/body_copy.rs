//! A copy of a form while it is read, for the error page when the request is lost: its handler panicked or took too long, or its
//! session could not be read.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes};
use futures_util::Stream;

use super::posted::RefusedForm;
use super::{body, csrf, upload};
use crate::app::App;
use crate::resource::FormData;
use crate::web::response::local_path;

/// The most bytes that are copied; longer forms are refused.
const MOST: usize = body::FORM_LIMIT;

pub struct BodyCopy {
    app: web::Data<App>,
    path: String,
    kind: Option<HeaderValue>,
    /// Whether the browser says that a page of Praxis sent it.
    is_ours: bool,
    shared: Rc<RefCell<Shared>>,
}

struct Shared {
    payload: Payload,
    copy: Vec<u8>,
    is_cut: bool,
}

impl BodyCopy {
    /// Copies the body of a request that may change something as it is read; `None` for any other.
    pub fn of(request: &mut ServiceRequest, app: &web::Data<App>) -> Option<Self> {
        if *request.method() != Method::POST {
            return None;
        }
        let path = local_path(&request.uri().to_string())?.to_string();
        let kind = request.headers().get(header::CONTENT_TYPE).cloned();
        let is_ours = request.headers().get("sec-fetch-site").is_some_and(|site| site == "same-origin");
        let shared = Rc::new(RefCell::new(Shared { payload: request.take_payload(), copy: Vec::new(), is_cut: false }));
        let copy = Self { app: app.clone(), path, kind, is_ours, shared };
        request.set_payload(copy.payload());
        Some(copy)
    }

    fn payload(&self) -> Payload {
        let stream: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(Copied(self.shared.clone()));
        Payload::from(stream)
    }

    /// The form, if a page of Praxis sent it; what nobody has read yet is read now.
    pub async fn form(self) -> Option<RefusedForm> {
        // Of a form with a file the texts come first; the file has to be chosen again.
        let _ = body::body(self.payload(), MOST, 0).await;
        let (copy, is_cut) = {
            let mut shared = self.shared.borrow_mut();
            (std::mem::take(&mut shared.copy), shared.is_cut)
        };
        let kind = self.kind.filter(upload::is_of_parts);
        let in_parts = kind.is_some();
        let data = match kind {
            Some(kind) => upload::texts_in(kind, copy).await,
            None => FormData::parse(&copy).filter(|_| !is_cut)?,
        };
        let is_ours = self.is_ours || csrf::owner(&self.app, data.text(csrf::FIELD)).is_some();
        (is_ours && !data.is_empty()).then_some(RefusedForm { path: self.path, data, in_parts })
    }
}

struct Copied(Rc<RefCell<Shared>>);

impl Stream for Copied {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut shared = self.0.borrow_mut();
        let next = ready!(Pin::new(&mut shared.payload).poll_next(context));
        if let Some(Ok(chunk)) = &next {
            let left = MOST.saturating_sub(shared.copy.len());
            shared.is_cut |= chunk.len() > left;
            shared.copy.extend(chunk.iter().take(left));
        }
        Poll::Ready(next)
    }
}
