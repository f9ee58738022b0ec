//! The thickest fight as one pilot hears it: what a real room tells among a crowd of bots, recorded for the page `/bench`, which hands
//! it to the netcode (`client-wasm/src/bench/netcode.rs` reads this form).

use shared::{
    defs::{Defs, ShipClass},
    protocol::codec,
    quantize::Angle,
    replica::{Intent, Replica, view::Phase},
    room::{ConnId, Output, Room, RoomConfig, RoomEvent},
    sim::Buttons,
    tick::TICK_US,
};

/// Bots around the pilot.
const BOTS: u16 = 200;
/// Of the arena, u: a view is 1,600 by 900.
const RADIUS: u16 = 700;
/// Ticks in which the bots come and begin to fight.
const WARM_UP: u32 = 600;
const PILOT: ConnId = ConnId(1);
const VIEW_HALF: (u16, u16) = (800, 450);

/// So many ticks of it, in the form that the page reads.
pub fn recorded(ticks: u32) -> Vec<u8> {
    let mut defs = Defs::standard();
    (defs.arena.radius_min, defs.arena.radius_max) = (f32::from(RADIUS), f32::from(RADIUS) + 1.0);
    let config = RoomConfig { seed: 3, bots: BOTS, players_max: 2 * BOTS, defs: defs.clone(), ..RoomConfig::default() };
    let mut room = Room::new(config);
    let mut now_us = 0;
    (0..WARM_UP).for_each(|_| drop(told(&mut room, &mut now_us)));

    room.handle(RoomEvent::newcomer(PILOT), now_us);
    let mut pilot = Replica::new(defs, VIEW_HALF, None, 0);
    pilot.play("Witness", ShipClass::Spark);
    let since_us = now_us;
    let mut tape = RADIUS.to_le_bytes().to_vec();
    for tick in 0..ticks {
        let messages = told(&mut room, &mut now_us);
        let intent = hands(tick);
        tape.push(intent.buttons.0);
        tape.extend(intent.aim.unwrap_or_default().0.to_le_bytes());
        tape.push(messages.len().try_into().expect("a handful of messages"));
        for bytes in messages {
            tape.extend(u16::try_from(bytes.len()).expect("a message is short").to_le_bytes());
            tape.extend(&bytes);
            pilot.handle_bytes(&bytes, now_us - since_us).expect("a room's own words");
        }
        if matches!(pilot.frame(now_us - since_us, intent).phase, Phase::Dead { .. }) {
            pilot.relaunch(ShipClass::Spark);
        }
        while let Some(bytes) = pilot.poll_transmit() {
            if let Ok(message) = codec::decode_client(&bytes) {
                room.handle(RoomEvent::Message { conn: PILOT, message }, now_us);
            }
        }
    }
    tape
}

/// What the pilot does: turns about, thrusts now and then, and shoots.
fn hands(tick: u32) -> Intent {
    let buttons = Buttons(Buttons::FIRE).with(Buttons::THRUST, tick % 90 < 50);
    Intent { buttons, aim: Some(Angle((tick * 233) as u16)) }
}

/// A tick of the room, and what it tells the pilot.
fn told(room: &mut Room, now_us: &mut u64) -> Vec<Vec<u8>> {
    *now_us += TICK_US;
    room.tick(*now_us, &|_| true);
    let mut messages = Vec::new();
    while let Some(output) = room.poll_output() {
        match output {
            Output::Snapshot { conn, bytes } | Output::Reliable { conn, bytes } if conn == PILOT => {
                messages.push(bytes.to_vec());
            }
            _ => {}
        }
    }
    messages
}
