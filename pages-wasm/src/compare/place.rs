//! Which room the pollers ask for: that which the WebSocket shows. Invariant: as long as it is not known, and nothing says
//! that it never will be, nobody asks.

use super::farewell::Farewell;
use crate::browser;

/// Where to ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// Not yet.
    #[default]
    Unknown,
    /// Of the room with this id.
    Room(String),
    /// Of whichever the server chooses: no WebSocket says which.
    Any,
    /// No room shows itself.
    Nowhere,
}

impl Place {
    /// What is known once a connection has ended before it was welcomed anywhere.
    pub fn after(farewell: Option<Farewell>) -> Place {
        if farewell == Some(Farewell::Password) { Place::Nowhere } else { Place::Any }
    }

    /// The path of a picture around `x`, `y`, if one is to be asked for.
    pub fn path(&self, (x, y): (i16, i16)) -> Option<String> {
        let room = match self {
            Place::Unknown | Place::Nowhere => return None,
            Place::Any => String::new(),
            Place::Room(id) => format!("&room={}", browser::escaped(id)),
        };
        Some(format!("/arena?x={x}&y={y}{room}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_knows_no_room_waits_and_who_has_no_socket_asks_anybody() {
        assert_eq!(Place::default().path((0, 0)), None);
        assert_eq!(Place::after(None).path((-3, 4)), Some("/arena?x=-3&y=4".to_owned()));
        assert_eq!(Place::after(Some(Farewell::Full)), Place::Any);
        assert_eq!(Place::after(Some(Farewell::Password)).path((0, 0)), None, "there is none to be seen");
        let path = |id: &str| Place::Room(id.to_owned()).path((1, 2));
        assert_eq!(path("core-war"), Some("/arena?x=1&y=2&room=core-war".to_owned()));
        assert_eq!(path("a&x=1#ä"), Some("/arena?x=1&y=2&room=a%26x%3D1%23%C3%A4".to_owned()));
    }
}
