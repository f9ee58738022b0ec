//! What people say, the line one writes in, the wheel of quick words, and whom one has muted. Invariant: text is set as
//! text; nothing is shown that the room or streamer mode does not allow; a row is rewritten only when it changed.

use shared::{
    ids::PlayerId,
    limits::PLAYERS_MAX,
    protocol::{ChatMode, Quick, Words},
    replica::view::Phase,
};

use super::{Cached, CachedText, Dom, Frame, Id, Source, Widget};
use crate::{
    chat::{self, FADE_US, Heard, STAY_US},
    net::Net,
    words::{Language, Word},
};

/// The list's element; rows of name and text, newest last.
pub const LIST: Id = "chat-log";
/// Its rows.
pub const ROWS: usize = chat::LINES_MAX;
/// The list of whom one has muted, the latest last.
pub const MUTED: Id = "chat-muted";
/// Its rows.
pub const MUTED_ROWS: usize = 6;
/// The words on the wheel.
const QUICK: [(Id, Id); Quick::ALL.len()] = [
    ("quick-0", "quick-0-words"),
    ("quick-1", "quick-1-words"),
    ("quick-2", "quick-2-words"),
    ("quick-3", "quick-3-words"),
    ("quick-4", "quick-4-words"),
    ("quick-5", "quick-5-words"),
    ("quick-6", "quick-6-words"),
    ("quick-7", "quick-7-words"),
];

#[derive(Debug, Default)]
struct Row {
    /// Of the line, and whether names are masked.
    number: Cached<Option<(u32, bool)>>,
    looks: Cached<(bool, bool)>,
}

/// All of it.
#[derive(Debug, Default)]
pub struct ChatPanel {
    rows: [Row; ROWS],
    muted: [CachedText; MUTED_ROWS],
    /// Number of the newest line that was read out.
    read: Option<u32>,
    buttons: Cached<(bool, bool)>,
    /// One is writing, names may be clicked, one is dead.
    poses: Cached<(bool, bool, bool)>,
    wrote: bool,
    hushed: Cached<Option<Word>>,
    wheel: Cached<Option<Option<usize>>>,
    named: Cached<Option<Language>>,
}

impl Widget for ChatPanel {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        // Nobody talks in a recording.
        let Source::Line(net) = frame.source else { return };
        let now_us = (frame.now_s * 1e6) as u64;
        let mode = if net.may_speak() { net.chat_mode() } else { ChatMode::Off };
        if self.buttons.changed((mode == ChatMode::Full, mode != ChatMode::Off)) {
            dom.flag("chat-open", "off", mode != ChatMode::Full);
            dom.flag("wheel-open", "off", mode == ChatMode::Off);
        }
        self.pose(frame, dom);
        self.list(net, frame, now_us, dom);
        self.list_muted(net, frame, dom);
        let mute = frame.desk.is_writing() && mode != ChatMode::Full;
        let hushed = net.chat().hushed(now_us).or(mute.then_some(Word::ChatCommands));
        if self.hushed.changed(hushed) {
            dom.flag("chat-note", "off", hushed.is_none());
            dom.text("chat-note", hushed.map_or("", |word| frame.say(word)));
        }
        self.turn(frame, dom);
    }
}

impl ChatPanel {
    fn pose(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let writing = frame.desk.is_writing();
        let dead = matches!(frame.view.phase, Phase::Dead { .. });
        // In flight a click is a shot, whatever it is on.
        let clickable = writing || !frame.flying();
        if self.poses.changed((writing, clickable, dead)) {
            dom.flag("hud", "names", clickable);
            dom.flag("chat", "grounded", dead);
            dom.flag("chat-form", "off", !writing);
            if writing != self.wrote {
                self.wrote = writing;
                dom.focus(if writing { "chat-line" } else { "stage" });
            }
        }
    }

    fn list(&mut self, net: &Net, frame: &Frame<'_>, now_us: u64, dom: &mut dyn Dom) {
        let writing = frame.desk.is_writing();
        let count = lines(net, frame, now_us, writing).count();
        let mut lines_left = lines(net, frame, now_us, writing);
        for (index, row) in self.rows.iter_mut().enumerate() {
            let line = if index + count < ROWS { None } else { lines_left.next() };
            row.show(index, line, frame, now_us, dom);
        }
        let newest = lines(net, frame, now_us, false).last();
        if let Some(newest) = newest
            && self.read.is_none_or(|read| newest.number.wrapping_sub(read).cast_signed() > 0)
        {
            self.read = Some(newest.number);
            let name = name_of(newest, frame);
            dom.text("chat-said", &[name, if name.is_empty() { "" } else { ": " }, &text_of(newest, frame)].concat());
        }
    }

    fn list_muted(&mut self, net: &Net, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let muted = net.chat().muted();
        let mut latest =
            muted[muted.len().saturating_sub(MUTED_ROWS)..].iter().filter_map(|name| mask(name, net, frame));
        for (index, shown) in self.muted.iter_mut().enumerate() {
            let name = latest.next().unwrap_or("");
            if shown.changed(name) {
                dom.row_flag(MUTED, index, "off", name.is_empty());
                dom.cell(MUTED, index, 0, name);
                dom.cell(MUTED, index, 1, frame.say(Word::ChatReport));
            }
        }
    }

    fn turn(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let desk = frame.desk;
        if desk.is_turning() && self.named.changed(Some(frame.language)) {
            for ((_, words), quick) in QUICK.into_iter().zip(Quick::ALL) {
                dom.text(words, frame.say(chat::phrase(quick)));
            }
        }
        if self.wheel.changed(desk.is_turning().then(|| desk.picked())) {
            dom.flag("wheel", "off", !desk.is_turning());
            for (number, (button, _)) in QUICK.into_iter().enumerate() {
                dom.flag(button, "picked", desk.picked() == Some(number));
            }
        }
    }
}

/// What is to be read, oldest first: in streamer mode nothing that others wrote themselves.
fn lines<'a>(net: &'a Net, frame: &'a Frame<'_>, now_us: u64, all: bool) -> impl Iterator<Item = &'a Heard> {
    let written = |heard: &Heard| matches!(heard.line.words, Words::Text(_)) && !heard.line.name.is_empty();
    let own = |heard: &Heard| frame.own() == Some(heard.line.player);
    net.chat().shown(now_us, all).filter(move |heard| frame.masks.is_none() || own(heard) || !written(heard))
}

/// What stands for the name of somebody muted: in streamer mode their number, and nothing once they have left.
fn mask<'a>(name: &'a str, net: &Net, frame: &Frame<'a>) -> Option<&'a str> {
    if frame.masks.is_none() {
        return Some(name);
    }
    let is_it = |player: &PlayerId| net.pilot(*player).is_some_and(|(known, _)| known == name);
    let player = (0..PLAYERS_MAX as u16).map(PlayerId).find(is_it)?;
    Some(frame.shown_name(player, name))
}

/// Who said it: nobody, where no player did.
fn name_of<'a>(heard: &'a Heard, frame: &'a Frame<'_>) -> &'a str {
    let name = &heard.line.name;
    if name.is_empty() { name } else { frame.shown_name(heard.line.player, name) }
}

fn text_of(heard: &Heard, frame: &Frame<'_>) -> String {
    let label = heard.label.map_or("", |word| frame.say(word));
    [label, if label.is_empty() { "" } else { " " }, heard.text(frame.language)].concat()
}

impl Row {
    fn show(&mut self, index: usize, line: Option<&Heard>, frame: &Frame<'_>, now_us: u64, dom: &mut dyn Dom) {
        if self.number.changed(line.map(|heard| (heard.number, frame.masks.is_some()))) {
            dom.row_flag(LIST, index, "off", line.is_none());
            if let Some(heard) = line {
                dom.cell(LIST, index, 0, name_of(heard, frame));
                dom.cell(LIST, index, 1, &text_of(heard, frame));
            }
        }
        let Some(heard) = line else { return };
        let own = frame.own() == Some(heard.line.player);
        let fading = !frame.desk.is_writing() && now_us.saturating_sub(heard.at_us) + FADE_US > STAY_US;
        if self.looks.changed((own, fading)) {
            dom.row_flag(LIST, index, "own", own);
            dom.row_flag(LIST, index, "fading", fading);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::desk::Desk,
        hud::tests::{Recorded, with_parts},
        net::{Remembered, tests::welcome},
    };
    use shared::{
        ids::PlayerId,
        protocol::{Chat, ChatLine, ServerMessage, Words, codec::encode_server},
        replica::view::View,
    };

    fn net_that_heard(lines: &[(&str, &str)]) -> Net {
        let mut net = Net::new(1, (800, 450), Remembered::default(), 0);
        net.handle_open(0);
        net.handle_message(&welcome(Some(PlayerId(4))), 0);
        let line = |&(name, text): &(&str, &str)| ChatLine {
            player: PlayerId(2),
            name: name.into(),
            words: Words::Text(text.into()),
        };
        let chat = Chat::Said(lines.iter().map(line).collect());
        net.handle_message(&encode_server(&ServerMessage::Chat(chat)), 0);
        net
    }

    fn shown(panel: &mut ChatPanel, net: &Net, now_s: f64, desk: Desk) -> Recorded {
        let mut dom = Recorded::default();
        with_parts(&View::default(), net, None, |frame| {
            (frame.now_s, frame.desk) = (now_s, desk);
            panel.update(frame, &mut dom);
        });
        dom
    }

    #[test]
    fn lines_are_shown_as_text_at_the_bottom_read_out_and_gone_after_a_while() {
        let net = net_that_heard(&[("Ada", "<img src=x onerror=alert(1)>"), ("Bo", "hi")]);
        let mut panel = ChatPanel::default();
        let dom = shown(&mut panel, &net, 1.0, Desk::default());
        for what in ["chat-log[6,0]=Ada", "chat-log[6,1]=<img src=x onerror=alert(1)>", "chat-log[7,1]=hi"] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
        assert!(dom.has("chat-said=Bo: hi") && dom.has("chat-log[5].off") && dom.has("chat-form.off"));
        assert!(!dom.has("stage<focus"), "nobody wrote");
        let dom = shown(&mut panel, &net, 13.0, Desk::default());
        assert!(dom.has("chat-log[7].fading"), "{:?}", dom.done);
        assert!(shown(&mut panel, &net, 14.5, Desk::default()).has("chat-log[7].off"));
        let mut desk = Desk::default();
        desk.write();
        let dom = shown(&mut panel, &net, 60.0, desk);
        assert!(dom.has("chat-log[7]!off") && dom.has("chat-line<focus") && dom.has("hud.names"), "{:?}", dom.done);
        assert!(!dom.done.iter().any(|done| done.starts_with("chat-said")), "read out once");
    }

    #[test]
    fn the_muted_are_in_their_own_list_alone() {
        let mut net = net_that_heard(&[("Ada", "spam"), ("Bo", "hi")]);
        net.chat_mut().toggle_mute("Ada");
        let dom = shown(&mut ChatPanel::default(), &net, 1.0, Desk::default());
        assert!(
            dom.has("chat-log[7,1]=hi") && dom.has("chat-muted[0,0]=Ada") && dom.has("chat-muted[0,1]=Report"),
            "{:?}",
            dom.done
        );
        assert!(!dom.done.iter().any(|done| done.contains("spam")));
    }

    #[test]
    fn in_streamer_mode_quick_words_and_notices_are_read_and_nothing_that_others_wrote() {
        let mut net = net_that_heard(&[("Ada", "my address is")]);
        let quick = ChatLine { player: PlayerId(2), name: "Ada".into(), words: Words::Quick(Quick::Thanks) };
        net.handle_message(&encode_server(&ServerMessage::Chat(Chat::Said(vec![quick]))), 0);
        net.chat_mut().tell(None, "A word of the house", 0);
        net.chat_mut().toggle_mute("Eve");
        let mut panel = ChatPanel::default();
        let masks = crate::names::Masks::new(Language::English);
        let mut dom = Recorded::default();
        with_parts(&View::default(), &net, None, |frame| {
            panel.update(&Frame { now_s: 1.0, masks: Some(&masks), ..*frame }, &mut dom);
        });
        for what in
            ["chat-log[5].off", "chat-log[6,0]=Pilot 2", "chat-log[6,1]=Thanks", "chat-log[7,1]=A word of the house"]
        {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
        assert!(dom.has("chat-said=A word of the house"), "{:?}", dom.done);
        assert!(
            !dom.done.iter().any(|done| ["address", "Ada", "Eve"].iter().any(|name| done.contains(name))),
            "{:?}",
            dom.done
        );
        // Out of it everything is read again, under its name.
        let dom = shown(&mut panel, &net, 1.0, Desk::default());
        for what in ["chat-log[5,1]=my address is", "chat-log[6,0]=Ada", "chat-muted[0,0]=Eve"] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }

    #[test]
    fn the_wheel_bears_its_words_and_marks_the_chosen_one() {
        let net = net_that_heard(&[]);
        let mut desk = Desk::default();
        desk.turn(true);
        desk.point(glam::Vec2::ZERO);
        desk.point(glam::Vec2::new(50.0, 0.0));
        let dom = shown(&mut ChatPanel::default(), &net, 1.0, desk);
        assert!(dom.has("wheel!off") && dom.has("quick-2.picked") && dom.has("quick-2-words=Follow me"));
    }
}
