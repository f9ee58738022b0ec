//! Events of the page as plain facts in a queue. Invariant: handlers only push (and prevent a default); the queue is
//! emptied by the next frame, so nothing is ever handled in the middle of something else.

use std::{cell::RefCell, rc::Rc};

use glam::Vec2;
use web_sys::{Event, KeyboardEvent, MouseEvent, PageTransitionEvent, PointerEvent, VisibilityState};

use shared::defs::ShipClass;

use super::{
    browser::{document, element, is_for_a_control, listen, value, window},
    chat_events,
    speaker::Presence,
};
use crate::{
    chat::desk::TalkEvent,
    hud::{choice, spectate, watch},
    input::{Action, Bindings, InputEvent, PointerKind},
    rooms::RoomList,
    settings,
    watch::{WISHES, Wish},
};

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub enum PageEvent {
    /// For the game.
    Input(InputEvent),
    /// The name card was sent.
    Play {
        /// Under which name.
        name: String,
        /// What was given where a password was asked for.
        password: String,
    },
    /// What the server says of itself; nothing when it does not.
    Rooms(Option<RoomList>),
    /// The code of the room that was asked for; nothing when there is none.
    RoomMade(Option<String>),
    /// The button on the death card.
    Relaunch,
    /// A ship was picked on a card.
    Choose(ShipClass),
    /// The flight school's button.
    SkipLesson,
    /// The sound button.
    ToggleMute,
    /// A button of those who wait for a ship.
    Watch(Wish),
    /// A button of the page, or a dialog that closed.
    Act(Act),
    /// Something about talk.
    Talk(TalkEvent),
    /// The tab was shown or hidden.
    Visible(bool),
    /// The player came to this page or went.
    Attend(Presence),
    /// A control of the lab's panel was moved, or (without an id) its address edited.
    Lab {
        /// The element.
        id: String,
        /// A slider's value; 1 or 0 of a checkbox.
        value: f64,
    },
    /// Something of the settings.
    Settings(settings::Fact),
    /// The page came back from the browser's cache, or the network came back.
    Woken,
    /// The graphics context was taken away…
    ContextLost,
    /// …and given back.
    ContextRestored,
    /// The server keeps the clip under this name, or does not, with this status; 0 when it could not be asked.
    ClipKept(Result<String, u16>),
}

/// What a button of the page asks for besides flying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Take the podium away.
    DismissPodium,
    /// Show the card of the last season…
    ResultCard,
    /// …save it…
    SaveCard,
    /// …share it.
    ShareCard,
    /// Show the link of this arena and its code…
    Invite,
    /// …copy it.
    CopyLink,
    /// Give the clip of the best kill away…
    Clip,
    /// …copy its link.
    CopyClip,
    /// Show the rooms there are…
    Rooms,
    /// …make one.
    MakeRoom,
    /// Show the best flights of a span.
    Boards(&'static str),
    /// The map large, or small again.
    Map,
    /// No more hints.
    SkipHints,
    /// Close the dialog that is open.
    CloseSheet,
    /// This dialog is closed, whatever closed it.
    SheetClosed(&'static str),
}

/// The buttons of [`Act`]s.
const ACTS: [(&str, Act); 31] = [
    ("podium-close", Act::DismissPodium),
    ("podium-card", Act::ResultCard),
    ("season-card", Act::ResultCard),
    ("card-save", Act::SaveCard),
    ("card-share", Act::ShareCard),
    ("card-close", Act::CloseSheet),
    ("invite-open", Act::Invite),
    ("invite-lobby", Act::Invite),
    ("invite-copy", Act::CopyLink),
    ("invite-close", Act::CloseSheet),
    ("clip-open", Act::Clip),
    ("podium-clip", Act::Clip),
    ("clip-copy", Act::CopyClip),
    ("clip-close", Act::CloseSheet),
    ("boards-open", Act::Boards("week")),
    ("boards-flight", Act::Boards("week")),
    ("boards-day", Act::Boards("day")),
    ("boards-week", Act::Boards("week")),
    ("boards-all", Act::Boards("all")),
    ("boards-close", Act::CloseSheet),
    ("map-toggle", Act::Map),
    ("hint-skip", Act::SkipHints),
    ("rooms-open", Act::Rooms),
    ("rooms-make", Act::MakeRoom),
    ("rooms-close", Act::CloseSheet),
    ("spectate-invite", Act::Invite),
    ("menu-boards", Act::Boards("week")),
    ("menu-invite", Act::Invite),
    ("menu-rooms", Act::Rooms),
    ("menu-card", Act::ResultCard),
    ("menu-clip", Act::Clip),
];

/// The queue; handlers hold the other ends.
pub type Queue = Rc<RefCell<Vec<PageEvent>>>;

/// Facts kept between two frames; a page that draws no frames forgets the rest.
const QUEUE_MAX: usize = 512;

/// Starts listening. `bindings` are those in use: what is bound is kept from the browser.
#[must_use]
pub fn install(bindings: &Rc<RefCell<Bindings>>) -> Queue {
    let queue = install_pointers();
    keyboard(&queue, bindings.clone());
    lobby(&queue);
    chat_events::install(&queue);
    queue
}

/// Starts listening to all but keys and the name card.
#[must_use]
pub fn install_pointers() -> Queue {
    let queue = Queue::default();
    mouse(&queue);
    touch(&queue);
    buttons(&queue);
    pads(&queue);
    life(&queue);
    queue
}

/// Adds a fact, if there is room.
pub fn push<T>(queue: &RefCell<Vec<T>>, event: T) {
    let mut queue = queue.borrow_mut();
    if queue.len() < QUEUE_MAX {
        queue.push(event);
    }
}

fn keyboard(queue: &Queue, bindings: Rc<RefCell<Bindings>>) {
    let to = queue.clone();
    listen(&window(), "keydown", false, move |event: KeyboardEvent| {
        let code = event.code();
        let typing = is_for_a_control(event.target()) && code != "F3";
        if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if bindings.borrow().of_key(&code).next().is_some() {
            event.prevent_default();
        }
        if !event.repeat() {
            push(&to, PageEvent::Input(InputEvent::Key { code, down: true }));
        }
    });
    let to = queue.clone();
    listen(&window(), "keyup", true, move |event: KeyboardEvent| {
        push(&to, PageEvent::Input(InputEvent::Key { code: event.code(), down: false }));
    });
}

fn mouse(queue: &Queue) {
    const ID: i32 = 0;
    let kind = PointerKind::Mouse;
    let at = |event: &MouseEvent| Vec2::new(event.client_x() as f32, event.client_y() as f32);
    let to = queue.clone();
    listen(&window(), "mousedown", false, move |event: MouseEvent| {
        if !is_for_a_control(event.target()) {
            push(
                &to,
                PageEvent::Input(InputEvent::PointerDown { id: ID, kind, button: event.button(), pos: at(&event) }),
            );
        }
    });
    let to = queue.clone();
    listen(&window(), "mouseup", true, move |event: MouseEvent| {
        push(&to, PageEvent::Input(InputEvent::PointerUp { id: ID, kind, button: event.button() }));
    });
    let to = queue.clone();
    listen(&window(), "mousemove", true, move |event: MouseEvent| {
        push(&to, PageEvent::Input(InputEvent::PointerMoved { id: ID, kind, pos: at(&event) }));
        if event.buttons() == 0 {
            // A button that was let go outside of the window.
            push(&to, PageEvent::Input(InputEvent::PointerUp { id: ID, kind, button: -1 }));
        }
    });
    listen(&window(), "contextmenu", false, |event: Event| {
        if !is_for_a_control(event.target()) {
            event.prevent_default();
        }
    });
}

fn touch(queue: &Queue) {
    let kind = PointerKind::Touch;
    let is_finger = |event: &PointerEvent| event.pointer_type() == "touch";
    let at = |event: &PointerEvent| Vec2::new(event.client_x() as f32, event.client_y() as f32);
    let to = queue.clone();
    listen(&window(), "pointerdown", false, move |event: PointerEvent| {
        if is_finger(&event) && !is_for_a_control(event.target()) {
            // Or the browser invents a mouse click for it.
            event.prevent_default();
            push(
                &to,
                PageEvent::Input(InputEvent::PointerDown { id: event.pointer_id(), kind, button: 0, pos: at(&event) }),
            );
        }
    });
    let to = queue.clone();
    listen(&window(), "pointermove", true, move |event: PointerEvent| {
        if is_finger(&event) {
            push(&to, PageEvent::Input(InputEvent::PointerMoved { id: event.pointer_id(), kind, pos: at(&event) }));
        }
    });
    for name in ["pointerup", "pointercancel"] {
        let to = queue.clone();
        listen(&window(), name, true, move |event: PointerEvent| {
            if is_finger(&event) {
                push(&to, PageEvent::Input(InputEvent::PointerUp { id: event.pointer_id(), kind, button: -1 }));
            }
        });
    }
}

fn lobby(queue: &Queue) {
    if let Some(form) = element("play-form") {
        let to = queue.clone();
        listen(&form, "submit", false, move |event: Event| {
            event.prevent_default();
            push(&to, PageEvent::Play { name: value("name"), password: value("password") });
        });
    }
}

fn buttons(queue: &Queue) {
    let choices = choice::buttons().map(|(id, class)| (id, PageEvent::Choose(class)));
    let others =
        [("relaunch", PageEvent::Relaunch), ("mute", PageEvent::ToggleMute), ("school-skip", PageEvent::SkipLesson)];
    let wishes = watch::BUTTONS.into_iter().zip(WISHES).map(|(id, (_, wish))| (id, PageEvent::Watch(wish)));
    let looks = spectate::BUTTONS.map(|(id, wish)| (id, PageEvent::Watch(wish)));
    let acts = ACTS.map(|(id, act)| (id, PageEvent::Act(act)));
    for (id, fact) in others.into_iter().chain(acts).chain(choices).chain(wishes).chain(looks) {
        if let Some(button) = element(id) {
            let to = queue.clone();
            listen(&button, "click", true, move |_: Event| push(&to, fact.clone()));
        }
    }
}

/// The buttons under the right thumb, and what they hold.
const PADS: [(&str, Action); 3] =
    [("pad-special", Action::Special), ("pad-boost", Action::Boost), ("pad-fire", Action::Fire)];

/// Buttons under the right thumb: held while a finger is on them, wherever it lets go.
fn pads(queue: &Queue) {
    for (id, action) in PADS {
        let Some(pad) = element(id) else { continue };
        for (name, down) in
            [("pointerdown", true), ("pointerup", false), ("pointercancel", false), ("lostpointercapture", false)]
        {
            let (to, held) = (queue.clone(), pad.clone());
            listen(&pad, name, false, move |event: PointerEvent| {
                event.prevent_default();
                if down {
                    // Without the capture a finger that slides off would be held for ever.
                    let _ = held.set_pointer_capture(event.pointer_id());
                }
                let _ = held.class_list().toggle_with_force("held", down);
                push(&to, PageEvent::Input(InputEvent::Thumb { action, down }));
            });
        }
    }
}

fn life(queue: &Queue) {
    let to = queue.clone();
    listen(&window(), "blur", true, move |_: Event| {
        for (id, _) in PADS {
            element(id).map(|pad| pad.class_list().remove_1("held"));
        }
        push(&to, PageEvent::Input(InputEvent::Blur));
        // Of a tab that goes away this may come last.
        let hidden = document().visibility_state() == VisibilityState::Hidden;
        push(&to, PageEvent::Attend(if hidden { Presence::Away } else { Presence::Aside }));
    });
    let to = queue.clone();
    listen(&window(), "focus", true, move |_: Event| push(&to, PageEvent::Attend(Presence::Here)));
    let to = queue.clone();
    listen(&document(), "visibilitychange", true, move |_: Event| {
        let visible = document().visibility_state() != VisibilityState::Hidden;
        push(&to, PageEvent::Input(InputEvent::Blur));
        push(&to, PageEvent::Visible(visible));
        let here = document().has_focus().unwrap_or(true);
        let seen = if here { Presence::Here } else { Presence::Aside };
        push(&to, PageEvent::Attend(if visible { seen } else { Presence::Away }));
    });
    let to = queue.clone();
    listen(&window(), "pageshow", true, move |event: PageTransitionEvent| {
        if event.persisted() {
            push(&to, PageEvent::Woken);
        }
    });
    let to = queue.clone();
    listen(&window(), "online", true, move |_: Event| push(&to, PageEvent::Woken));
    if let Some(stage) = element("stage") {
        let to = queue.clone();
        listen(&stage, "webglcontextlost", false, move |event: Event| {
            // Without this the browser never gives it back.
            event.prevent_default();
            push(&to, PageEvent::ContextLost);
        });
        let to = queue.clone();
        listen(&stage, "webglcontextrestored", true, move |_: Event| push(&to, PageEvent::ContextRestored));
    }
}
