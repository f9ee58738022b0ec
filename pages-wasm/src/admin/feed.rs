//! What the server tells the dashboard, as it comes over the socket: one JSON object per message. Invariant: a field that is
//! missing has a value that shows as nothing; a message of a kind that this page does not know is passed over.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One message of the server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum News {
    Answer(Answer),
    Figures(Box<Figures>),
    Map(Map),
    History(Past),
    Bans {
        rows: Vec<Ban>,
    },
    Reports {
        rows: Vec<Report>,
    },
    Audit {
        rows: Vec<Deed>,
    },
    Staff {
        rows: Vec<Member>,
    },
    Tunables {
        rows: Vec<Tunable>,
    },
    #[serde(other)]
    Unknown,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Answer {
    pub id: u32,
    pub ok: bool,
    #[serde(default)]
    pub text: String,
}

/// The state of the server, once a second.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Seconds since 1970.
    pub now_s: f64,
    pub uptime_s: f64,
    pub version: String,
    /// The server's, as it is set.
    pub name: String,
    pub state: State,
    /// Until the process ends.
    pub leaves_in_s: Option<f64>,
    pub connections: Connections,
    pub cpu_percent: f64,
    pub rss_mb: f64,
    pub bytes_per_s: Ways,
    pub snapshots_per_s: f64,
    pub skipped_per_s: f64,
    pub dropped_per_s: f64,
    pub store: String,
    /// The last records could not be written.
    pub journal_failing: bool,
    pub rooms: Vec<Room>,
}

/// Who gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    #[default]
    Open,
    Locked,
    Draining,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Connections {
    pub open: u32,
    pub most: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Ways {
    pub out: f64,
    #[serde(rename = "in")]
    pub into: f64,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Room {
    pub id: String,
    pub name: String,
    pub mode: String,
    pub is_private: bool,
    pub humans: u32,
    pub players_max: u32,
    pub bots: u32,
    pub watching: u32,
    pub is_paused: bool,
    pub restarts: u32,
    pub tick_us: TickTimes,
    pub late_ticks: u64,
    /// Steps down from all that it would do, because its ticks take too long.
    pub load_steps: u32,
    /// Per cent of the standard number, by the tunable's name.
    pub tuning: BTreeMap<String, u16>,
    /// What made the numbers so, by name.
    pub mutators: Vec<String>,
    pub players: Vec<Player>,
}

/// How long a tick takes, µs.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct TickTimes {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
    /// Up to so many µs (without: however long), and how many of the last second's were that quick and slower than the
    /// pair before says.
    pub histogram: Vec<(Option<f64>, u64)>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Player {
    pub slot: u16,
    pub name: String,
    pub is_bot: bool,
    pub team: Option<u8>,
    pub class: String,
    pub points: u32,
    pub kills: u32,
    /// 0: not known.
    pub rtt_ms: u32,
    /// A tag that is the same for the same address, and not the address.
    pub address: Option<String>,
    pub is_muted: bool,
    pub is_watching: bool,
    pub is_flying: bool,
    /// What their commands look like when no hand gives them, in words of the server.
    pub marks: Vec<String>,
}

/// A room from above.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Map {
    pub room: String,
    /// Of the arena, u.
    pub radius: f64,
    /// Of the star, u.
    pub star: f64,
    /// Slot, x, y, heading in radians, team or -1, whether a bot.
    pub ships: Vec<(u16, f64, f64, f64, i8, Flag)>,
    /// x, y, radius.
    pub planets: Vec<(f64, f64, f64)>,
    pub rocks: Vec<(f64, f64, f64)>,
    pub shots: Vec<(f64, f64)>,
}

/// Yes or no, which in a row of numbers may be 1 or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Flag {
    Word(bool),
    Number(u8),
}

impl Flag {
    pub fn is_set(self) -> bool {
        matches!(self, Flag::Word(true) | Flag::Number(1..))
    }
}

/// The last ten minutes, oldest first; told once. Nothing where nothing was measured.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Past {
    pub every_s: f64,
    pub players: Vec<Option<f64>>,
    pub out_bytes_per_s: Vec<Option<f64>>,
    pub tick_p99_us: Vec<Option<f64>>,
    pub cpu_percent: Vec<Option<f64>>,
}

/// A ban, or a mute that outlives a connection.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Ban {
    pub id: u64,
    pub kind: String,
    pub who: String,
    pub target: String,
    /// Seconds since 1970; without: for good.
    pub until_s: Option<f64>,
    pub by: String,
    pub reason: String,
    pub at_s: f64,
}

/// Somebody whom a player reported.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Report {
    pub id: u64,
    pub at_s: f64,
    pub room: String,
    pub who: String,
    pub by: String,
    pub reason: String,
    /// What was said last, a line each.
    pub lines: String,
    /// Something can be done about them, here or gone.
    pub is_known: bool,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Deed {
    pub at_s: f64,
    pub who: String,
    pub role: String,
    pub via: String,
    pub line: String,
    pub outcome: String,
}

/// Somebody of the staff.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Member {
    pub name: String,
    pub role: String,
    pub last_seen_s: Option<f64>,
}

/// A number of the rules that may be changed while the room runs, per cent of the standard.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Tunable {
    pub name: String,
    pub min: u16,
    pub max: u16,
    pub help: String,
}

impl Figures {
    pub fn humans(&self) -> u32 {
        self.rooms.iter().map(|room| room.humans).sum()
    }

    pub fn bots(&self) -> u32 {
        self.rooms.iter().map(|room| room.bots).sum()
    }

    /// The slowest room's, µs.
    pub fn tick_p99_us(&self) -> f64 {
        self.rooms.iter().map(|room| room.tick_us.p99).fold(0.0, f64::max)
    }

    pub fn room(&self, id: &str) -> Option<&Room> {
        self.rooms.iter().find(|room| room.id == id)
    }
}

/// Reads a message.
///
/// # Errors
/// It is not JSON, or a field holds what it cannot.
pub fn read(text: &[u8]) -> Result<News, serde_json::Error> {
    serde_json::from_slice(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: &str = r##"{"is":"figures","now_s":1,"uptime_s":60,"version":"0.1.0","state":"locked",
        "leaves_in_s":null,"connections":{"open":3,"most":1500},"cpu_percent":3.2,"rss_mb":31.5,
        "bytes_per_s":{"out":1000,"in":200},"snapshots_per_s":60,"skipped_per_s":0,"dropped_per_s":0,"store":"ok",
        "journal_failing":false,"rooms":[{"id":"main","name":"Drift","mode":"drift","is_private":false,"humans":2,
        "players_max":50,"bots":6,"watching":1,"is_paused":false,"restarts":0,
        "tick_us":{"p50":120,"p99":900,"max":2100,"histogram":[[100,5],[250,40],[null,0]]},"late_ticks":0,"load_steps":2,
        "tuning":{"gravity":150},"mutators":["heavy-star"],"players":[{"slot":3,"name":"Foo","is_bot":false,"team":null,"class":"Spark",
        "points":120,"kills":2,"rtt_ms":34,"address":"#a1b2","is_muted":false,"is_watching":false,"is_flying":true}]},
        {"id":"b","humans":1,"bots":2,"tick_us":{"p99":1200}}]}"##;

    #[test]
    fn figures_are_read_and_summed() {
        let News::Figures(figures) = read(FIGURES.as_bytes()).expect("good") else { panic!("other news") };
        assert_eq!((figures.humans(), figures.bots(), figures.tick_p99_us()), (3, 8, 1_200.0));
        assert_eq!((figures.state, figures.leaves_in_s, figures.bytes_per_s.into), (State::Locked, None, 200.0));
        let room = figures.room("main").expect("there");
        assert_eq!((room.tuning["gravity"], room.tick_us.histogram[1]), (150, (Some(250.0), 40)));
        assert_eq!((room.load_steps, &*room.mutators), (2, ["heavy-star".to_owned()].as_slice()));
        assert_eq!(room.players[0].address.as_deref(), Some("#a1b2"));
        assert!(figures.room("c").is_none());
    }

    #[test]
    fn every_kind_of_message_is_told_from_the_others() {
        for (text, news) in [
            (
                r#"{"is":"answer","id":7,"ok":true,"text":"x"}"#,
                News::Answer(Answer { id: 7, ok: true, text: "x".into() }),
            ),
            (r#"{"is":"bans","rows":[]}"#, News::Bans { rows: vec![] }),
            (r#"{"is":"audit","rows":[]}"#, News::Audit { rows: vec![] }),
            (
                r#"{"is":"staff","rows":[{"name":"a"}]}"#,
                News::Staff { rows: vec![Member { name: "a".into(), ..Member::default() }] },
            ),
            (r#"{"is":"tunables","rows":[]}"#, News::Tunables { rows: vec![] }),
            (r#"{"is":"history","every_s":2}"#, News::History(Past { every_s: 2.0, ..Past::default() })),
            (r#"{"is":"weather","rows":[1]}"#, News::Unknown),
        ] {
            assert_eq!(read(text.as_bytes()).expect(text), news, "{text}");
        }
    }

    #[test]
    fn a_bot_is_a_word_or_a_number() {
        let text = r#"{"is":"map","room":"main","ships":[[1,2,3,0.5,-1,true],[2,2,3,0.5,1,0]],"shots":[[1,2]]}"#;
        let News::Map(map) = read(text.as_bytes()).expect("good") else { panic!("other news") };
        assert_eq!(map.ships.iter().map(|ship| ship.5.is_set()).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        for text in ["", "{}", "[]", r#"{"is":7}"#, r#"{"is":"answer"}"#, "\u{0}"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
