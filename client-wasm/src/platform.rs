//! The browser: canvas, socket, events, clock, storage, sound, the card for errors. Invariant: no decision about the
//! game is taken here; what the browser refuses (storage, sound, graphics) is an answer, never a panic.

pub mod arena;
pub mod boards;
pub mod browser;
pub mod chat_events;
pub mod clip_post;
pub mod error_card;
pub mod events;
pub mod film_events;
pub mod film_fetch;
pub mod frames;
pub mod hook;
pub mod lab_panel;
pub mod link_sheet;
pub mod menu;
pub mod pads;
pub mod page_words;
pub mod pen;
pub mod promise;
pub mod result_card;
pub mod rooms_panel;
pub mod settings_panel;
pub mod sheet;
pub mod socket;
pub mod speaker;
pub mod stage;
pub mod storage;
