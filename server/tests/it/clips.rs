//! Clips of kills: left by pages of this server, found under their name, and nothing else is.

use shared::{
    clip::{CLIP_BYTES_MAX, Clip, Cut, Still},
    defs::Terms,
    ids::PlayerId,
    replica::view::View,
    sim::Cause,
};

use crate::running::{Reply, Running, ask_raw};

fn clip() -> Vec<u8> {
    let view = View::default();
    let stills: Vec<_> = (0..100).map(|at| Still { at_us: at * 50_000, view: &view }).collect();
    let cut = Cut {
        stills: &stills,
        kill_us: 4_000_000,
        killer: PlayerId(0),
        victim: PlayerId(1),
        cause: Cause::Ram,
        points: 35,
        room: "Drift",
        terms: Terms::default(),
    };
    cut.clip(|_| Some(("Ada", false))).expect("enough pictures").to_bytes()
}

async fn leave(server: &Running, body: &[u8], extra: &str) -> Reply {
    let (address, length) = (server.address, body.len());
    let head = format!(
        "POST /clips HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{extra}\r\n"
    );
    ask_raw(address, &[head.as_bytes(), body].concat()).await
}

#[tokio::test]
async fn a_clip_is_left_and_found_by_whoever_has_its_name() {
    let server = Running::start();
    let bytes = clip();
    let reply = leave(&server, &bytes, "").await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let name = String::from_utf8(reply.body.to_vec()).unwrap();
    let found = server.get(&format!("/clips/{}", name.trim())).await;
    assert_eq!((found.status, found.header("content-type")), (200, "application/octet-stream"));
    assert_eq!(found.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(Clip::from_bytes(&found.body).is_ok_and(|clip| clip.head.points == 35));
    assert_eq!(leave(&server, &bytes, "").await.body, reply.body, "the same clip has the same name");
}

#[tokio::test]
async fn what_is_no_clip_or_comes_from_elsewhere_is_refused_by_one_sentence() {
    let server = Running::start();
    let foreign = "Origin: http://evil.example\r\n";
    for (body, extra, status, says) in [
        (b"PERICLP1 and more".to_vec(), "", 422, "no clip"),
        (Vec::new(), "", 422, "no clip"),
        (clip(), foreign, 403, "another site"),
        (vec![0; CLIP_BYTES_MAX + 1], "", 413, "65536 bytes"),
    ] {
        let reply = leave(&server, &body, extra).await;
        let sentence = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!(reply.status, status, "{sentence}");
        assert!(sentence.contains(says), "{sentence}");
    }
    for (method, path, status) in [
        ("GET", "/clips/0123456789abcdef0123", 404),
        ("GET", "/clips/..%2f..%2fCargo.toml", 404),
        ("GET", "/clips", 404),
        ("DELETE", "/clips/0123456789abcdef0123", 405),
    ] {
        assert_eq!(server.ask(method, path, "").await.status, status, "{method} {path}");
    }
}

#[tokio::test]
async fn nobody_fills_the_disk_with_clips() {
    let server = Running::start();
    let mut answers = Vec::new();
    for _ in 0..9 {
        answers.push(leave(&server, &clip(), "").await.status);
    }
    assert_eq!(answers[..6], [201; 6]);
    assert!(answers[6..].contains(&429), "{answers:?}");
}
