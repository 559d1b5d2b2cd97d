//! The steps of one sign-in with a provider: the authorization code flow with PKCE, and the validation of the answer.

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreGenderClaim, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EmptyAdditionalClaims, EndUserEmail, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LocalizedClaim, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    TokenResponse, UserInfoError,
};
use secrecy::ExposeSecret;
use url::Url;

use super::error::OidcError;
use super::http_client::HttpClient;
use super::provider::Provider;
use crate::crypto::keys::random_text;
use crate::db::UtcDateTime;

/// Asymmetric algorithms only: a token must not be signed by anybody who knows our client secret.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// Seconds by which a provider's clock may differ.
const SKEW: i64 = 120;
/// The maximum age of a token, in seconds; it is issued for this exchange.
const OLDEST: i64 = 600;

/// What to store when a browser is sent to a provider.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    pub url: String,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// The identity according to the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub issuer: String,
    /// The provider's permanent identifier; addresses may be reassigned.
    pub subject: String,
    /// Blank if the provider did not send it.
    pub email: String,
    /// Whether the provider has verified the address.
    pub email_is_verified: bool,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
}

/// Why a token is refused.
pub enum Doubt {
    /// It was signed with an unknown key.
    UnknownKey,
    Wrong(OidcError),
}

impl From<Doubt> for OidcError {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::UnknownKey => Self::lied("signed with a key that is not the provider's"),
            Doubt::Wrong(trouble) => trouble,
        }
    }
}

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

fn client(provider: &Provider, metadata: CoreProviderMetadata, redirect: &Url) -> Client {
    let methods = metadata.token_endpoint_auth_methods_supported();
    let in_body = methods.is_some_and(|all| !all.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let secret = ClientSecret::new(provider.client_secret.expose_secret().into());
    CoreClient::from_provider_metadata(metadata, ClientId::new(provider.client_id.clone()), Some(secret))
        .set_redirect_uri(RedirectUrl::from_url(redirect.clone()))
        .set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth })
}

/// The authorization URL, and what has to come back unchanged.
pub fn depart(provider: &Provider, metadata: CoreProviderMetadata, redirect: &Url) -> Result<AuthorizationRequest, OidcError> {
    let verifier = random_text(64);
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.clone()));
    let client = client(provider, metadata, redirect);
    let fresh = || random_text(43);
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || CsrfToken::new(fresh()), move || Nonce::new(fresh()))
        .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.into())))
        .set_pkce_challenge(challenge)
        .url();
    // A browser is redirected there: only HTTP(S), and HTTPS if the issuer uses it.
    let own = Url::parse(&provider.issuer).map_err(OidcError::lied)?;
    if url.scheme() != "https" && !(url.scheme() == "http" && own.scheme() == "http") {
        return Err(OidcError::lied("the sign-in page does not use https"));
    }
    Ok(AuthorizationRequest { url: url.into(), state: state.into_secret(), nonce: nonce.secret().clone(), verifier })
}

/// Exchanges the code for tokens.
pub async fn exchange(
    provider: &Provider,
    metadata: CoreProviderMetadata,
    redirect: &Url,
    code: &str,
    sent: &AuthorizationRequest,
) -> Result<CoreTokenResponse, OidcError> {
    let issuer = metadata.issuer().clone();
    let outside = HttpClient { issuer: issuer.url() };
    let client = client(provider, metadata, redirect);
    let asked = client.exchange_code(AuthorizationCode::new(code.into())).map_err(OidcError::lied)?;
    let asked = asked.set_pkce_verifier(PkceCodeVerifier::new(sent.verifier.clone()));
    asked.request_async(&|request| outside.send(request)).await.map_err(|error| match error {
        RequestTokenError::Request(trouble) => trouble,
        RequestTokenError::ServerResponse(refusal) => OidcError::refused(refusal),
        RequestTokenError::Parse(error, _) => OidcError::lied(error),
        RequestTokenError::Other(text) => OidcError::Lied(text),
    })
}

/// Verifies the signature, issuer, audience, nonce and time.
pub fn verify<'a>(
    provider: &Provider,
    metadata: &CoreProviderMetadata,
    tokens: &'a CoreTokenResponse,
    sent: &AuthorizationRequest,
    now: UtcDateTime,
) -> Result<&'a CoreIdTokenClaims, Doubt> {
    let wrong = |why: &str| Doubt::Wrong(OidcError::lied(why));
    let token = tokens.id_token().ok_or_else(|| wrong("no identity token"))?;
    let (issuer, keys) = (metadata.issuer().clone(), metadata.jwks().clone());
    let secret = ClientSecret::new(provider.client_secret.expose_secret().into());
    let seconds = now.unix_seconds();
    let verifier =
        openidconnect::core::CoreIdTokenVerifier::new_confidential_client(ClientId::new(provider.client_id.clone()), secret, issuer, keys)
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || chrono::DateTime::from_timestamp(seconds - SKEW, 0).unwrap_or_default())
            .set_issue_time_verifier_fn(move |at| {
                let age = seconds - at.timestamp();
                if (-SKEW..=OLDEST).contains(&age) { Ok(()) } else { Err("not issued recently".into()) }
            });
    let claims = token.claims(&verifier, &Nonce::new(sent.nonce.clone())).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => Doubt::UnknownKey,
        // The library's message would include both nonces.
        ClaimsVerificationError::InvalidNonce(_) => wrong("the nonce does not match"),
        ClaimsVerificationError::SignatureVerification(error) => Doubt::Wrong(OidcError::lied(error)),
        other => Doubt::Wrong(OidcError::lied(other)),
    })?;
    if claims.authorized_party().is_some_and(|party| party.as_str() != provider.client_id) {
        return Err(wrong("issued for another application"));
    }
    if let Some(expected) = claims.access_token_hash() {
        let (algorithm, key) = token
            .signing_alg()
            .map_err(|error| wrong(&error.to_string()))
            .and_then(|algorithm| Ok((algorithm, token.signing_key(&verifier).map_err(|error| wrong(&error.to_string()))?)))?;
        let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(|error| wrong(&error.to_string()))?;
        if hash != *expected {
            return Err(wrong("the access token does not match the response"));
        }
    }
    Ok(claims)
}

/// The identity from the claims, completed from the UserInfo endpoint if the address is missing.
pub async fn complete(
    provider: &Provider,
    metadata: CoreProviderMetadata,
    tokens: &CoreTokenResponse,
    claims: &CoreIdTokenClaims,
) -> Result<Person, OidcError> {
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > 255 || subject.chars().any(char::is_control) {
        return Err(OidcError::lied("a subject that is too long or empty"));
    }
    let mut person = Person {
        issuer: provider.issuer.clone(),
        subject: subject.into(),
        email: address(claims.email()),
        email_is_verified: claims.email_verified() == Some(true),
        username: claims.preferred_username().map(|name| name.to_string()).unwrap_or_default(),
        first_name: first(claims.given_name()),
        last_name: first(claims.family_name()),
    };
    if person.email.is_empty() && metadata.userinfo_endpoint().is_some() {
        let user_info = ask(provider, metadata, tokens, claims).await?;
        person.email = address(user_info.email());
        person.email_is_verified = user_info.email_verified() == Some(true);
        let fill = |known: &mut String, claim: String| {
            if known.is_empty() {
                *known = claim;
            }
        };
        fill(&mut person.username, user_info.preferred_username().map(|name| name.to_string()).unwrap_or_default());
        fill(&mut person.first_name, first(user_info.given_name()));
        fill(&mut person.last_name, first(user_info.family_name()));
    }
    person.email_is_verified &= !person.email.is_empty();
    Ok(person)
}

/// Queries the UserInfo endpoint. The answer must be about the same subject.
async fn ask(
    provider: &Provider,
    metadata: CoreProviderMetadata,
    tokens: &CoreTokenResponse,
    claims: &CoreIdTokenClaims,
) -> Result<CoreUserInfoClaims, OidcError> {
    let issuer: IssuerUrl = metadata.issuer().clone();
    let outside = HttpClient { issuer: issuer.url() };
    // This request redirects nobody, so the redirect URI does not matter.
    let client = client(provider, metadata, issuer.url());
    let asked = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone())).map_err(OidcError::lied)?;
    let answer = asked.request_async::<EmptyAdditionalClaims, _, CoreGenderClaim>(&|request| outside.send(request)).await;
    answer.map_err(|error| match error {
        UserInfoError::Request(trouble) => trouble,
        other => OidcError::lied(other),
    })
}

/// The address if email can be sent to it; blank otherwise.
fn address(email: Option<&EndUserEmail>) -> String {
    let text = crate::email_address::ascii(email.map(|email| email.trim()).unwrap_or(""));
    let good = text.len() <= crate::email_address::MOST && text.parse::<lettre::Address>().is_ok() && crate::email_address::is_email(&text);
    if good { text.into_owned() } else { String::new() }
}

/// The value without a language tag, or the first one.
fn first<T: std::ops::Deref<Target = String>>(claim: Option<&LocalizedClaim<T>>) -> String {
    let text = claim.and_then(|claim| claim.get(None).or_else(|| claim.iter().next().map(|(_, text)| text)));
    text.map(|text| text.trim().to_string()).unwrap_or_default()
}

pub fn undiscovered(error: DiscoveryError<OidcError>) -> OidcError {
    match error {
        // The document is public, so the message may quote it.
        DiscoveryError::Parse(why) => OidcError::Lied(format!("the discovery document cannot be read: {why}")),
        DiscoveryError::Request(trouble) => trouble,
        DiscoveryError::Response(status, ..) => OidcError::Lied(format!("the discovery document returned status {status}")),
        other => OidcError::lied(other),
    }
}
