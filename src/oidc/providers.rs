//! The configured providers with their metadata, which is cached for an hour and fetched again when a key is unknown.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use openidconnect::IssuerUrl;
use openidconnect::core::CoreProviderMetadata;
use tokio::sync::Semaphore;
use url::Url;

use super::error::OidcError;
use super::flow::{self, AuthorizationRequest, Person};
use super::http_client::HttpClient;
use super::provider::Provider;
use crate::db::UtcDateTime;

/// The time limit for all requests to a provider in one sign-in.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// The most requests that wait for providers at once, which bounds the effect of one that hangs.
const MOST_WAITING: usize = 64;
/// How long a provider's metadata and keys are cached, in minutes.
const KEPT: i64 = 60;

/// All configured providers.
pub struct Providers {
    all: Vec<Known>,
    turns: Semaphore,
}

/// A provider and its cached metadata.
pub struct Known {
    pub provider: Provider,
    metadata: Mutex<Option<(CoreProviderMetadata, UtcDateTime)>>,
}

impl Providers {
    pub fn new(providers: &[Provider]) -> Self {
        let all = providers.iter().map(|provider| Known { provider: provider.clone(), metadata: Mutex::default() }).collect();
        Self { all, turns: Semaphore::new(MOST_WAITING) }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.all.iter().map(|known| &known.provider)
    }

    pub fn find(&self, name: &str) -> Option<&Known> {
        self.all.iter().find(|known| known.provider.name == name)
    }

    /// The URL to redirect to, and what to store until the user returns to `redirect`.
    pub async fn depart(&self, known: &Known, redirect: &Url, now: UtcDateTime) -> Result<AuthorizationRequest, OidcError> {
        self.within(async {
            let (metadata, _) = known.metadata(now).await?;
            flow::depart(&known.provider, metadata, redirect)
        })
        .await
    }

    /// The identity for this code.
    pub async fn finish(
        &self,
        known: &Known,
        redirect: &Url,
        code: &str,
        sent: &AuthorizationRequest,
        now: UtcDateTime,
    ) -> Result<Person, OidcError> {
        self.within(async {
            let (mut metadata, is_new) = known.metadata(now).await?;
            let tokens = flow::exchange(&known.provider, metadata.clone(), redirect, code, sent).await?;
            let mut claims = flow::verify(&known.provider, &metadata, &tokens, sent, now);
            if matches!(claims, Err(flow::Doubt::UnknownKey)) && !is_new {
                metadata = known.refreshed(now).await?;
                claims = flow::verify(&known.provider, &metadata, &tokens, sent, now);
            }
            flow::complete(&known.provider, metadata, &tokens, claims?).await
        })
        .await
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, OidcError>>) -> Result<T, OidcError> {
        let _turn = self.turns.try_acquire().map_err(|_| OidcError::away("too many requests to providers"))?;
        tokio::time::timeout(DEADLINE, work).await.unwrap_or_else(|_| Err(OidcError::away("no response in time")))
    }
}

impl Known {
    /// The metadata, and whether it was fetched for this call.
    async fn metadata(&self, now: UtcDateTime) -> Result<(CoreProviderMetadata, bool), OidcError> {
        let cached = self.metadata.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match cached.filter(|(_, at)| now.since(*at).whole_minutes() < KEPT) {
            Some((metadata, _)) => Ok((metadata, false)),
            None => Ok((self.refreshed(now).await?, true)),
        }
    }

    /// Fetches the metadata. Concurrent calls do not wait for each other; the last result is cached.
    async fn refreshed(&self, now: UtcDateTime) -> Result<CoreProviderMetadata, OidcError> {
        let issuer = IssuerUrl::new(self.provider.issuer.clone()).map_err(OidcError::lied)?;
        let outside = HttpClient { issuer: issuer.url() };
        let metadata = CoreProviderMetadata::discover_async(issuer.clone(), &|request| outside.send(request)).await;
        let metadata = metadata.map_err(flow::undiscovered)?;
        *self.metadata.lock().unwrap_or_else(PoisonError::into_inner) = Some((metadata.clone(), now));
        Ok(metadata)
    }
}
