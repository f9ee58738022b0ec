//! The directory of rooms: who comes gets a room. Invariant: the lobby holds handles, never a room's state; what it
//! knows of a room is the report the room publishes.
//!
//! Public rooms are those that the settings name (`arrange`). Private ones are made by visitors, known by a code only, and close
//! when nobody has been in them for a while (`private`). The locks guard tables: held for a map operation when somebody
//! comes or a room does, never across an await and never by a tick.

mod arrange;
mod home;
mod private;

pub use home::Home;
pub use private::NoRoom;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock, Weak},
    time::Duration,
};

use shared::defs::Tuning;
use tokio::{
    sync::Notify,
    task::{JoinSet, spawn_blocking},
    time::sleep,
};

use crate::{
    config::RoomId,
    room::{Blueprint, Choice, Numbers, RoomHandle},
};

use arrange::Plan;

/// A room that has said nothing for so long has hung for good.
const HUNG_AFTER: Duration = Duration::from_secs(10);
/// How often rooms are looked after.
const MEND_EVERY: Duration = Duration::from_secs(1);

type Private = HashMap<RoomId, Arc<RoomHandle>>;
/// At least one, in the order of the settings.
type Public = Arc<[Arc<RoomHandle>]>;

/// The public rooms.
#[derive(Debug)]
struct Table {
    rooms: Public,
    /// None opens any more.
    is_closed: bool,
}

/// The rooms of this process.
#[derive(Debug)]
pub struct Lobby {
    public: RwLock<Table>,
    private: Mutex<Private>,
    /// What public rooms there are to be.
    plan: Mutex<Plan>,
    /// Told when a public room has opened after the start.
    opened: Arc<Notify>,
    /// Where rooms keep what outlives them, if anywhere; nowhere any more once it is closed.
    home: Mutex<Option<Home>>,
}

impl Lobby {
    /// Opens the public rooms, at least one.
    ///
    /// # Errors
    /// No thread for one.
    pub fn open(blueprints: Vec<Blueprint>, home: Option<Home>) -> std::io::Result<Lobby> {
        assert!(!blueprints.is_empty(), "a lobby without a room has no place for anybody");
        let count = blueprints.len();
        let open = |blueprint: Blueprint| {
            let keeping = home.as_ref().map(|home| home.of_public(&blueprint.id, count));
            RoomHandle::open(blueprint, keeping).map(Arc::new)
        };
        let public: Public = blueprints.into_iter().map(open).collect::<Result<_, _>>()?;
        Ok(Lobby {
            public: RwLock::new(Table { rooms: public, is_closed: false }),
            private: Mutex::default(),
            plan: Mutex::default(),
            opened: Arc::default(),
            home: Mutex::new(home),
        })
    }

    /// Whether anybody plays.
    #[must_use]
    pub fn is_played(&self) -> bool {
        self.all().iter().any(|room| room.is_played())
    }

    /// Tells everybody that the server goes down in `seconds`.
    pub fn announce_restart(&self, seconds: u16) {
        self.all().iter().for_each(|room| room.announce_restart(seconds));
    }

    /// Tells everybody that it does not.
    pub fn call_off_restart(&self) {
        self.all().iter().for_each(|room| room.announce_restart(0));
    }

    /// The settings' numbers of the game are these, and the mutators of those rooms that `mutators` knows of; see
    /// [`RoomHandle::retune`].
    pub fn retune(&self, physics: Tuning, mutators: impl Fn(&RoomId) -> Option<Vec<Choice>>, unix_s: u64) {
        for room in self.all() {
            let now = room.blueprint();
            let mutators = mutators(&now.id).unwrap_or_else(|| now.numbers.mutators.clone());
            room.retune(Numbers { physics, mutators }, unix_s);
        }
    }

    /// Has the settings' numbers be those of the week in which `unix_s` lies. Whether that changed any.
    pub fn turn_week(&self, unix_s: u64) -> bool {
        let turned = self.all().into_iter().filter(|room| {
            let now = room.blueprint();
            let turns = now.numbers.at(unix_s) != now.tuning;
            if turns {
                room.retune(now.numbers.clone(), unix_s);
            }
            turns
        });
        turned.count() > 0
    }

    /// The room for whoever comes: the fullest of humans that has a place and asks for no password, so that few people
    /// are not spread thin. With none free, the first without a password: one can watch there, and is told when asking to
    /// play.
    #[must_use]
    pub fn place(&self) -> Arc<RoomHandle> {
        let public = self.public();
        let is_open = |room: &RoomHandle| room.blueprint().password.is_none();
        let listings = public.iter().map(|room| {
            let report = room.report();
            let admits = is_open(room) && room.is_alive() && !report.is_closed;
            let players_max = if admits { room.blueprint().players_max } else { 0 };
            Listing { humans: report.humans(), players_max }
        });
        let first_open = || public.iter().position(|room| is_open(room));
        Arc::clone(&public[fullest_with_a_place(listings).or_else(first_open).unwrap_or(0)])
    }

    /// The room with this id or code.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Arc<RoomHandle>> {
        self.find_public(name).or_else(|| self.with(|private| private.get(&RoomId::parse_code(name)?).cloned()))
    }

    /// The public room with this id.
    #[must_use]
    pub fn find_public(&self, id: &str) -> Option<Arc<RoomHandle>> {
        self.public().iter().find(|room| room.blueprint().id.as_str() == id).cloned()
    }

    /// The public rooms, in the order of the settings; at least one.
    #[must_use]
    pub fn public(&self) -> Public {
        // Replaced as a whole: a panic elsewhere leaves nothing half done.
        Arc::clone(&self.public.read().unwrap_or_else(PoisonError::into_inner).rooms)
    }

    /// They are these from now on; false once it is closed.
    fn set_public(&self, rooms: &Public) -> bool {
        let mut table = self.public.write().unwrap_or_else(PoisonError::into_inner);
        if !table.is_closed {
            table.rooms = Arc::clone(rooms);
        }
        !table.is_closed
    }

    /// Told each time public rooms opened after the start: nobody has told those what holds.
    #[must_use]
    pub fn opened(&self) -> Arc<Notify> {
        Arc::clone(&self.opened)
    }

    /// Where rooms keep what outlives them.
    fn home(&self) -> Option<Home> {
        self.home.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many private rooms there are.
    #[must_use]
    pub fn private_rooms(&self) -> usize {
        self.with(|private| private.len())
    }

    /// Whether every room lives.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.all().iter().all(|room| room.is_alive())
    }

    /// Messages dropped because a room's mailbox was full.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.all().iter().map(|room| room.dropped()).sum()
    }

    /// Asks every room to end and waits until they have: all at once, so that one that has hung keeps no other.
    pub async fn close(&self) {
        self.public.write().unwrap_or_else(PoisonError::into_inner).is_closed = true;
        // The store waits for whoever may still write to it.
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let mut closing = JoinSet::new();
        for room in self.all().into_iter().chain(self.give_up_plan()) {
            closing.spawn(async move { room.close().await });
        }
        closing.join_all().await;
    }

    /// Has every room that hung begun anew, and public ones be as they are wished, for as long as there is a lobby.
    pub async fn mend(lobby: Weak<Lobby>) {
        loop {
            sleep(MEND_EVERY).await;
            let Some(lobby) = lobby.upgrade() else { return };
            // What is built may take a moment.
            let mended = spawn_blocking(move || {
                lobby.take_steps();
                for room in lobby.all() {
                    if let Err(error) = room.mend(HUNG_AFTER) {
                        tracing::error!(room = %room.blueprint().name, %error, "a room that hung could not be begun anew");
                    }
                }
            });
            if mended.await.is_err() {
                tracing::error!("looking after the rooms panicked");
            }
        }
    }

    /// Every room, public ones first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<RoomHandle>> {
        let private = self.with(|private| private.values().cloned().collect::<Vec<_>>());
        self.public().iter().cloned().chain(private).collect()
    }

    fn with<T>(&self, work: impl FnOnce(&mut Private) -> T) -> T {
        // Whole after every statement: a panic elsewhere leaves nothing half done.
        work(&mut self.private.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Listing {
    humans: u16,
    players_max: u16,
}

/// Bots make way for people, so only people fill a room.
fn fullest_with_a_place(listings: impl Iterator<Item = Listing>) -> Option<usize> {
    listings
        .enumerate()
        .filter(|(_, listing)| listing.humans < listing.players_max)
        // The first of equals: `max_by_key` would give the last.
        .reduce(|best, next| if next.1.humans > best.1.humans { next } else { best })
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    use crate::{config::RoomSettings, data_dir::Layout, store::Keepers};
    use shared::defs::{GameMode, Mutator};

    #[test]
    fn people_meet_in_the_fullest_room_with_a_place() {
        for (humans, chosen) in
            [(vec![0, 0], Some(0)), (vec![3, 9, 5], Some(1)), (vec![10, 2, 9], Some(2)), (vec![10, 10], None)]
        {
            let listings = humans.iter().map(|&humans| Listing { humans, players_max: 10 });
            assert_eq!(fullest_with_a_place(listings), chosen, "{humans:?}");
        }
    }

    fn lobby(passwords: &[Option<&str>]) -> Arc<Lobby> {
        let room = |(n, password): (usize, &Option<&str>)| {
            let settings = RoomSettings { password: password.map(str::to_owned), ..RoomSettings::default() };
            settings.blueprint(RoomId::parse(&format!("r{n}")).unwrap(), Tuning::STANDARD).unwrap()
        };
        Arc::new(Lobby::open(passwords.iter().enumerate().map(room).collect(), None).unwrap())
    }

    #[tokio::test]
    async fn who_names_no_room_is_asked_for_no_password() {
        let lobby = lobby(&[Some("x"), None]);
        assert_eq!(lobby.place().blueprint().id.as_str(), "r1");
        assert_eq!(lobby.find("r0").map(|room| room.blueprint().id.to_string()), Some("r0".into()));
        assert!(lobby.find("r2").is_none() && lobby.find("R0").is_none());
        lobby.close().await;
        assert_eq!(lobby.place().blueprint().id.as_str(), "r1", "also when none has a place");
    }

    #[tokio::test]
    async fn a_week_changes_the_rooms_that_play_by_it_and_no_private_one() {
        let lobby = lobby(&[None, None]);
        let weekly = |id: &RoomId| Some(if id.as_str() == "r1" { vec![Choice::Weekly] } else { Vec::new() });
        let week_s = 7 * 86_400;
        let mut physics = Tuning::STANDARD;
        physics.set("turn", 90).unwrap();
        lobby.retune(physics, weekly, week_s);
        let told = |room: &RoomHandle| room.blueprint().tuning.mutators.iter().next();
        let rooms = lobby.public();
        let of = |weeks: u64| Some(Mutator::of_week(weeks * week_s));
        assert_eq!((told(&rooms[0]), told(&rooms[1])), (None, of(1)));
        assert!(!lobby.turn_week(week_s + 60), "it is the same week");
        assert!(lobby.turn_week(2 * week_s));
        assert_eq!((told(&rooms[0]), told(&rooms[1])), (None, of(2)));
        assert_eq!(
            rooms[1].blueprint().tuning.get("turn"),
            Ok(physics.mutated([of(2).unwrap()].into_iter().collect()).get("turn").unwrap())
        );
        lobby.retune(physics, |_| None, 2 * week_s);
        assert_eq!(told(&rooms[1]), of(2), "a room that is not spoken of keeps its own");
        let private = lobby.make(GameMode::Drift, 1, Duration::from_secs(60)).unwrap();
        assert_eq!(lobby.find(private.as_str()).unwrap().blueprint().tuning, physics);
        lobby.close().await;
    }

    #[tokio::test]
    async fn rooms_come_and_go_with_the_settings_and_there_is_always_one() {
        let lobby = lobby(&[None, None]);
        let id = |name: &str| RoomId::parse(name).unwrap();
        let (first, second) = (lobby.find("r0").unwrap(), lobby.find("r1").unwrap());
        let wish = |name, mode| {
            let settings = RoomSettings { mode, seed: Some(1), ..RoomSettings::default() };
            settings.blueprint(id(name), Tuning::STANDARD).unwrap()
        };
        let ids = || lobby.public().iter().map(|room| room.blueprint().id.to_string()).collect::<Vec<_>>();
        let until = async |what: &str, condition: &dyn Fn() -> bool| {
            let deadline = Instant::now() + Duration::from_secs(10);
            while !condition() {
                assert!(Instant::now() < deadline, "never happened: {what}");
                lobby.take_steps();
                sleep(Duration::from_millis(1)).await;
            }
        };
        lobby.arrange(vec![wish("new", GameMode::Drift), second.blueprint().as_ref().clone()]);
        until("one comes, one goes", &|| ids() == ["new", "r1"] && first.has_ended()).await;
        assert!(Arc::ptr_eq(&lobby.find("r1").unwrap(), &second) && lobby.find("r0").is_none());
        lobby.arrange(Vec::new());
        lobby.take_steps();
        assert_eq!(ids(), ["new", "r1"], "never none");
        // Nobody plays in it, so it becomes what it is to be.
        lobby.arrange(vec![wish("r1", GameMode::Duel)]);
        let mode = || lobby.find("r1").unwrap().blueprint().terms.mode;
        until("another mode", &|| mode() == GameMode::Duel && second.has_ended()).await;
        // It may come back under its id while the one before it still ends.
        lobby.arrange(vec![wish("r1", GameMode::Duel), wish("new", GameMode::Drift)]);
        until("it is back", &|| ids() == ["r1", "new"]).await;
        lobby.close().await;
        lobby.arrange(vec![wish("late", GameMode::Drift)]);
        lobby.take_steps();
        assert_eq!(ids(), ["r1", "new"], "none opens any more");
    }

    #[tokio::test]
    async fn a_private_room_is_found_by_its_code_and_there_is_an_end_of_them() {
        let lobby = lobby(&[None]);
        let long = Duration::from_secs(3_600);
        let id = lobby.make(GameMode::Duel, 1, long).unwrap();
        let found = lobby.find(&id.as_str().to_ascii_lowercase()).expect("it is there");
        assert_eq!(found.blueprint().terms.mode, GameMode::Duel);
        assert!(lobby.public().iter().all(|room| room.blueprint().id != id), "it is listed nowhere");
        assert!(matches!(lobby.make(GameMode::Drift, 1, long), Err(NoRoom::Full)));
        lobby.close().await;
        assert!(!found.is_alive());
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_private_room_closes_after_its_time() {
        let home = tempfile::tempdir().unwrap();
        let blueprint = RoomSettings::default().blueprint(RoomId::main(), Tuning::STANDARD).unwrap();
        let keeps = Home {
            layout: Layout::of(home.path()),
            keepers: Keepers::default(),
            figures: Arc::default(),
            crash_bytes: 0,
        };
        let lobby = Arc::new(Lobby::open(vec![blueprint], Some(keeps)).unwrap());
        let id = lobby.make(GameMode::Drift, 1, Duration::from_secs(60)).unwrap();
        let room = lobby.find(id.as_str()).unwrap();
        let until_files = async |count: usize| {
            let files = || std::fs::read_dir(home.path().join("private")).unwrap().count();
            let deadline = Instant::now() + Duration::from_secs(10);
            while files() != count {
                assert!(Instant::now() < deadline, "{} files", files());
                tokio::task::yield_now().await;
            }
        };
        until_files(1).await;
        tokio::time::sleep(Duration::from_secs(59)).await;
        assert_eq!(lobby.private_rooms(), 1);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(lobby.private_rooms(), 0);
        assert!(lobby.find(id.as_str()).is_none());
        until_files(0).await;
        room.close().await;
        lobby.close().await;
    }
}
