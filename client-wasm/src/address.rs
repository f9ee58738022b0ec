//! Which room the address of the page names. Invariant: whatever stands there is only asked for; the server says what it is.

/// Where the page is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The id or code of a room; none leaves the choice to the server.
    pub room: Option<String>,
    /// The page only looks on.
    pub watching: bool,
}

impl Place {
    /// Of this path.
    #[must_use]
    pub fn of_path(path: &str) -> Place {
        let room = |prefix| path.strip_prefix(prefix).filter(|room| !room.is_empty()).map(str::to_owned);
        match (room("/r/"), room("/watch/")) {
            (Some(room), _) => Place { room: Some(room), watching: false },
            (None, Some(room)) => Place { room: Some(room), watching: true },
            (None, None) => Place::default(),
        }
    }

    /// Whether this page may be in that room.
    #[must_use]
    pub fn admits(&self, room: &str) -> bool {
        // Codes are written in large letters and typed in any.
        self.room.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(room))
    }
}

/// The path of a room, to fly in or to look on.
#[must_use]
pub fn path_of(room: &str, watching: bool) -> String {
    [if watching { "/watch/" } else { "/r/" }, room].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_room_and_what_one_does_there() {
        for (path, room, watching) in [
            ("", None, false),
            ("/lab", None, false),
            ("/r", None, false),
            ("/r/duel", Some("duel"), false),
            ("/r/K7QXM2", Some("K7QXM2"), false),
            ("/watch/duel", Some("duel"), true),
            ("/watch/", None, false),
        ] {
            let place = Place::of_path(path);
            assert_eq!((place.room.as_deref(), place.watching), (room, watching), "{path}");
            if let Some(room) = room {
                assert_eq!(path_of(room, watching), path);
            }
        }
        assert!(Place::of_path("/r/k7qxm2").admits("K7QXM2") && !Place::of_path("/r/a").admits("b"));
        assert!(Place::default().admits("any"));
    }
}
