//! Boards: who made most points in a single flight, today, in seven days, ever. Invariant: only reads; what it gives holds
//! names and figures, and of keys nothing.
//!
//! A single flight, because that is the same in every mode and whenever one came: a season's score depends on how long one
//! stayed, and modes with rounds have no seasons.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row as SqlRow, params};
use serde::Serialize;
use shared::room::ProfileKey;

use super::flights::DAY_S;

/// Rows of a board.
const ROWS_MAX: u32 = 20;

/// Of when a board is. Days are those of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Today.
    Day,
    /// Today and the six days before.
    Week,
    /// Ever.
    All,
}

impl Span {
    /// Every one.
    pub const ALL: [Span; 3] = [Span::Day, Span::Week, Span::All];

    /// Its word in an address.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Span::Day => "day",
            Span::Week => "week",
            Span::All => "all",
        }
    }

    /// The span of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Span> {
        Span::ALL.into_iter().find(|span| span.word() == word)
    }

    fn first_day(self, now_s: u64) -> i64 {
        let today = (now_s / DAY_S).cast_signed();
        match self {
            Span::Day => today,
            Span::Week => today - 6,
            Span::All => 0,
        }
    }
}

/// A board.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Board {
    /// Best first.
    pub rows: Vec<Row>,
    /// Where the reader stands, if on it at all.
    pub own: Option<OwnPlace>,
    /// What the reader has come to, if known.
    pub record: Option<OwnRecord>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Name played under last.
    pub name: String,
    /// Points of the flight.
    pub points: u32,
    /// Ships destroyed in it.
    pub kills: u32,
    /// In which ship it ended.
    pub ship: String,
    /// It is the reader's.
    pub own: bool,
}

/// The reader's place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnPlace {
    /// 1 is best.
    pub rank: u32,
    /// Points of the flight.
    pub points: u32,
}

/// The reader's own figures, of all times.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnRecord {
    /// Best flight, points.
    pub best: u32,
    /// Flights.
    pub flights: u32,
    /// Ships destroyed.
    pub kills: u32,
    /// In flight, s.
    pub seconds: u64,
    /// Flown most.
    pub ship: String,
}

/// Each player's best flight of a span: profile, points, kills, ship.
fn bests(span: Span) -> &'static str {
    match span {
        // The bare columns of a maximum are those of its row.
        Span::Day | Span::Week => {
            "SELECT profile, max(points) AS points, kills, ship FROM days WHERE day >= ?1 GROUP BY profile"
        }
        // `?1` has to be somewhere.
        Span::All => {
            "SELECT id AS profile, best_points AS points, best_kills AS kills, best_ship AS ship FROM profiles
             WHERE ?1 >= 0"
        }
    }
}

/// The board of a span, as `own` sees it.
pub fn read(database: &Path, span: Span, own: Option<&ProfileKey>, now_s: u64) -> rusqlite::Result<Board> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    let profile: Option<i64> = match own {
        Some(key) => {
            connection.query_row("SELECT id FROM profiles WHERE key = ?1", [key], |row| row.get(0)).optional()?
        }
        None => None,
    };
    let first_day = span.first_day(now_s);
    let query = format!(
        "SELECT name, points, best.kills, ship, profile FROM ({}) AS best JOIN profiles ON profiles.id = profile
         ORDER BY points DESC, profile LIMIT ?2",
        bests(span)
    );
    let mut statement = connection.prepare(&query)?;
    let rows = statement.query_map(params![first_day, ROWS_MAX], |row| row_of(row, profile))?;
    let rows = rows.collect::<rusqlite::Result<Vec<Row>>>()?;
    let (own, record) = match profile {
        Some(profile) => (place(&connection, span, first_day, profile)?, Some(record(&connection, profile)?)),
        None => (None, None),
    };
    Ok(Board { rows, own, record })
}

fn row_of(row: &SqlRow<'_>, own: Option<i64>) -> rusqlite::Result<Row> {
    Ok(Row {
        name: row.get(0)?,
        points: row.get(1)?,
        kills: row.get(2)?,
        ship: row.get(3)?,
        own: own == Some(row.get(4)?),
    })
}

fn place(connection: &Connection, span: Span, first_day: i64, profile: i64) -> rusqlite::Result<Option<OwnPlace>> {
    let query = format!(
        "WITH best AS ({}) SELECT own.points, 1 + (SELECT count(*) FROM best WHERE best.points > own.points
             OR (best.points = own.points AND best.profile < own.profile))
         FROM best AS own WHERE own.profile = ?2",
        bests(span)
    );
    connection
        .query_row(&query, params![first_day, profile], |row| Ok(OwnPlace { points: row.get(0)?, rank: row.get(1)? }))
        .optional()
}

fn record(connection: &Connection, profile: i64) -> rusqlite::Result<OwnRecord> {
    connection.query_row(
        "SELECT best_points, flights, kills, seconds,
                (SELECT ship FROM ships WHERE profile = ?1 ORDER BY flights DESC, ship LIMIT 1)
         FROM profiles WHERE id = ?1",
        [profile],
        |row| {
            Ok(OwnRecord {
                best: row.get(0)?,
                flights: row.get(1)?,
                kills: row.get(2)?,
                seconds: row.get::<_, i64>(3)?.cast_unsigned(),
                ship: row.get(4)?,
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        journal::DatedFlight,
        store::{flights, schema},
    };
    use shared::{
        defs::ShipClass,
        room::{FlightKey, FlightLog, FlightResult},
    };

    #[test]
    fn a_board_shows_everybodys_best_flight_of_its_span_and_where_the_reader_stands() {
        let path = std::env::temp_dir().join(format!("perihelion-boards-{}.db", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let mut connection = Connection::open(&path).unwrap();
        schema::migrate(&mut connection).unwrap();
        let now_s = 20_000 * DAY_S + 5;
        // (whose, days ago, points)
        let flown = [(1, 0, 40), (1, 0, 30), (1, 3, 90), (2, 0, 50), (2, 20, 500), (3, 6, 70), (3, 8, 10), (4, 9, 1)];
        let flights: Vec<DatedFlight> = (0..)
            .zip(flown)
            .map(|(number, (whose, days, points))| {
                let log = FlightLog { class: ShipClass::Lancer, points, kills: points / 10, seconds: 60 };
                let key = FlightKey { session: 1, number };
                let result = FlightResult { key, profile: Some([whose; 32]), pilot: format!("P{whose}"), log };
                DatedFlight { result, ended_s: now_s - days * DAY_S }
            })
            .collect();
        flights::add(&mut connection, &flights, now_s).unwrap();
        let shown = |span, whose: u8| {
            let board = read(&path, span, Some(&[whose; 32]), now_s).unwrap();
            let rows: Vec<_> =
                board.rows.iter().map(|row| format!("{} {} {}", row.name, row.points, row.own)).collect();
            (rows.join(", "), board.own.map(|own| (own.rank, own.points)))
        };
        assert_eq!(shown(Span::Day, 1), ("P2 50 false, P1 40 true".into(), Some((2, 40))));
        assert_eq!(shown(Span::Week, 3), ("P1 90 false, P3 70 true, P2 50 false".into(), Some((2, 70))));
        assert_eq!(shown(Span::All, 2), ("P2 500 true, P1 90 false, P3 70 false, P4 1 false".into(), Some((1, 500))));
        assert_eq!(shown(Span::Day, 4).1, None, "who has not flown stands nowhere");
        assert_eq!(shown(Span::Day, 99).1, None);
        let record = read(&path, Span::Day, Some(&[2; 32]), now_s).unwrap().record.unwrap();
        let expected = OwnRecord { best: 500, flights: 2, kills: 55, seconds: 120, ship: "lancer".into() };
        assert_eq!(record, expected);
        assert_eq!(read(&path, Span::Day, None, now_s).unwrap().record, None);
        drop(connection);
        std::fs::remove_file(&path).unwrap();
    }
}
