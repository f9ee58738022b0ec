//! Where staff come in: a kind of setting of its own.

use std::net::SocketAddr;

use super::{
    kind::{Kind, quoted},
    raw::Raw,
};

/// Where the page for staff is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffDoor {
    /// Under `/admin` of the game's own address.
    On,
    /// Nowhere.
    Off,
    /// At an address of its own, and nowhere else.
    At(SocketAddr),
}

/// See [`StaffDoor`].
pub fn staff_door() -> Door {
    Door
}

/// See [`staff_door`].
#[derive(Debug)]
pub struct Door;

impl Kind for Door {
    type Value = StaffDoor;

    fn allowed(&self) -> String {
        "on, off, or an address and port such as 127.0.0.1:8081".to_owned()
    }

    fn placeholder(&self) -> &'static str {
        "WHERE"
    }

    fn read(&self, raw: &Raw) -> Option<StaffDoor> {
        match raw.text()? {
            "on" => Some(StaffDoor::On),
            "off" => Some(StaffDoor::Off),
            address => address.parse().ok().map(StaffDoor::At),
        }
    }

    fn write(&self, value: &StaffDoor) -> Option<String> {
        Some(match value {
            StaffDoor::On => quoted("on"),
            StaffDoor::Off => quoted("off"),
            StaffDoor::At(address) => quoted(&address.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_is_read_as_it_is_written() {
        for (text, written) in [
            ("on", Some("\"on\"")),
            ("off", Some("\"off\"")),
            ("127.0.0.1:8081", Some("\"127.0.0.1:8081\"")),
            ("[::1]:0", Some("\"[::1]:0\"")),
            ("127.0.0.1", None),
            ("localhost:8081", None),
            ("yes", None),
        ] {
            let read = Door.read(&Raw::Untyped(text.to_owned()));
            assert_eq!(read.and_then(|door| Door.write(&door)).as_deref(), written, "{text}");
        }
    }
}
