//! Plain HTTP: the page, its files, the facts, the headers of everything.

use crate::running::{Running, ask_raw};

const SCRIPT: &str = "/client-0123456789abcdef.js";

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let server = Running::start();
    let host = server.address;
    for (method, path, status) in [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/lab", 200),
        ("GET", "/practice", 200),
        ("GET", "/lab/more", 404),
        ("POST", "/", 405),
        ("GET", SCRIPT, 200),
        ("GET", "/replay", 200),
        ("POST", "/replay", 405),
        ("GET", "/replay/more", 404),
        ("GET", "/nothing", 404),
        ("DELETE", "/nothing", 405),
        ("GET", "/check", 200),
        ("GET", "/check/", 404),
        ("GET", "/check/socket", 426),
        ("POST", "/check/socket", 405),
        ("GET", "/check.json", 400),
        ("GET", "/check.json?attempt=1", 200),
        ("GET", "/arena", 200),
        ("GET", "/arena?x", 400),
        ("PUT", "/arena", 405),
        ("GET", "/ws", 426),
        ("POST", "/ws", 405),
        ("GET", "/ws/more", 404),
        ("GET", "/healthz", 200),
        ("PUT", "/healthz", 405),
        ("GET", "/readyz", 200),
        ("GET", "/status.json", 200),
        ("GET", "/metrics", 200),
        ("POST", "/metrics", 405),
        ("GET", "/%", 404),
        ("GET", "/..%2f", 404),
    ] {
        let reply = server.ask(method, path, "").await;
        assert_eq!(reply.status, status, "{method} {path}");
        let policy = reply.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            &format!("connect-src 'self' ws://{host} wss://{host}"),
            "style-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.split(';').any(|item| item.trim() == part), "{method} {path}: {part} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{method} {path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{method} {path}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{method} {path}");
        assert!(reply.header("permissions-policy").contains("camera=()"), "{method} {path}");
        assert!(!reply.headers.contains_key("access-control-allow-origin"), "{method} {path}");
        assert!(reply.headers.contains_key("cache-control"), "{method} {path}");
        if status == 405 {
            assert_eq!(reply.header("allow"), "GET, HEAD");
        }
    }
}

#[tokio::test]
async fn files_come_with_their_type_and_their_right_to_be_kept() {
    let server = Running::start();
    let year = "public, max-age=31536000, immutable";
    for (path, kind, cache) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/replay", "text/html; charset=utf-8", "no-cache"),
        ("/check", "text/html; charset=utf-8", "no-cache"),
        (SCRIPT, "text/javascript; charset=utf-8", year),
        ("/client-0123456789abcdef_bg.wasm", "application/wasm", year),
        ("/style-0123456789abcdef.css", "text/css; charset=utf-8", year),
        ("/favicon-0123456789abcdef.svg", "image/svg+xml", year),
    ] {
        let reply = server.get(path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.header("content-type"), kind, "{path}");
        assert_eq!(reply.header("cache-control"), cache, "{path}");
        assert_eq!(reply.header("content-length"), reply.body.len().to_string(), "{path}");
        let known = server.ask("GET", path, &format!("If-None-Match: {}\r\n", reply.header("etag"))).await;
        assert_eq!((known.status, known.body.len()), (304, 0), "{path}");
        assert_eq!(known.header("etag"), reply.header("etag"));
        assert_eq!(known.header("cache-control"), cache);
        let changed = server.ask("GET", path, "If-None-Match: \"other\"\r\n").await;
        assert_eq!((changed.status, &changed.body), (200, &reply.body), "{path}");
        let head = server.ask("HEAD", path, "").await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(head.header("content-length"), reply.body.len().to_string(), "{path}");
    }
}

#[tokio::test]
async fn compressed_forms_are_served_to_who_takes_them() {
    let server = Running::start();
    let css = "/style-0123456789abcdef.css";
    for (path, accept, form, body) in [
        (SCRIPT, "gzip, deflate, br, zstd", Some("br"), "brotli form"),
        (SCRIPT, "gzip", Some("gzip"), "gzip form"),
        (SCRIPT, "br;q=0.1, gzip;q=0.9", Some("gzip"), "gzip form"),
        (SCRIPT, "br;q=0, gzip;q=0", None, "export default 1"),
        (SCRIPT, "identity", None, "export default 1"),
        (css, "br, gzip", Some("gzip"), "gzip only"),
        (css, "br", None, "a{}"),
        ("/", "br, gzip", None, "<!doctype html><title>Perihelion</title>"),
    ] {
        let reply = server.ask("GET", path, &format!("Accept-Encoding: {accept}\r\n")).await;
        assert_eq!(reply.headers.get("content-encoding").map(String::as_str), form, "{path} {accept}");
        assert_eq!(reply.text(), body, "{path} {accept}");
        assert_eq!(reply.header("vary"), "Accept-Encoding", "{path}");
    }
    let plain = server.get(SCRIPT).await;
    let brotli = server.ask("GET", SCRIPT, "Accept-Encoding: br\r\n").await;
    assert_ne!(plain.header("etag"), brotli.header("etag"), "two forms are two entities");
}

#[tokio::test]
async fn nothing_outside_the_folder_is_served() {
    let server = Running::start();
    let secret = server.page.path().with_extension("secret");
    std::fs::write(&secret, "secret").unwrap();
    std::fs::write(server.page.path().join(".hidden"), "secret").unwrap();
    let name = secret.file_name().unwrap().to_str().unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, server.page.path().join("link.txt")).unwrap();
    for path in [
        format!("/../{name}"),
        format!("/..%2f{name}"),
        format!("/%2e%2e/{name}"),
        format!("/%2e%2e%2f{name}"),
        format!("/..%5c{name}"),
        format!("/a/../../{name}"),
        format!("//{}", secret.display()),
        format!("/{}", secret.display().to_string().replace('/', "%2f")),
        "/index.html%00.js".into(),
        "/%00".into(),
        "/.hidden".into(),
        "/link.txt".into(),
        "/%0d%0aSet-Cookie:%20a=b".into(),
    ] {
        let reply = server.get(&path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.text().contains("secret") && !reply.headers.contains_key("set-cookie"), "{path}: {reply:?}");
    }
    std::fs::remove_file(&secret).unwrap();
}

#[tokio::test]
async fn a_host_header_cannot_bend_the_policy() {
    let server = Running::start();
    for host in ["a; script-src *", "evil.example/x", "a b"] {
        let head = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let reply = ask_raw(server.address, head.as_bytes()).await;
        if let Some(policy) = reply.headers.get("content-security-policy") {
            assert!(policy.contains("connect-src 'self';"), "{host}: {policy}");
        }
    }
}

#[tokio::test]
async fn a_changed_file_is_seen_at_once_and_never_in_its_old_compressed_form() {
    let server = Running::start();
    let before = server.get("/").await;
    let path = server.page.path().join("index.html");
    std::fs::write(server.page.path().join("index.html.gz"), "old form").unwrap();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(10);
    std::fs::write(&path, "new").unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
    let after = server.ask("GET", "/", "Accept-Encoding: gzip\r\n").await;
    assert_eq!(after.text(), "new");
    assert_ne!(before.header("etag"), after.header("etag"));
}

#[tokio::test]
async fn the_facts_are_public() {
    let server = Running::start();
    let reply = server.get("/status.json").await;
    assert_eq!(reply.header("content-type"), "application/json");
    let status = server.status().await;
    assert_eq!(status["name"], "Drift");
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(status["protocol"], format!("{:016x}", shared::protocol::proto_hash()));
    assert_eq!(status["max_players"], 64);
    // Everything it says is documented.
    let documented = include_str!("../../../docs/HOSTING.md").split("### What `/status.json` says").nth(1).unwrap();
    let documented = documented.split("\n## ").next().unwrap();
    let facts: Vec<&str> = status.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(facts.len() >= 31, "{status}");
    for fact in facts {
        assert!(documented.contains(&format!("`{fact}`")), "{fact} is not in docs/HOSTING.md");
        assert!(
            ["name", "mode", "version", "protocol", "paused", "rooms", "draining", "store", "journal_failing"]
                .contains(&fact)
                || status[fact].is_u64(),
            "{fact} in {status}"
        );
    }
}
