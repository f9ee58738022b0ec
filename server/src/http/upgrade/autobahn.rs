//! Autobahn's fuzzing client against our own handshake and tungstenite behind it. The echo route exists in this test alone;
//! its limits are those of tungstenite, because some cases send more than a game may.
//!
//! Allowed: informational verdicts, and "non-strict" in 6.4.3 and 6.4.4 (text that is no UTF-8 is noticed at the end of its
//! frame, not in the middle of it), which tungstenite records itself.

use std::{convert::Infallible, path::Path, process::Stdio};

use futures_util::{SinkExt, StreamExt};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use tokio::net::TcpListener;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};
use warp::Reply;

use super::*;

const CASES: &str = r#"["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.1.1", "9.2.1", "9.3.1", "10.*"]"#;
const NON_STRICT: [&str; 2] = ["6.4.3", "6.4.4"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Python 2.7 with Autobahn: `cargo xtask test autobahn` brings it"]
async fn autobahn_finds_nothing() {
    let variable =
        |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by `cargo xtask test autobahn`"));
    let (python, library) = (variable("PYTHON2"), variable("AUTOBAHN"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(serve(listener));
    let folder = std::env::temp_dir().join(format!("perihelion-autobahn-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let spec = format!(
        r#"{{ "outdir": {:?}, "servers": [{{ "agent": "perihelion", "url": "ws://127.0.0.1:{port}" }}],
             "cases": {CASES}, "exclude-cases": [], "exclude-agent-cases": {{}} }}"#,
        folder.display().to_string()
    );
    std::fs::write(folder.join("spec.json"), spec).unwrap();
    let mut client = tokio::process::Command::new(python);
    client.args(["-m", "autobahntestsuite.wstest", "-m", "fuzzingclient", "-s"]).arg(folder.join("spec.json"));
    client.env("PYTHONPATH", library).current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null());
    let status = client.status().await.expect("python runs");
    assert!(status.success(), "{status}");
    judge(&folder);
    std::fs::remove_dir_all(folder).unwrap();
}

fn judge(folder: &Path) {
    let report = std::fs::read(folder.join("index.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_slice(&report).expect("JSON");
    let cases = report["perihelion"].as_object().expect("our cases");
    assert!(cases.len() > 200, "only {} cases were tried", cases.len());
    for (case, result) in cases {
        for part in ["behavior", "behaviorClose"] {
            let verdict = result[part].as_str().unwrap_or_default();
            let allowed = matches!(verdict, "OK" | "INFORMATIONAL")
                || (verdict == "NON-STRICT" && NON_STRICT.contains(&case.as_str()));
            assert!(allowed, "case {case}: {part} is {verdict}");
        }
    }
}

async fn serve(listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.expect("accepts");
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(open)).with_upgrades();
        tokio::spawn(async move {
            // Many cases end their connection in the rudest of ways.
            let _ = connection.await;
        });
    }
}

async fn open(mut request: Request<Incoming>) -> Result<warp::reply::Response, Infallible> {
    let Ok(key) = check_handshake(request.method(), request.headers()) else {
        return Ok(text(StatusCode::BAD_REQUEST, "no handshake").into_response());
    };
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let config = WebSocketConfig::default();
        let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
        while let Some(Ok(message)) = socket.next().await {
            if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
                return;
            }
        }
    });
    Ok(switching(&key).into_response())
}
