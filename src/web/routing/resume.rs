//! A form that arrives after its session has ended is not lost: it is carried through the sign-in and offered for sending again.
//! Nothing happens before the user presses the button of that page.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use askama::Template;

use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::request::{self, csrf};
use crate::web::response::{html, local_path};

/// The hidden fields that carry a form.
pub const PATH: &str = "resume_path";
pub const DATA: &str = "resume_data";
/// Encoded twice, a form must still fit into a request.
const LONGEST: usize = 20 * 1024;

/// A form to send later: its address and its values.
#[derive(Clone, Debug)]
pub struct Kept {
    pub path: String,
    pub data: String,
}

impl Kept {
    /// The form in a sign-in form, if there is one.
    pub fn of(posted: &FormData) -> Option<Self> {
        let path = local_path(posted.text(PATH))?;
        let data = posted.text(DATA);
        (data.len() <= LONGEST && !data.contains('\0')).then(|| Self { path: path.into(), data: data.into() })
    }
}

/// Renders the sign-in page with a form; accounts implement it.
pub type SignInPage = fn(&Visit, Kept) -> AppResult<HttpResponse>;

/// The sign-in page with the form, for a request from a page of Praxis; the plain sign-in page for any other.
pub async fn offer(mut request: ServiceRequest, sign_in: SignInPage) -> ServiceResponse<BoxBody> {
    let ours = request.headers().get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    let kept = if ours { keep(&mut request).await } else { None };
    let visit = Visit::of(request.request());
    let page = match (kept, visit) {
        (Some(kept), Some(visit)) => sign_in(&visit, kept),
        _ => Err(AppError::SignInFirst),
    };
    match page {
        Ok(response) => request.into_response(response),
        Err(error) => request.error_response(error),
    }
}

async fn keep(request: &mut ServiceRequest) -> Option<Kept> {
    let path = request.uri().path().to_string();
    let sent = request::body::form(request).await.ok()?;
    let pairs = sent.into_pairs().into_iter().filter(|(name, _)| name != csrf::FIELD && !name.contains("password"));
    let data = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    (data.len() <= LONGEST).then_some(Kept { path, data })
}

#[derive(Template)]
#[template(path = "accounts/resume.html")]
struct ResumePage {
    shell: Shell,
    action: String,
    pairs: Vec<(String, String)>,
}

/// After signing in again: offers to send the form.
pub fn send_again(visit: &Visit, kept: Kept) -> AppResult<HttpResponse> {
    let pairs = FormData::parse(kept.data.as_bytes()).map(FormData::into_pairs).unwrap_or_default();
    html(StatusCode::OK, &ResumePage { shell: visit.shell("You are signed in again"), action: kept.path, pairs })
}
