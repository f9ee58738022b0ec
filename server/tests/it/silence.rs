//! What happens when nothing is heard: a ping, then an end.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use crate::{
    clients::{FIN_BINARY, frame, hello, open_raw, raw_close_code, read_frame},
    running::{Running, in_time},
};

fn impatient() -> Running {
    Running::start_with(|limits| {
        limits.ping_after = Duration::from_millis(200);
        limits.silence_timeout = Duration::from_millis(900);
    })
}

#[tokio::test]
async fn who_says_nothing_any_more_is_closed_as_too_slow() {
    let server = impatient();
    let mut raw = open_raw(server.address).await;
    raw.write_all(&frame(FIN_BINARY, &hello())).await.unwrap();
    let began = Instant::now();
    assert_eq!(raw_close_code(&mut raw).await, 4008);
    let elapsed = began.elapsed();
    // Well before the room gives up on somebody who acknowledges nothing.
    assert!((0.8..4.0).contains(&elapsed.as_secs_f32()), "{elapsed:?}");
    drop(raw);
    server.until_connections(0).await;
}

#[tokio::test]
async fn answering_pings_is_enough_to_stay() {
    let server = impatient();
    let mut raw = open_raw(server.address).await;
    raw.write_all(&frame(FIN_BINARY, &hello())).await.unwrap();
    let began = Instant::now();
    let mut pings = 0;
    while began.elapsed() < Duration::from_secs(3) {
        let (first, payload) = in_time("a frame", read_frame(&mut raw)).await.expect("still open");
        match first {
            0x89 => {
                pings += 1;
                raw.write_all(&frame(0x8a, &payload)).await.unwrap();
            }
            0x88 => panic!("closed after {:?}: {payload:?}", began.elapsed()),
            _ => {}
        }
    }
    assert!(pings >= 5, "{pings}");
}
