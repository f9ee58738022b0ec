use super::*;
use crate::{
    protocol::{ClientMessage, Edges, SentCommand},
    quantize::Angle,
    room::{ConnId, RoomConfig, RoomEvent, seats::Holder},
    sim::Buttons,
    tick::TICK_US,
};

/// A room of bots with these people in it, who have not done anything.
fn room(bots: u16, people: u64, seed: u64) -> Room {
    let mut room = Room::new(RoomConfig { seed, secret: seed, bots, ..RoomConfig::default() });
    for conn in (0..people).map(ConnId) {
        room.handle(RoomEvent::newcomer(conn), 0);
        let play = ClientMessage::Play { name: format!("P{}", conn.0), class: Default::default() };
        room.handle(RoomEvent::Message { conn, message: play }, 0);
    }
    room
}

/// One tick in which each person gives the command of `hand`, in time.
fn tick(room: &mut Room, hand: &mut dyn FnMut(&Room, PlayerId) -> Command) {
    let players: Vec<PlayerId> = room.seats.humans_mut().map(|(player, _)| player).collect();
    let now = room.world.tick;
    for player in players {
        let command = hand(room, player);
        let sent = SentCommand { command, edges: Edges::default() };
        if let Some(human) = room.seats.human_mut(player) {
            human.commands.insert(now.next(), sent, 0, now, 0);
        }
        if let Some(seat) = room.seats.get_mut(player) {
            seat.wants_launch = true;
        }
    }
    room.tick(u64::from(now.next().0) * TICK_US, &|_| false);
    while room.poll_output().is_some() {}
}

fn marks(room: &Room) -> Marks {
    room.players().iter().fold(Marks::default(), |all, row| all.and(row.marks))
}

/// Aims ahead of the nearest foe, exactly and at once, and fires; swaps foes often when it `leaps`.
fn aimbot(room: &Room, player: PlayerId, leaps: bool) -> Command {
    let (world, defs) = (&room.world, &room.config.defs);
    let Some(ship) = world.ship(player) else { return Command::default() };
    let at = ship.body.pos.to_vec2();
    let mut foes: Vec<&Ship> = world.ships().filter(|other| other.id.player != player).collect();
    foes.sort_by(|a, b| at.distance(a.body.pos.to_vec2()).total_cmp(&at.distance(b.body.pos.to_vec2())));
    let turn = if leaps { (world.tick.0 / 40) as usize % 2 } else { 0 };
    let Some(foe) = foes.get(turn).or(foes.first()) else { return Command::default() };
    let way = ways(defs, ship, foe, 0.0)[1];
    let buttons = Buttons(Buttons::FIRE | Buttons::THRUST);
    Command::new(buttons, Angle::of(way))
}

#[test]
fn who_aims_without_a_hand_is_marked() {
    for leaps in [false, true] {
        let mut room = room(12, 1, 7);
        let mut ticks = 0;
        while marks(&room).is_empty() && ticks < 20 * 60 * TICK_HZ {
            tick(&mut room, &mut |room, player| aimbot(room, player, leaps));
            ticks += 1;
        }
        assert!(!marks(&room).is_empty(), "leaps: {leaps}; nothing in {ticks} ticks: {:?}", habits(&room));
    }
}

fn habits(room: &Room) -> Vec<Aim> {
    let human = |seat: &super::super::Seat| match &seat.holder {
        Holder::Human(human) => Some(human.habits.aim.clone()),
        Holder::Bot(_) => None,
    };
    room.seats.iter().filter_map(human).collect()
}

/// Bots are pilots with a reaction of 150 to 300 ms and a hand that shakes: looked at as if they were people, for an hour of one.
#[test]
fn who_has_a_hand_is_not_marked() {
    let pilots = 24;
    let mut room = room(pilots, 0, 1);
    let (mut all, mut rows) = (vec![Habits::default(); 64], Rows::default());
    for _ in 0..3_600 / u32::from(pilots) * TICK_HZ {
        tick(&mut room, &mut |_, _| Command::default());
        let commands = room.commands.iter().copied();
        look(&room.world, &room.config.defs, &room.events, commands, (&mut all, &mut rows));
    }
    nobody_is_marked(&all, "seed 1");
}

/// Looks at everybody's command of a tick as if they were people.
fn look(
    world: &World,
    defs: &Defs,
    events: &[Event],
    commands: impl Iterator<Item = (PlayerId, Command)>,
    (all, rows): (&mut [Habits], &mut Rows),
) {
    for (player, command) in commands {
        let habits = &mut all[player.index()];
        match world.ship(player) {
            Some(ship) => habits.note(world, defs, ship, command, rows),
            None => habits.pause(),
        }
        events.iter().for_each(|event| habits.hear(event, player));
    }
}

fn nobody_is_marked(all: &[Habits], what: &str) {
    for (slot, habits) in all.iter().enumerate() {
        let words: Vec<_> = habits.marks.words().collect();
        assert!(words.is_empty(), "{what}, slot {slot}: {words:?}");
    }
}

#[test]
fn who_presses_the_same_again_is_marked_and_who_taps_is_not() {
    let press = |habits: &mut Habits, rows: &mut Rows, tick: &mut Tick, held: u8, ticks: u32| {
        let since = *tick;
        *tick = tick.plus(ticks.cast_signed());
        habits.row.since.get_or_insert(since);
        habits.row.note(held, *tick, PlayerId(1), rows);
        habits.judge();
    };
    let draw = |n: u32| (n.wrapping_mul(2_654_435_761) >> 16) % 23 + 2;
    for (what, period, marked) in [("a macro", 90, true), ("a hand", u32::MAX, false)] {
        let (mut habits, mut rows, mut tick) = (Habits::default(), Rows::default(), Tick(5));
        for n in 0..2_000 {
            press(&mut habits, &mut rows, &mut tick, (n % 2) as u8 * Buttons::FIRE, draw(n % period));
        }
        assert_eq!(habits.marks == Marks::REPEATS, marked, "{what}: {habits:?}");
    }
    let (mut habits, mut rows, mut tick) = (Habits::default(), Rows::default(), Tick(5));
    for n in 0..2_000_u32 {
        press(&mut habits, &mut rows, &mut tick, (n % 2) as u8 * Buttons::FIRE, 6 + n % 3);
    }
    assert!(habits.marks.is_empty(), "taps say nothing: {habits:?}");
}

#[test]
fn two_pilots_with_one_hand_are_marked() {
    let mut room = room(0, 2, 3);
    let mut held = 0;
    let mut left = 0_u32;
    let mut draws = 1_u32;
    for _ in 0..6 * 60 * TICK_HZ {
        if left == 0 {
            draws = draws.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (held, left) =
                ((draws >> 24) as u8 & (Buttons::LEFT | Buttons::RIGHT | Buttons::BRAKE), 3 + (draws >> 16) % 20);
        }
        left -= 1;
        tick(&mut room, &mut |_, _| Command::new(Buttons(held), Angle(0)));
    }
    assert_eq!(marks(&room), Marks::REPEATS);
}

#[test]
fn a_day_without_a_rest_is_too_long_and_a_rest_begins_anew() {
    let mut habits = Habits::default();
    let hour = 3_600 * TICK_HZ as i32;
    let stay = |habits: &mut Habits, from: Tick, hours: i32| {
        (0..hours * 60).fold(from, |tick, _| {
            habits.note_rest(tick, true);
            tick.plus(hour / 60)
        })
    };
    let tick = stay(&mut habits, Tick(u32::MAX - 1_000), 23);
    let tick = tick.plus(REST_TICKS);
    let tick = stay(&mut habits, tick, 24);
    assert!(habits.marks.is_empty());
    stay(&mut habits, tick, 1);
    assert_eq!(habits.marks.words().collect::<Vec<_>>(), ["a day without a rest"]);
}
