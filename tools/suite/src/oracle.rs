//! What must hold in every match, one file per promise. Each oracle looks at a match after a tick and says what is
//! wrong, or nothing; none changes anything. That each can fail is proven in `tests/it`.

pub mod accounts;
pub mod deeds;
pub mod flight;
pub mod ids;
pub mod mirror;
pub mod queues;
