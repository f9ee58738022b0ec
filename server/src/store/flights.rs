//! Writing flights. Invariant: one that is there already changes nothing; what a profile says is the sum of its flights.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::journal::DatedFlight;
use shared::defs::ShipClass;

/// A flight is known by its name for so long, s: a journal that comes back from farther away is not counted any more.
pub const REMEMBERED_S: u64 = 30 * DAY_S;
/// Days of which the best flights are kept: as many as the longest board but the one of all times needs.
const DAYS_KEPT: u64 = 8;
/// Seconds of a day.
pub const DAY_S: u64 = 86_400;

/// The word for a class in the tables.
pub fn word_of(class: ShipClass) -> String {
    format!("{class:?}").to_ascii_lowercase()
}

/// Adds all of them, or none.
pub fn add(connection: &mut Connection, flights: &[DatedFlight], now_s: u64) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for flight in flights {
        add_one(&transaction, flight, now_s)?;
    }
    transaction.commit()
}

fn add_one(transaction: &Transaction<'_>, flight: &DatedFlight, now_s: u64) -> rusqlite::Result<()> {
    let result = &flight.result;
    let Some(key) = result.profile else { return Ok(()) };
    // Nothing to remember, or whoever makes up a profile after the other would fill the disk with them.
    if result.log.points == 0 && result.log.kills == 0 {
        return Ok(());
    }
    if flight.ended_s < now_s.saturating_sub(REMEMBERED_S) {
        return Ok(());
    }
    let session = result.key.session.cast_signed();
    let known = transaction
        .prepare_cached("SELECT 1 FROM flights WHERE session = ?1 AND number = ?2")?
        .query_row(params![session, result.key.number], |_| Ok(()))
        .optional()?;
    if known.is_some() {
        return Ok(());
    }
    let (log, ship, ended_s) = (result.log, word_of(result.log.class), flight.ended_s.cast_signed());
    let profile: i64 = transaction
        .prepare_cached(
            "INSERT INTO profiles (key, name, first_seen_s, last_seen_s, flights, kills, seconds, best_points, best_kills,
                                   best_ship)
             VALUES (?1, ?2, ?3, ?3, 1, ?4, ?5, ?6, ?4, ?7)
             ON CONFLICT (key) DO UPDATE SET
                 name = ?2, last_seen_s = max(last_seen_s, ?3), flights = flights + 1, kills = kills + ?4,
                 seconds = seconds + ?5,
                 best_kills = iif(?6 > best_points, ?4, best_kills), best_ship = iif(?6 > best_points, ?7, best_ship),
                 best_points = max(best_points, ?6)
             RETURNING id",
        )?
        .query_row(params![key, result.pilot, ended_s, log.kills, log.seconds, log.points, ship], |row| row.get(0))?;
    transaction.prepare_cached("INSERT INTO flights VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
        session,
        result.key.number,
        profile,
        ended_s,
        log.points,
        log.kills,
        log.seconds,
        ship
    ])?;
    transaction
        .prepare_cached(
            "INSERT INTO ships VALUES (?1, ?2, 1) ON CONFLICT (profile, ship) DO UPDATE SET flights = flights + 1",
        )?
        .execute(params![profile, ship])?;
    transaction
        .prepare_cached(
            "INSERT INTO days VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (day, profile) DO UPDATE
             SET points = ?3, kills = ?4, ship = ?5 WHERE ?3 > points",
        )?
        .execute(params![(flight.ended_s / DAY_S).cast_signed(), profile, log.points, log.kills, ship])?;
    Ok(())
}

/// Forgets what nobody asks for any more.
pub fn forget_old(connection: &Connection, now_s: u64) -> rusqlite::Result<()> {
    let old = now_s.saturating_sub(REMEMBERED_S).cast_signed();
    connection.execute("DELETE FROM flights WHERE ended_s < ?1", [old])?;
    let day = (now_s / DAY_S).saturating_sub(DAYS_KEPT).cast_signed();
    connection.execute("DELETE FROM days WHERE day < ?1", [day])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;
    use shared::room::{FlightKey, FlightLog, FlightResult};

    fn flight(number: u32, profile: u8, points: u32, ended_s: u64) -> DatedFlight {
        let log = FlightLog { class: ShipClass::ALL[number as usize % 3], points, kills: points / 10, seconds: 7 };
        let key = FlightKey { session: u64::MAX - 5, number };
        DatedFlight { result: FlightResult { key, profile: Some([profile; 32]), pilot: "Ada".into(), log }, ended_s }
    }

    fn fresh() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        connection
    }

    fn number(connection: &Connection, query: &str) -> i64 {
        connection.query_row(query, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_flight_counts_once_and_a_profile_is_the_sum_of_its_flights() {
        let mut connection = fresh();
        let now_s = 100 * DAY_S;
        let flights: Vec<_> =
            (1..=60).map(|n| flight(n, (n % 4) as u8, n * 37 % 101, now_s - u64::from(n) * 5_000)).collect();
        add(&mut connection, &flights, now_s).unwrap();
        add(&mut connection, &flights[10..30], now_s).unwrap();
        add(&mut connection, &flights, now_s).unwrap();
        assert_eq!(number(&connection, "SELECT count(*) FROM flights"), 60);
        for (what, stored, counted) in [
            ("flights", "SELECT sum(flights) FROM profiles", "SELECT count(*) FROM flights"),
            ("kills", "SELECT sum(kills) FROM profiles", "SELECT sum(kills) FROM flights"),
            ("seconds", "SELECT sum(seconds) FROM profiles", "SELECT sum(seconds) FROM flights"),
            ("ships", "SELECT sum(flights) FROM ships", "SELECT count(*) FROM flights"),
        ] {
            assert_eq!(number(&connection, stored), number(&connection, counted), "{what}");
        }
        let differ = "SELECT count(*) FROM profiles WHERE best_points !=
                      (SELECT max(points) FROM flights WHERE profile = profiles.id)";
        assert_eq!(number(&connection, differ), 0);
        let differ = "SELECT count(*) FROM days WHERE points !=
                      (SELECT max(points) FROM flights WHERE profile = days.profile AND ended_s / 86400 = day)";
        assert_eq!(number(&connection, differ), 0);
    }

    #[test]
    fn a_flight_that_came_to_nothing_makes_no_profile() {
        let mut connection = fresh();
        let mut rammed = flight(2, 2, 0, 10 * DAY_S);
        rammed.result.log.kills = 1;
        add(&mut connection, &[flight(1, 1, 0, 10 * DAY_S), rammed], 10 * DAY_S).unwrap();
        for table in ["profiles", "flights", "ships", "days"] {
            assert_eq!(number(&connection, &format!("SELECT count(*) FROM {table}")), 1, "{table}");
        }
    }

    #[test]
    fn what_is_forgotten_does_not_count_again() {
        let mut connection = fresh();
        let old = flight(1, 1, 50, 10 * DAY_S);
        add(&mut connection, std::slice::from_ref(&old), 10 * DAY_S).unwrap();
        let later = 10 * DAY_S + REMEMBERED_S + 1;
        forget_old(&connection, later).unwrap();
        assert_eq!(number(&connection, "SELECT count(*) FROM flights"), 0);
        add(&mut connection, &[old], later).unwrap();
        assert_eq!(number(&connection, "SELECT flights FROM profiles"), 1, "what it came to stays");
    }

    #[test]
    fn who_does_not_wish_to_be_known_is_not() {
        let mut connection = fresh();
        let mut nobody = flight(1, 1, 50, 10 * DAY_S);
        nobody.result.profile = None;
        add(&mut connection, &[nobody], 10 * DAY_S).unwrap();
        assert_eq!(number(&connection, "SELECT count(*) FROM profiles"), 0);
    }

    #[test]
    fn a_file_of_a_newer_version_is_left_alone() {
        let mut connection = fresh();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(schema::migrate(&mut connection), Err(schema::MigrationError::Newer(99))));
    }
}
