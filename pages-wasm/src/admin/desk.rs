//! What the dashboard knows: everything the server told, what was chosen, which lines wait for their answers. Plain data.
//! Invariant: what was chosen is there, or nothing is chosen; lines that wait are few.

use std::collections::VecDeque;

use serde::Serialize;

use super::{
    commands::Me,
    complete::Names,
    feed::{Answer, Ban, Deed, Figures, Map, Member, News, Player, Report, Room, Tunable},
    history::History,
};

/// Lines that may wait for an answer. More: the oldest is forgotten, and its answer shown as one of the console.
const WAITING_MAX: usize = 32;
/// Without news for so long they are old, ms. They come once a second.
const OLD_MS: f64 = 3_500.0;

#[derive(Debug, Default)]
pub struct Desk {
    pub me: Me,
    pub figures: Option<Figures>,
    /// When the last figures came.
    pub heard_ms: f64,
    pub is_connected: bool,
    /// The server's that this page was loaded from.
    first_version: Option<String>,
    pub history: History,
    pub bans: Vec<Ban>,
    pub reports: Vec<Report>,
    pub audit: Vec<Deed>,
    pub staff: Option<Vec<Member>>,
    pub tunables: Vec<Tunable>,
    pub sights: Sights,
    /// The chosen room; empty before there is one.
    pub room: String,
    pub player: Option<u16>,
    waiting: VecDeque<(u32, Asker, String)>,
    next_id: u32,
}

/// The latest two maps of the chosen room and when they came, ms: between them ships are drawn on their way.
#[derive(Debug, Default)]
pub struct Sights {
    pub before: Option<(Map, f64)>,
    pub now: Option<(Map, f64)>,
}

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    Console,
    /// A button.
    Button,
    Dialog,
}

/// How current all this is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Freshness {
    Live,
    /// Connected, and without news for so many ms.
    Late(f64),
    Lost,
    /// Live, but the server is another than this page was made for.
    Other,
}

/// What this page says.
#[derive(Serialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum Word<'a> {
    Run { id: u32, line: &'a str, room: Option<&'a str> },
    Watch { room: Option<&'a str> },
}

impl Word<'_> {
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers always serialise")
    }
}

impl Desk {
    /// An empty one for whoever signed in.
    pub fn of(me: Me) -> Desk {
        Desk { me, ..Desk::default() }
    }

    /// Takes what the server told; what was an answer comes back with who asked, and the line.
    pub fn take(&mut self, news: News, now_ms: f64) -> Option<(Asker, String, Answer)> {
        match news {
            News::Answer(answer) => return Some(self.answered(answer)),
            News::Figures(figures) => self.figure(*figures, now_ms),
            News::Map(map) if map.room == self.room => {
                self.sights.before = self.sights.now.replace((map, now_ms));
            }
            News::History(past) => self.history.begin(past),
            News::Bans { rows } => self.bans = rows,
            News::Reports { rows } => self.reports = rows,
            News::Audit { rows } => self.audit = rows,
            News::Staff { rows } => self.staff = Some(rows),
            News::Tunables { rows } => self.tunables = rows,
            // Of a room that was chosen before, or of a kind to come.
            News::Map(_) | News::Unknown => {}
        }
        None
    }

    fn figure(&mut self, figures: Figures, now_ms: f64) {
        self.history.push(&figures);
        self.heard_ms = now_ms;
        self.first_version.get_or_insert_with(|| figures.version.clone());
        if figures.room(&self.room).is_none() {
            self.choose_room(figures.rooms.first().map_or(String::new(), |room| room.id.clone()));
        }
        self.figures = Some(figures);
        if self.chosen_player().is_none() {
            self.player = None;
        }
    }

    pub fn choose_room(&mut self, id: String) {
        if self.room != id {
            self.room = id;
            self.player = None;
            self.sights = Sights::default();
        }
    }

    /// The room that is shown.
    pub fn chosen(&self) -> Option<&Room> {
        self.figures.as_ref()?.room(&self.room)
    }

    pub fn chosen_player(&self) -> Option<&Player> {
        let slot = self.player?;
        self.chosen()?.players.iter().find(|player| player.slot == slot)
    }

    /// Those in the chosen room: people first, and the best of them.
    pub fn players(&self) -> Vec<&Player> {
        let mut players: Vec<&Player> = self.chosen().map(|room| room.players.iter().collect()).unwrap_or_default();
        players.sort_by_key(|player| (player.is_bot, std::cmp::Reverse(player.points), player.slot));
        players
    }

    pub fn freshness(&self, now_ms: f64) -> Freshness {
        let age_ms = now_ms - self.heard_ms;
        match &self.figures {
            _ if !self.is_connected => Freshness::Lost,
            Some(_) if age_ms > OLD_MS => Freshness::Late(age_ms),
            Some(figures) if self.first_version.as_ref().is_some_and(|first| *first != figures.version) => {
                Freshness::Other
            }
            _ => Freshness::Live,
        }
    }

    /// A line to say, as the server wants it.
    pub fn ask(&mut self, line: &str, asker: Asker) -> String {
        self.next_id += 1;
        if self.waiting.len() == WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back((self.next_id, asker, line.to_owned()));
        let room = (!self.room.is_empty()).then_some(self.room.as_str());
        Word::Run { id: self.next_id, line, room }.text()
    }

    /// The connection is gone, and with it every answer.
    pub fn lose(&mut self) -> bool {
        self.is_connected = false;
        self.sights = Sights::default();
        !std::mem::take(&mut self.waiting).is_empty()
    }

    fn answered(&mut self, answer: Answer) -> (Asker, String, Answer) {
        let at = self.waiting.iter().position(|(id, ..)| *id == answer.id);
        let asked = at.and_then(|at| self.waiting.remove(at));
        let (asker, line) = asked.map_or((Asker::Console, String::new()), |(_, asker, line)| (asker, line));
        (asker, line, answer)
    }

    /// What a line may name.
    pub fn names(&self) -> Names {
        let players = self.players();
        Names {
            players: players.into_iter().map(|player| (player.slot, player.name.clone())).collect(),
            rooms: self.figures.iter().flat_map(|all| all.rooms.iter().map(|room| room.id.clone())).collect(),
            tunables: self.tunables.iter().map(|tunable| tunable.name.clone()).collect(),
            bans: self.bans.iter().map(|ban| (ban.id, ban.who.clone())).collect(),
            staff: self.staff.iter().flatten().map(|member| member.name.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(rooms: &str) -> Desk {
        let mut desk = Desk { is_connected: true, ..Desk::default() };
        told(&mut desk, rooms, "1", 0.0);
        desk
    }

    fn told(desk: &mut Desk, rooms: &str, version: &str, now_ms: f64) {
        let text = format!(r#"{{"is":"figures","version":"{version}","rooms":[{rooms}]}}"#);
        let news = super::super::feed::read(text.as_bytes()).expect("good");
        assert!(desk.take(news, now_ms).is_none());
    }

    const MAIN: &str = r#"{"id":"main","players":[{"slot":1,"is_bot":true,"points":900},{"slot":2,"points":5},{"slot":3,"points":50}]}"#;

    #[test]
    fn what_is_chosen_is_there() {
        let mut desk = desk(MAIN);
        assert_eq!(desk.room, "main");
        assert_eq!(desk.players().iter().map(|player| player.slot).collect::<Vec<_>>(), [3, 2, 1]);
        desk.player = Some(2);
        told(&mut desk, MAIN, "1", 1.0);
        assert_eq!(desk.chosen_player().map(|player| player.points), Some(5));
        told(&mut desk, r#"{"id":"main"}"#, "1", 2.0);
        assert_eq!(desk.player, None);
        told(&mut desk, r#"{"id":"duel"}"#, "1", 3.0);
        assert_eq!(desk.room, "duel");
        told(&mut desk, "", "1", 4.0);
        assert!(desk.room.is_empty() && desk.chosen().is_none());
    }

    #[test]
    fn an_answer_finds_who_asked() {
        let mut desk = desk(MAIN);
        let said = desk.ask("kick #3", Asker::Dialog);
        assert_eq!(said, r##"{"do":"run","id":1,"line":"kick #3","room":"main"}"##);
        assert_eq!(Word::Watch { room: None }.text(), r#"{"do":"watch","room":null}"#);
        let answer = |id| News::Answer(Answer { id, ok: true, text: String::new() });
        let (asker, line, _) = desk.take(answer(1), 0.0).expect("an answer");
        assert_eq!((asker, line.as_str()), (Asker::Dialog, "kick #3"));
        // Twice, or never asked.
        assert_eq!(desk.take(answer(1), 0.0).map(|(asker, ..)| asker), Some(Asker::Console));
        for _ in 0..100 {
            desk.ask("help", Asker::Console);
        }
        assert_eq!(desk.waiting.len(), WAITING_MAX);
        assert!(desk.lose() && !desk.lose());
    }

    #[test]
    fn old_news_are_called_old() {
        let mut desk = desk(MAIN);
        assert_eq!(desk.freshness(1_000.0), Freshness::Live);
        assert_eq!(desk.freshness(5_000.0), Freshness::Late(5_000.0));
        told(&mut desk, MAIN, "2", 6_000.0);
        assert_eq!(desk.freshness(6_001.0), Freshness::Other);
        desk.lose();
        assert_eq!(desk.freshness(6_001.0), Freshness::Lost);
    }

    #[test]
    fn maps_of_other_rooms_are_not_shown() {
        let mut desk = desk(MAIN);
        let map = |room: &str| News::Map(Map { room: room.to_owned(), ..Map::default() });
        desk.take(map("duel"), 0.0);
        assert!(desk.sights.now.is_none());
        desk.take(map("main"), 1.0);
        desk.take(map("main"), 2.0);
        assert_eq!(desk.sights.before.as_ref().map(|(_, at)| *at), Some(1.0));
        desk.choose_room("duel".to_owned());
        assert!(desk.sights.now.is_none());
    }
}
