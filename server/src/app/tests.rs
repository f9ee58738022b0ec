//! What only a server from inside can be made to suffer, over real sockets.

use std::{net::SocketAddr, path::Path};

use futures_util::{SinkExt, StreamExt};
use shared::{
    defs::{Defs, ShipClass, Tuning},
    ids::PlayerId,
    protocol::{Resume, ServerMessage, codec},
    replica::{Intent, Replica},
    tick::Tick,
};
use tokio::{
    net::TcpStream,
    time::{Interval, interval},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::*;
use crate::{
    clock::now_s,
    config::RoomSettings,
    room::{Choice, Numbers},
};

const DEADLINE: Duration = Duration::from_secs(20);

/// The client's own logic behind a socket.
struct Player {
    replica: Replica,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    began: Instant,
    frames: Interval,
    /// The longest leap from one snapshot's tick to the next.
    last: Option<Tick>,
    leap_max: i32,
}

impl Player {
    async fn connect(address: SocketAddr, room: &str, resume: Option<Resume>) -> Player {
        let url = format!("ws://{address}/ws?room={room}");
        Player {
            replica: Replica::new(Defs::standard(), (800, 450), resume, 0),
            socket: connect_async(url).await.expect("an upgrade").0,
            began: Instant::now(),
            frames: interval(Duration::from_micros(16_667)),
            last: None,
            leap_max: 0,
        }
    }

    async fn play(address: SocketAddr, room: &str, name: &str) -> Player {
        let mut player = Player::connect(address, room, None).await;
        player.until(|replica| replica.welcome().is_some()).await;
        player.replica.play(name, ShipClass::Spark);
        player.until(|replica| replica.view().own_ship().is_some()).await;
        player
    }

    async fn until(&mut self, mut condition: impl FnMut(&Replica) -> bool) {
        timeout(DEADLINE, async {
            while !condition(&self.replica) {
                assert_eq!(self.step().await, None, "closed");
            }
        })
        .await
        .expect("in time");
    }

    /// The next message or frame; the code when the server closes.
    async fn step(&mut self) -> Option<u16> {
        let now_us = u64::try_from(self.began.elapsed().as_micros()).unwrap();
        tokio::select! {
            message = self.socket.next() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    self.replica.handle_bytes(&bytes, now_us).expect("our own server's messages make sense");
                    if let Ok(ServerMessage::Snapshot(snapshot)) = codec::decode_server(&bytes) {
                        let leap = self.last.map_or(0, |last| snapshot.tick.since(last));
                        self.leap_max = self.leap_max.max(leap);
                        self.last = Some(snapshot.tick);
                    }
                }
                Some(Ok(Message::Close(Some(frame)))) => return Some(frame.code.into()),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            },
            _ = self.frames.tick() => {
                self.replica.frame(now_us, Intent::default());
            }
        }
        while let Some(bytes) = self.replica.poll_transmit() {
            self.socket.send(Message::Binary(bytes.into())).await.expect("sent");
        }
        None
    }
}

fn server(home: &Path) -> App {
    std::fs::write(home.join("index.html"), "<!doctype html>").unwrap();
    for page in ["check.html", "admin.html"] {
        std::fs::write(home.join(page), "<!doctype html>").unwrap();
    }
    let server = ServerSettings {
        bind: Some([127, 0, 0, 1].into()),
        port: 0,
        client_dir: Some(home.to_owned()),
        data_dir: home.join(".data"),
        ..ServerSettings::default()
    };
    // Points to begin with are points to lose.
    let settings = RoomSettings { bots: Some(2), start_points: 500, season_minutes: 0, ..RoomSettings::default() };
    let rooms = ["a", "b"].map(|id| settings.blueprint(RoomId::parse(id).unwrap(), Tuning::STANDARD).unwrap());
    App::start(Config {
        server,
        limits: Limits::default(),
        words: crate::moderation::words::WordList::default(),
        hook: None,
        rooms: rooms.into(),
    })
    .expect("starts")
}

/// What `player` has in `room`, by its report.
fn points(app: &App, room: &str, slot: PlayerId) -> Option<u32> {
    let report = app.lobby.find(room).unwrap().report();
    report.players.iter().find(|row| row.slot == slot.0 && !row.is_watching).map(|row| row.points)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_room_breaks_and_nobody_in_another_misses_anything() {
    let home = tempfile::tempdir().unwrap();
    let app = server(home.path());
    let address = app.address();
    let mut witness = Player::play(address, "b", "Witness").await;
    let (stop, stopped) = oneshot::channel::<()>();
    let watching = tokio::spawn(async move {
        witness.leap_max = 0;
        tokio::pin!(stopped);
        loop {
            tokio::select! {
                biased;
                _ = &mut stopped => return witness,
                closed = witness.step() => assert_eq!(closed, None, "closed"),
            }
        }
    });
    let mut pilots = Vec::new();
    for name in ["Ada", "Grace", "Kepler"] {
        pilots.push(Player::play(address, "a", name).await);
    }
    let room = app.lobby.find("a").unwrap();
    room.sabotage(|| panic!("asked to, by a test")).await;
    let broke = Instant::now();
    for mut pilot in pilots {
        let code = timeout(DEADLINE, async {
            loop {
                if let Some(code) = pilot.step().await {
                    return code;
                }
            }
        });
        assert_eq!(code.await.expect("in time"), 4_009);
        let slot = pilot.replica.player().expect("it had a slot");
        let mut back = Player::connect(address, "a", pilot.replica.resume()).await;
        back.until(|replica| replica.resumed()).await;
        assert_eq!(back.replica.player(), Some(slot));
        let least = timeout(DEADLINE, async {
            loop {
                if let Some(points) = points(&app, "a", slot) {
                    return points;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(least.await.expect("in time") >= 500, "the score is there again");
    }
    println!("all were back after {:?}", broke.elapsed());
    // Two seconds are the promise; a loaded machine that also compiles gets ten.
    assert!(broke.elapsed() < Duration::from_secs(10), "{:?}", broke.elapsed());
    let before = app.lobby.find("b").unwrap().report();
    stop.send(()).unwrap();
    let witness = watching.await.expect("nothing was missed");
    assert!(witness.leap_max > 0 && before.restarts == 0, "{}", witness.leap_max);
    let skipped = before.status.snapshots_skipped;
    assert!(witness.leap_max <= 4 || skipped > 0, "a leap of {} ticks", witness.leap_max);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_did_not_hear_of_its_numbers_hears_of_them_again() {
    let home = tempfile::tempdir().unwrap();
    let app = server(home.path());
    let room = app.lobby.find("a").unwrap();
    // The week has turned, and the order was lost.
    room.retune(Numbers { physics: Tuning::STANDARD, mutators: vec![Choice::Weekly] }, now_s());
    let wanted = room.blueprint().tuning;
    assert_ne!(room.report().tuning, wanted);
    weeks::look(&app.staff, now_s());
    timeout(DEADLINE, async {
        while room.report().tuning != wanted {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("it holds");
}

#[test]
fn the_server_unwinds() {
    let manifest = include_str!("../../../Cargo.toml");
    let panic_of = |profile: &str| {
        let section =
            manifest.split("\n[").find_map(|section| section.strip_prefix(&format!("profile.{profile}]\n")))?;
        section.lines().find_map(|line| line.strip_prefix("panic = "))
    };
    assert_eq!(panic_of("release"), Some("\"unwind\""), "or a panic ends every room");
    assert!(matches!(panic_of("dev"), None | Some("\"unwind\"")), "{:?}", panic_of("dev"));
}
