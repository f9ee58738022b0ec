//! What `window.perihelion.state()` tells the end-to-end tests, as JSON. Invariant: read-only; the shape is described
//! in docs/HACKING.md and only ever grows.

use glam::Vec2;
use shared::{
    defs::{PickupKind, ShipClass, Team},
    ids::PlayerId,
    protocol::{ChatMode, body::Station},
    replica::view::{CoreView, GhostView, MouthView, Phase, PickupView, ShipView, View},
    sim::RoundPhase,
};

use crate::{
    chat::desk::Desk,
    film::Film,
    json::Json,
    lab::{KNOBS, Setup, TOGGLES},
    net::{Kill, Net},
    session::Connection,
    settings::{self, CHOICES, Panel, SWITCHES},
    view::Camera,
    watch::Watched,
    words::Language,
};

/// What the page itself knows besides the game.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageState<'a> {
    /// Frames per second, smoothed.
    pub fps: f32,
    /// There is something to draw with.
    pub drawing: bool,
    /// Rays drawn so far.
    pub beams: u32,
    /// What the error card shows.
    pub error: Option<&'a str>,
    /// What is set in the lab, if this page is it.
    pub lab: Option<Setup>,
    /// What is set.
    pub panel: Option<&'a Panel>,
    /// Of talk.
    pub talk: Talk,
    /// What one watches while one waits for a ship.
    pub watched: Watched,
    /// Memory of the module, bytes.
    pub memory_bytes: u32,
    /// The large map is open.
    pub map: bool,
}

/// Which lines are shown, and what is open.
#[derive(Debug, Clone, Copy, Default)]
pub struct Talk {
    /// Now, µs.
    pub now_us: u64,
    /// The line one writes in, and the wheel.
    pub desk: Desk,
}

/// The state of the page.
#[must_use]
pub fn state(net: &Net, camera: &Camera, page: PageState<'_>) -> String {
    let view = net.view();
    let mut json = Json::default();
    json.object(|json| {
        json.key("phase").text(phase(view.phase));
        json.key("connection").text(connection(net.connection()));
        json.key("room").maybe_text(net.room());
        match net.shown().player() {
            Some(player) => json.key("player").integer(player.0.into()),
            None => json.key("player").null(),
        }
        let own_name = net.shown().player().and_then(|player| net.pilot(player)).map(|(name, _)| name);
        json.key("name").maybe_text(own_name);
        json.key("own");
        own(json, net);
        json.key("class").text(class(net.class()));
        match net.shown().leaderboard().own {
            Some((_, row)) => json.key("score").integer(row.score.into()),
            None => json.key("score").null(),
        }
        json.key("rtt_ms").number(view.line.rtt_ms.into());
        json.key("staleness_ms").number(view.line.staleness_ms.into());
        json.key("mispredictions").integer(view.line.mispredictions.into());
        json.key("predictions").integer(view.line.predictions.into());
        picture(json, view, |player| net.pilot(player), net.heard().kills(), camera, page);
        for (key, value) in [
            ("lead_ticks", view.line.lead_ticks),
            ("margin_ticks", view.line.margin_ticks),
            ("lateness_ms", view.line.lateness_ms),
            ("past_ms", view.line.delay_ms),
            ("down_bytes_s", view.line.down_bytes_s),
            ("up_bytes_s", view.line.up_bytes_s),
        ] {
            json.key(key).number(value.into());
        }
        json.key("late_commands").integer(view.line.late_reports.into());
        json.key("lane").boolean(view.line.lane);
        json.key("mode").text(net.shown().defs().mode.terms.mode.word());
        json.key("team");
        team(json, net.shown().player().and_then(|player| net.shown().defs().mode.team(player)));
        json.key("verdicts").array(|json| {
            for verdict in net.heard().verdicts() {
                json.object(|json| {
                    json.key("winner");
                    team(json, verdict.winner);
                    json.key("won").boolean(verdict.won);
                });
            }
        });
        json.key("locked").boolean(view.locked);
        json.key("ghosts").array(|json| view.ghosts.iter().for_each(|one| ghost(json, one)));
        json.key("lab");
        lab(json, page.lab);
        talk(json, net, page.talk, page.panel.map(Panel::language).unwrap_or_default());
        watched(json, net, page.watched);
        json.key("memory_bytes").integer(page.memory_bytes.into());
        json.key("season").object(|json| {
            let ends = net.shown().leaderboard().season_ends;
            match ends {
                Some(ends) => json.key("left_ticks").integer(ends.since(view.tick).into()),
                None => json.key("left_ticks").null(),
            }
            json.key("podium").boolean(net.heard().ceremony().podium(page.talk.now_us).is_some());
            match net.heard().ceremony().last() {
                Some(end) => json.key("last").integer(end.number.into()),
                None => json.key("last").null(),
            }
        });
        json.key("shot_line").integer(view.shot_line.points.len() as i64);
        json.key("map").boolean(page.map);
        json.key("giants").array(|json| {
            for giant in &net.shown().leaderboard().giants {
                json.object(|json| place(json, ["x", "y"], Vec2::new(giant.at.0.into(), giant.at.1.into())));
            }
        });
        json.key("resumed").boolean(net.shown().resumed());
        json.key("connects").integer(net.connects().into());
    });
    json.finish()
}

/// What is watched while one waits for a ship, and how the last one was lost.
fn watched(json: &mut Json, net: &Net, watched: Watched) {
    let name = |player| net.pilot(player).map(|(name, _)| name);
    let whom = match net.shown().station() {
        Station::Dead { watching, .. } => watching.and_then(name),
        Station::Watching(player) => name(player),
        Station::Idle | Station::Flying => None,
    };
    json.key("watching").maybe_text(whom);
    json.key("aside").boolean(watched.aside);
    json.key("roaming").boolean(watched.free);
    match watched.replayed {
        Some(share) => json.key("kill_cam").number(share.into()),
        None => json.key("kill_cam").null(),
    }
    json.key("fall");
    let Some(fall) = net.shown().fall() else { return json.null() };
    json.object(|json| {
        json.key("killer").maybe_text(fall.killer.and_then(name));
        json.key("class").maybe_text(fall.class.map(class));
        for (key, value) in [("away", fall.away), ("own_ms", fall.own_ms), ("their_ms", fall.their_ms)] {
            match value {
                Some(value) => json.key(key).integer(value.into()),
                None => json.key(key).null(),
            }
        }
        json.key("attackers").array(|json| {
            for (player, points) in fall.attackers.into_iter().flatten() {
                json.object(|json| {
                    json.key("name").maybe_text(name(player));
                    json.key("points").integer(points.into());
                });
            }
        });
    });
}

/// What people say, as far as it is shown.
fn talk(json: &mut Json, net: &Net, talk: Talk, language: Language) {
    let writing = talk.desk.is_writing();
    json.key("chat").array(|json| {
        for heard in net.chat().shown(talk.now_us, writing) {
            json.object(|json| {
                json.key("player").integer(heard.line.player.0.into());
                json.key("name").text(&heard.line.name);
                json.key("text").text(heard.text(language));
            });
        }
    });
    json.key("chat_mode").text(match net.chat_mode() {
        ChatMode::Off => "off",
        ChatMode::Quick => "quick",
        ChatMode::Full => "full",
    });
    json.key("writing").boolean(writing);
    json.key("wheel").boolean(talk.desk.is_turning());
    json.key("muted").array(|json| net.chat().muted().iter().for_each(|name| json.text(name)));
}

/// The state of the page that shows recordings.
#[must_use]
pub fn film_state(film: &Film, camera: &Camera, page: PageState<'_>) -> String {
    let mut json = Json::default();
    json.object(|json| {
        json.key("phase").text(if film.is_open() { "watching" } else { "choosing" });
        json.key("connection").text("none");
        picture(json, film.view(), |player| film.pilot(player), film.kills(), camera, page);
        json.key("film").object(|json| {
            let (played, length) = film.position();
            json.key("played").integer(played as i64);
            json.key("length").integer(length as i64);
            json.key("playing").boolean(film.playing());
            json.key("pace").number(film.pace().into());
            json.key("seeking").boolean(film.seeking().is_some());
            let followed = film.followed().and_then(|player| film.pilot(player));
            json.key("following").maybe_text(followed.map(|(name, _)| name));
            let language = page.panel.map_or_else(Default::default, |panel| panel.language());
            json.key("trouble").maybe_text(film.trouble(language).as_deref());
        });
    });
    json.finish()
}

/// What both pages tell.
fn picture<'a>(
    json: &mut Json,
    view: &View,
    pilot: impl Fn(PlayerId) -> Option<(&'a str, bool)>,
    kills: &[Kill],
    camera: &Camera,
    page: PageState<'_>,
) {
    json.key("tick").integer(view.tick.0.into());
    json.key("fps").number(page.fps.into());
    json.key("ships").array(|json| view.ships.iter().for_each(|one| ship(json, one, pilot(one.id.player))));
    json.key("beams").integer(page.beams.into());
    json.key("shots").integer(view.shots.len() as i64);
    json.key("rocks").integer(view.rocks.len() as i64);
    json.key("pickups").array(|json| view.pickups.iter().for_each(|one| pickup(json, one)));
    json.key("mouths").array(|json| view.mouths.iter().flatten().for_each(|one| mouth(json, one)));
    json.key("kills").array(|json| kills.iter().for_each(|one| kill(json, one)));
    json.key("round");
    round(json, view);
    json.key("cores").array(|json| view.cores.iter().flatten().for_each(|one| core(json, one)));
    json.key("error").maybe_text(page.error);
    json.key("settings");
    settings_state(json, page.panel);
    json.key("drawing").boolean(page.drawing);
    json.key("camera");
    camera_state(json, camera);
}

/// The phase in one word.
#[must_use]
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Connecting => "connecting",
        Phase::Spectating => "spectating",
        Phase::Flying => "flying",
        Phase::Dead { .. } => "dead",
    }
}

/// A class in one word.
fn class(class: ShipClass) -> &'static str {
    match class {
        ShipClass::Spark => "spark",
        ShipClass::Lancer => "lancer",
        ShipClass::Needle => "needle",
        ShipClass::Prospector => "prospector",
        ShipClass::Anvil => "anvil",
        ShipClass::Wraith => "wraith",
        ShipClass::Tender => "tender",
        ShipClass::Gravitor => "gravitor",
        ShipClass::Dreadnought => "dreadnought",
    }
}

fn team(json: &mut Json, team: Option<Team>) {
    match team {
        Some(Team::Dawn) => json.text("dawn"),
        Some(Team::Dusk) => json.text("dusk"),
        None => json.null(),
    }
}

/// How the round stands.
fn round(json: &mut Json, view: &View) {
    let Some(round) = view.round else { return json.null() };
    json.object(|json| {
        json.key("number").integer(round.number.into());
        json.key("phase").text(match round.phase {
            RoundPhase::Waiting => "waiting",
            RoundPhase::Ready => "ready",
            RoundPhase::Play => "play",
            RoundPhase::Over => "over",
        });
        json.key("left_ticks").integer(round.left_ticks.into());
        json.key("cores").array(|json| round.cores.iter().for_each(|core| json.integer((*core).into())));
        json.key("points").array(|json| round.points.iter().for_each(|points| json.integer((*points).into())));
        json.key("winner");
        team(json, round.winner);
    });
}

fn core(json: &mut Json, core: &CoreView) {
    json.object(|json| {
        json.key("team");
        team(json, Some(core.team));
        place(json, ["x", "y"], core.pos);
        json.key("hull").number(core.hull.into());
    });
}

fn connection(connection: Connection) -> &'static str {
    match connection {
        Connection::Connecting => "connecting",
        Connection::Open => "open",
        Connection::Waiting | Connection::Stopped(_) => "waiting",
    }
}

fn own(json: &mut Json, net: &Net) {
    let view = net.view();
    let (Some(gauges), Some(ship)) = (view.own, view.own_ship()) else {
        return json.null();
    };
    json.object(|json| {
        motion(json, ship);
        json.key("class").text(class(ship.class));
        json.key("charging").boolean(ship.charging);
        json.key("special").boolean(ship.special);
        for (key, value) in [
            ("heading", ship.heading_rad),
            ("hull", gauges.hull.0),
            ("shield", gauges.shield.0),
            ("energy", gauges.energy.0),
            ("cargo", f32::from(gauges.cargo.0)),
            ("speed", gauges.speed),
            ("protection", gauges.protection_s),
            ("over_s", gauges.over_s),
            ("multi_s", gauges.multi_s),
        ] {
            json.key(key).number(value.into());
        }
        json.key("repel").boolean(gauges.repel);
        json.key("decoy").boolean(gauges.decoy);
    });
}

fn ship(json: &mut Json, ship: &ShipView, pilot: Option<(&str, bool)>) {
    json.object(|json| {
        json.key("player").integer(ship.id.player.0.into());
        json.key("life").integer(ship.id.life.into());
        json.key("name").maybe_text(pilot.map(|(name, _)| name));
        motion(json, ship);
        json.key("own").boolean(ship.own);
        json.key("bot").boolean(pilot.is_some_and(|(_, bot)| bot));
        json.key("protected").boolean(ship.protected);
        json.key("class").text(class(ship.class));
        json.key("charging").boolean(ship.charging);
        json.key("special").boolean(ship.special);
        json.key("towing").boolean(ship.line.is_some());
    });
}

fn camera_state(json: &mut Json, camera: &Camera) {
    json.object(|json| {
        place(json, ["x", "y"], camera.centre());
        json.key("pixels_per_unit").number(camera.pixels_per_unit().into());
    });
}

fn pickup(json: &mut Json, pickup: &PickupView) {
    json.object(|json| {
        json.key("kind").text(match pickup.kind {
            PickupKind::Ore => "ore",
            PickupKind::Repair => "repair",
            PickupKind::Charge => "charge",
            PickupKind::Mine => "mine",
            PickupKind::Overshield => "overshield",
            PickupKind::Multifire => "multifire",
            PickupKind::Repel => "repel",
            PickupKind::Decoy => "decoy",
        });
        place(json, ["x", "y"], pickup.pos);
    });
}

fn mouth(json: &mut Json, mouth: &MouthView) {
    json.object(|json| {
        place(json, ["x", "y"], mouth.pos);
        if let Some((next, left_s)) = mouth.coming {
            place(json, ["next_x", "next_y"], next);
            json.key("next_s").number(left_s.into());
        }
    });
}

fn ghost(json: &mut Json, ghost: &GhostView) {
    json.object(|json| {
        json.key("player").integer(ghost.id.player.0.into());
        place(json, ["x", "y"], ghost.pos);
        json.key("own").boolean(ghost.own);
    });
}

/// What is set, and what follows from it together with the system's wishes.
fn settings_state(json: &mut Json, panel: Option<&Panel>) {
    let Some(panel) = panel else { return json.null() };
    json.object(|json| {
        for (knob, _, _, word, _) in settings::KNOBS {
            json.key(word).integer(panel.settings().knob(knob).into());
        }
        for (choice, _, word, _) in CHOICES {
            json.key(word).text(panel.settings().choice(choice));
        }
        for (switch, _, word, _) in SWITCHES {
            json.key(word).boolean(panel.settings().switch(switch));
        }
        json.key("open").boolean(panel.is_open());
        json.key("speaks").text(panel.language().code());
        json.key("is_calm").boolean(panel.looks().calm);
        json.key("is_contrast").boolean(panel.contrast());
    });
}

fn lab(json: &mut Json, setup: Option<Setup>) {
    let Some(setup) = setup else { return json.null() };
    json.object(|json| {
        for (knob, _, _, word, _) in KNOBS {
            json.key(word).integer(setup.knob(knob).into());
        }
        for (toggle, _, word, _) in TOGGLES {
            json.key(word).boolean(setup.toggle(toggle));
        }
    });
}

fn motion(json: &mut Json, ship: &ShipView) {
    place(json, ["x", "y"], ship.pos);
    place(json, ["vx", "vy"], ship.vel);
}

fn place(json: &mut Json, keys: [&str; 2], at: Vec2) {
    json.key(keys[0]).number(at.x.into());
    json.key(keys[1]).number(at.y.into());
}

fn kill(json: &mut Json, kill: &Kill) {
    json.object(|json| {
        json.key("killer").maybe_text(kill.killer.as_ref().map(|(_, name)| name.as_str()));
        json.key("victim").text(&kill.victim.1);
        json.key("cause").text(crate::hud::feed::cause_word(kill.cause));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Remembered;

    #[test]
    fn every_promised_key_is_there_before_anything_happened() {
        let net = Net::new(1, (800, 450), Remembered::default(), 0);
        let camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        let text = state(
            &net,
            &camera,
            PageState {
                fps: 60.0,
                error: Some("a \"quoted\" error"),
                lab: Some(Setup::default()),
                ..PageState::default()
            },
        );
        for key in [
            "phase",
            "connection",
            "tick",
            "fps",
            "player",
            "name",
            "own",
            "ships",
            "beams",
            "class",
            "shots",
            "rocks",
            "mouths",
            "pickups",
            "score",
            "kills",
            "rtt_ms",
            "staleness_ms",
            "mispredictions",
            "predictions",
            "error",
            "drawing",
            "camera",
            "season",
            "map",
            "shot_line",
            "giants",
            "resumed",
            "connects",
            "lead_ticks",
            "margin_ticks",
            "lateness_ms",
            "past_ms",
            "down_bytes_s",
            "up_bytes_s",
            "late_commands",
            "lane",
            "locked",
            "ghosts",
            "lab",
            "settings",
            "prediction",
            "delay",
            "chat",
            "chat_mode",
            "writing",
            "wheel",
            "muted",
            "mode",
            "team",
            "verdicts",
            "round",
            "cores",
        ] {
            assert!(text.contains(&["\"", key, "\":"].concat()), "{key} in {text}");
        }
        assert!(text.contains(r#""phase":"connecting","connection":"connecting""#), "{text}");
        assert!(text.contains(r#"a \"quoted\" error"#));
    }
}
