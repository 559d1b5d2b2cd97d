//! The address and browser of a request.

use actix_web::http::header;
use actix_web::{HttpRequest, web};
use ipnet::IpNet;

use crate::app::App;

/// The client's IP address; blank if unknown.
pub fn ip_of(request: &HttpRequest) -> String {
    let Some(app) = request.app_data::<web::Data<App>>() else { return String::new() };
    let forwarded: Vec<&str> = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    let ip = app.settings.client_ip(request.peer_addr().map(|peer| peer.ip()), &forwarded.join(","));
    ip.map(|ip| ip.to_string()).unwrap_or_default()
}

/// The `User-Agent` of the client.
pub fn user_agent_of(request: &HttpRequest) -> String {
    request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("").to_string()
}

/// The network of an address: an IPv4 address itself, or the first half of an IPv6 address.
pub fn network(ip: &str) -> String {
    match ip.parse::<std::net::IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(std::net::IpAddr::V6(v6)) => IpNet::new(v6.into(), 64).map_or_else(|_| ip.into(), |net| net.trunc().to_string()),
        Ok(v4) => v4.to_string(),
        Err(_) => ip.into(),
    }
}
