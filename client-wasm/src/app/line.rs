//! What leads to the arena and what comes from it: a socket and perhaps a second lane, or the server in the tab, with the lab's
//! line between them and the page where there is a lab.

use shared::replica::LaneStep;

use super::{App, Shared, with};
use crate::{
    net::{Net, Outgoing},
    platform::{
        arena::{self, Arena, Seat},
        browser, error_card, lab_panel,
        socket::{NO_SOCKET, Socket, SocketEvent},
        storage,
    },
    session::Step,
};

/// What leads to the arena.
#[derive(Debug)]
pub(super) enum Wire {
    Socket(Socket),
    Tab(Seat),
}

impl Wire {
    fn send(&self, bytes: &[u8]) {
        match self {
            Wire::Socket(socket) => socket.send(bytes),
            Wire::Tab(seat) => seat.send(bytes),
        }
    }

    fn buffered_bytes(&self) -> u64 {
        match self {
            Wire::Socket(socket) => socket.buffered_bytes(),
            Wire::Tab(_) => 0,
        }
    }
}

pub(super) fn practises() -> bool {
    browser::path() == arena::PATH
}

pub(super) fn connect(app: &Shared, arena: &mut Option<Arena>, net: &mut Net) -> Option<Wire> {
    let to = app.clone();
    let handler = move |event| {
        if !error_card::is_shown() {
            with(&to, |app| app.hear(event));
        }
    };
    if practises() {
        if arena.as_ref().is_none_or(|arena| !arena.is_sound()) {
            *arena = Arena::start();
        }
        let seat = arena.as_ref().map(|arena| arena.connect(handler));
        return or_closed(seat.map(Wire::Tab), net);
    }
    or_closed(Socket::connect(net.room(), handler).map(Wire::Socket), net)
}

fn or_closed(wire: Option<Wire>, net: &mut Net) -> Option<Wire> {
    if wire.is_none() {
        net.handle_close(NO_SOCKET, browser::now_us());
    }
    wire
}

pub(super) fn connect_lane(app: &Shared, net: &mut Net) -> Option<Socket> {
    let to = app.clone();
    let handler = move |event| {
        if !error_card::is_shown() {
            with(&to, |app| app.hear_lane(&event));
        }
    };
    // No line inside a tab loses anything.
    let socket = if practises() { None } else { Socket::connect_lane(handler) };
    if socket.is_none() {
        net.handle_lane_close(browser::now_us());
    }
    socket
}

impl App {
    /// What is set in the lab holds from now on.
    pub(super) fn take_up_lab(&mut self) {
        if let Some(lab) = &self.lab {
            self.net.set_switches(lab.setup.switches());
        }
    }

    /// What has come through the lab's line is heard.
    pub(super) fn hear_through_the_lab(&mut self) {
        let now_us = browser::now_us();
        while let Some(bytes) = self.lab.as_mut().and_then(|lab| lab.receive_down(now_us)) {
            self.net.handle_message(&bytes, now_us);
        }
    }

    /// What has come through the lab's line leaves; then it is known what could not.
    pub(super) fn send_through_the_lab(&mut self) {
        let now_us = browser::now_us();
        while let Some(bytes) = self.lab.as_mut().and_then(|lab| lab.receive_up(now_us)) {
            if let Some(socket) = &self.socket {
                socket.send(&bytes);
            }
        }
        while let Some(bytes) = self.lab.as_mut().and_then(|lab| lab.receive_lane(now_us)) {
            if let Some(lane) = &self.lane {
                lane.send(&bytes);
            }
        }
        let in_socket = self.socket.as_ref().map_or(0, Wire::buffered_bytes);
        let in_lab = self.lab.as_ref().map_or(0, |lab| lab.backlog_bytes(now_us));
        self.net.handle_backlog(in_socket + in_lab, now_us);
        self.net.handle_lane_backlog(self.lane.as_ref().map_or(0, Socket::buffered_bytes) + in_lab);
    }

    fn hear(&mut self, event: SocketEvent) {
        let now_us = browser::now_us();
        match event {
            SocketEvent::Open => self.net.handle_open(now_us),
            SocketEvent::Message(bytes) => match &mut self.lab {
                Some(lab) => lab.send_down(bytes, now_us),
                None => self.net.handle_message(&bytes, now_us),
            },
            SocketEvent::Close(code, reason) => {
                self.hang_up_lab(now_us);
                self.net.hear_why(code, &reason);
                // It belonged to this connection.
                self.lane = None;
                self.net.handle_close(code, now_us);
            }
        }
    }

    /// What happens on the second lane: nothing is said on it.
    fn hear_lane(&mut self, event: &SocketEvent) {
        let now_us = browser::now_us();
        match event {
            SocketEvent::Open => self.net.handle_lane_open(now_us),
            SocketEvent::Message(_) => {}
            SocketEvent::Close(..) => {
                self.hang_up_lab_lane(now_us);
                self.net.handle_lane_close(now_us);
            }
        }
    }

    pub(super) fn carry_out(&mut self, outgoing: Outgoing) {
        match outgoing {
            Outgoing::Send(bytes) => match (&mut self.lab, &self.socket) {
                (Some(lab), _) => lab.send_up(bytes, browser::now_us()),
                (None, Some(socket)) => socket.send(&bytes),
                (None, None) => {}
            },
            Outgoing::SendLane(bytes) => match (&mut self.lab, &self.lane) {
                (Some(lab), _) => lab.send_lane(bytes, browser::now_us()),
                (None, Some(lane)) => lane.send(&bytes),
                (None, None) => {}
            },
            Outgoing::Lane(LaneStep::Close) => {
                self.hang_up_lab_lane(browser::now_us());
                self.lane = None;
            }
            // A tab's own arena ends with it; what a server keeps must not be forgotten for it.
            // Nor for who looks on.
            Outgoing::Remember { resume, playing, room } if !practises() && !self.net.place().watching => {
                storage::remember(resume, playing, room.as_deref());
            }
            Outgoing::Remember { .. } => {}
            Outgoing::Session(Step::Hangup) => {
                self.hang_up_lab(browser::now_us());
                (self.socket, self.lane) = (None, None);
            }
            Outgoing::Session(Step::Reload) => {
                storage::remember_reload();
                browser::reload();
            }
            Outgoing::Session(Step::Report(words)) => error_card::show(words, "connection"),
            Outgoing::Session(Step::Connect) | Outgoing::Lane(LaneStep::Open) => {
                unreachable!("connecting needs the shared app: see `with`")
            }
        }
    }

    fn hang_up_lab(&mut self, now_us: u64) {
        if let Some(lab) = &mut self.lab {
            lab.hang_up(now_us);
        }
    }

    fn hang_up_lab_lane(&mut self, now_us: u64) {
        if let Some(lab) = &mut self.lab {
            lab.hang_up_lane(now_us);
        }
    }

    pub(super) fn take_lab(&mut self, id: &str, value: f64, now_us: u64) {
        let Some(lab) = &mut self.lab else { return };
        if id.is_empty() {
            lab.take_fragment(&lab_panel::fragment(), now_us);
            self.take_up_lab();
        } else if lab.take(id, value, now_us) {
            lab_panel::set_fragment(&lab.setup.to_fragment());
            self.take_up_lab();
        }
    }
}
