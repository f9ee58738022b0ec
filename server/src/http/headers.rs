//! The headers of every answer. Invariant: what the page may do is listed here and nowhere else; anything not
//! listed, above all another host, is refused by the browser.

use warp::http::{HeaderMap, HeaderName, HeaderValue, header};

const FIXED: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), autoplay=(self), camera=(), display-capture=(), \
         fullscreen=(self), gamepad=(self), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), \
         midi=(), payment=(), serial=(), usb=()",
    ),
];

/// For half a year nobody is to come by plain http again. Only from a server that ends TLS itself: behind a proxy that
/// is the proxy's to say.
const STRICT: &str = "max-age=15552000";

/// Adds them. `host` is the page's own, from [`clean_host`]; `is_encrypted` says that we end TLS ourselves.
pub fn apply(headers: &mut HeaderMap, host: Option<&str>, is_encrypted: bool) {
    if is_encrypted {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT));
    }
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = HeaderValue::try_from(content_security_policy(host)).expect("a clean host is ASCII");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
}

/// `'wasm-unsafe-eval'` is the narrow permission to compile WebAssembly. `'self'` covers the WebSocket in current
/// browsers; older ones take it to mean http only, hence the host by name.
fn content_security_policy(host: Option<&str>) -> String {
    let sockets = host.map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'{sockets}; \
         img-src 'self' data: blob:; style-src 'self'; font-src 'self'; media-src 'self'; worker-src 'self'; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'"
    )
}

/// The `Host` header if it is a plain `name[:port]`: anything else could add words to the policy. (An IPv6 literal
/// is left out as well; the policy's grammar has no place for it.)
pub fn clean_host(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let plain = |text: &str, allowed: fn(&char) -> bool| !text.is_empty() && text.chars().all(|c| allowed(&c));
    let clean = host.len() <= 255
        && plain(name, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        && plain(port, char::is_ascii_digit);
    clean.then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(host: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap());
        let host = clean_host(&headers);
        apply(&mut headers, host.as_deref(), false);
        headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
    }

    #[test]
    fn the_socket_of_the_own_host_is_allowed_by_name() {
        for (host, sources) in [
            ("localhost:8080", "connect-src 'self' ws://localhost:8080 wss://localhost:8080;"),
            ("Play.Example", "connect-src 'self' ws://play.example wss://play.example;"),
            ("[::1]:8080", "connect-src 'self';"),
        ] {
            assert!(policy(host).contains(sources), "{host}: {}", policy(host));
        }
    }

    #[test]
    fn a_host_header_cannot_add_to_the_policy() {
        for host in ["a; script-src *", "a b", "a,b", "a:1:2", "a:", ":1", "", "*", "a'b", "a/b", "é"] {
            assert!(policy(host).contains("connect-src 'self';"), "{host}: {}", policy(host));
        }
    }
}
