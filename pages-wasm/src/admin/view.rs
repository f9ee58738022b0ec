//! The parts of the dashboard in the page. Invariant: they show what the desk knows, and know nothing themselves but what
//! somebody is typing.

pub mod console;
pub mod dialog;
pub mod figures;
pub mod header;
pub mod lists;
pub mod players;
pub mod rooms;
pub mod toast;
pub mod tune;
