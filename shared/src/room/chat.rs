//! What is said in a room. Invariant: only who holds a slot is heard; each line is clean, counted against its speaker
//! and against the room, and repeated once to everybody who is here; a speaker who is too fast hears so once, and the same text again within ten seconds is not heard. Nothing
//! said can end a connection, and nothing of it is recorded.

use std::collections::VecDeque;

use super::RoomBounds;
use crate::{
    limits::{CHAT_KEPT_MAX, CHAT_LINES_MAX, CHAT_ROOM_BURST, CHAT_ROOM_TICKS},
    protocol::{Chat, ChatLine, ChatMode, Words},
    text,
    tick::{TICK_HZ, Tick},
};

/// How many lines may be said now: one more every so many ticks, up to so many.
#[derive(Debug, Clone)]
pub struct Breath {
    ticks: u32,
    burst: u32,
    left: u32,
    /// When `left` was last brought up to date.
    since: Tick,
}

impl Breath {
    fn new(burst: u32, ticks: u32, now: Tick) -> Breath {
        Breath { ticks, burst, left: burst, since: now }
    }

    fn draw(&mut self, now: Tick) {
        let gained = now.since(self.since).max(0).cast_unsigned() / self.ticks;
        self.left = self.left.saturating_add(gained).min(self.burst);
        self.since = if self.left == self.burst { now } else { self.since.plus((gained * self.ticks).cast_signed()) };
    }
}

/// Who says the same again within this many ticks is not heard.
const SAME_TICKS: i32 = 10 * TICK_HZ as i32;

/// How one connection speaks.
#[derive(Debug, Clone)]
pub struct Speech {
    breath: Breath,
    /// It knows that it is too fast.
    hushed: bool,
    /// The last text that was heard of it, and when.
    last: Option<(String, Tick)>,
}

impl Speech {
    /// One that has not said anything.
    #[must_use]
    pub fn new(now: Tick, bounds: &RoomBounds) -> Speech {
        let ticks = (bounds.chat_s * TICK_HZ).max(1);
        Speech { breath: Breath::new(bounds.chat_burst, ticks, now), hushed: false, last: None }
    }

    fn has_just_said(&self, words: &Words, now: Tick) -> bool {
        let Words::Text(text) = words else { return false };
        self.last.as_ref().is_some_and(|(last, at)| last == text && now.since(*at) < SAME_TICKS)
    }
}

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everybody will hear these words.
    Heard(Words),
    /// Too fast, and the speaker must be told.
    Hush,
    /// Nothing.
    Dropped,
}

/// The room's talk.
#[derive(Debug)]
pub struct Talk {
    mode: ChatMode,
    breath: Breath,
    /// The last lines, for who comes and who reports; those at the end that are not yet told are `fresh` in number.
    lines: VecDeque<ChatLine>,
    fresh: usize,
    /// How many were ever said.
    said: u32,
}

impl Talk {
    /// Silence.
    #[must_use]
    pub fn new(mode: ChatMode, now: Tick) -> Talk {
        Talk {
            mode,
            breath: Breath::new(CHAT_ROOM_BURST, CHAT_ROOM_TICKS, now),
            lines: VecDeque::new(),
            fresh: 0,
            said: 0,
        }
    }

    /// From now on this may be said.
    pub fn allow(&mut self, mode: ChatMode) {
        self.mode = mode;
    }

    /// Judges what somebody who holds a slot says at `now`.
    pub fn judge(&mut self, words: Words, speech: &mut Speech, now: Tick) -> Verdict {
        if !words.allowed(self.mode) {
            return Verdict::Dropped;
        }
        let clean = match words {
            Words::Text(raw) => text::clean_line(&raw).map(Words::Text),
            quick @ Words::Quick(_) => Some(quick),
        };
        let Some(clean) = clean.filter(|words| !speech.has_just_said(words, now)) else { return Verdict::Dropped };
        self.breath.draw(now);
        speech.breath.draw(now);
        // What is not told yet must fit into one message.
        if speech.breath.left == 0 || self.breath.left == 0 || self.fresh >= CHAT_LINES_MAX {
            let told = std::mem::replace(&mut speech.hushed, true);
            return if told { Verdict::Dropped } else { Verdict::Hush };
        }
        speech.breath.left -= 1;
        self.breath.left -= 1;
        speech.hushed = false;
        if let Words::Text(text) = &clean {
            speech.last = Some((text.clone(), now));
        }
        Verdict::Heard(clean)
    }

    /// Keeps a line that was judged worth hearing.
    pub fn keep(&mut self, line: ChatLine) {
        if self.lines.len() >= CHAT_KEPT_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
        self.fresh += 1;
        self.said = self.said.wrapping_add(1);
    }

    /// The last lines, oldest first, and how many were ever said: who asks again knows by that whether there are others.
    pub fn last(&self) -> (u32, impl Iterator<Item = &ChatLine>) {
        (self.said, self.lines.iter())
    }

    /// What was said since this was last asked, for everybody.
    pub fn take_fresh(&mut self) -> Option<Chat> {
        let fresh = std::mem::take(&mut self.fresh);
        let from = self.lines.len() - fresh;
        (fresh > 0).then(|| Chat::Said(self.lines.range(from..).cloned().collect()))
    }

    /// What was said before, for who comes now; what is about to be told to everybody is not in it.
    #[must_use]
    pub fn earlier(&self) -> Option<Chat> {
        let told = self.lines.len() - self.fresh;
        let from = told.saturating_sub(CHAT_LINES_MAX);
        (told > 0).then(|| Chat::Earlier(self.lines.range(from..told).cloned().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::PlayerId,
        limits::{CHAT_BURST, CHAT_TICKS},
        protocol::Quick,
    };

    /// Says it in words that nobody has said before.
    fn say(talk: &mut Talk, speech: &mut Speech, text: &str, now: Tick) -> Verdict {
        let said = speech.last.as_ref().map_or(0, |(last, _)| last.len()) + 1;
        talk.judge(Words::Text(text.repeat(said % 50 + 1)), speech, now)
    }

    #[test]
    fn who_says_too_much_is_told_once_and_heard_again_later() {
        let start = Tick(u32::MAX - 100);
        let (mut talk, mut speech) = (Talk::new(ChatMode::Full, start), Speech::new(start, &RoomBounds::default()));
        let heard = (0..20).filter(|_| matches!(say(&mut talk, &mut speech, "x", start), Verdict::Heard(_))).count();
        assert_eq!(heard, CHAT_BURST as usize);
        let mut talk = Talk::new(ChatMode::Full, start);
        let mut speech = Speech::new(start, &RoomBounds::default());
        let said: Vec<Verdict> = (0..8).map(|_| say(&mut talk, &mut speech, "x", start)).collect();
        assert_eq!(said[5..], [Verdict::Hush, Verdict::Dropped, Verdict::Dropped]);
        let later = start.plus(2 * TICK_HZ as i32 - 1);
        assert_eq!(say(&mut talk, &mut speech, "x", later), Verdict::Dropped, "across the wrap of the clock too");
        assert!(matches!(say(&mut talk, &mut speech, "x", later.next()), Verdict::Heard(_)));
        assert_eq!(say(&mut talk, &mut speech, "x", later.next()), Verdict::Hush, "told anew");
        let much_later = later.plus(1_000_000);
        let heard = (0..20).filter(|_| matches!(say(&mut talk, &mut speech, "x", much_later), Verdict::Heard(_)));
        assert_eq!(heard.count(), CHAT_BURST as usize, "no more is saved up");
    }

    #[test]
    fn a_crowd_of_speakers_is_not_heard_faster_than_the_room_repeats() {
        let mut talk = Talk::new(ChatMode::Full, Tick(0));
        let mut speakers: Vec<Speech> = (0..500).map(|_| Speech::new(Tick(0), &RoomBounds::default())).collect();
        let (mut heard, secs) = (0, 60);
        for tick in 0..secs * TICK_HZ {
            for speech in &mut speakers {
                if let Verdict::Heard(words) = say(&mut talk, speech, "buy", Tick(tick)) {
                    talk.keep(ChatLine { player: PlayerId(0), name: "x".into(), words });
                    heard += 1;
                }
            }
            assert!(talk.take_fresh().is_none_or(|chat| chat.beyond().is_none()));
        }
        assert!(heard <= CHAT_ROOM_BURST + secs * TICK_HZ / CHAT_ROOM_TICKS, "{heard}");
    }

    #[test]
    fn who_comes_hears_the_last_lines_and_nothing_twice() {
        let mut talk = Talk::new(ChatMode::Full, Tick(0));
        let line = |n: usize| ChatLine { player: PlayerId(1), name: "Ada".into(), words: Words::Text(n.to_string()) };
        assert_eq!((talk.earlier(), talk.take_fresh()), (None, None));
        (0..10).for_each(|n| {
            talk.keep(line(n));
            assert_eq!(talk.take_fresh(), Some(Chat::Said(vec![line(n)])));
        });
        talk.keep(line(10));
        assert_eq!(talk.earlier(), Some(Chat::Earlier((2..10).map(line).collect())));
        assert_eq!(talk.take_fresh(), Some(Chat::Said(vec![line(10)])));
        assert_eq!(talk.earlier(), Some(Chat::Earlier((3..11).map(line).collect())));
        let (said, last) = talk.last();
        assert_eq!(
            (said, last.cloned().collect::<Vec<_>>()),
            (11, (1..11).map(line).collect()),
            "who reports sees more"
        );
    }

    #[test]
    fn a_room_says_what_its_mode_allows() {
        let (text, quick) = (|| Words::Text("hi".into()), || Words::Quick(Quick::Thanks));
        for (mode, allowed) in
            [(ChatMode::Off, [false; 2]), (ChatMode::Quick, [false, true]), (ChatMode::Full, [true; 2])]
        {
            let mut talk = Talk::new(mode, Tick(0));
            let heard = [text(), quick()].map(|words| {
                matches!(
                    talk.judge(words, &mut Speech::new(Tick(0), &RoomBounds::default()), Tick(0)),
                    Verdict::Heard(_)
                )
            });
            assert_eq!(heard, allowed, "{mode:?}");
        }
        let mut talk = Talk::new(ChatMode::Full, Tick(0));
        let mut speech = Speech::new(Tick(0), &RoomBounds::default());
        for _ in 0..50 {
            assert_eq!(say(&mut talk, &mut speech, " \u{202E}\u{200B} ", Tick(0)), Verdict::Dropped, "nothing is said");
        }
        assert!(matches!(say(&mut talk, &mut speech, "x", Tick(0)), Verdict::Heard(_)), "and costs nothing");
    }

    #[test]
    fn the_same_text_again_is_not_heard_for_ten_seconds_and_costs_nothing() {
        let (mut talk, mut speech) = (Talk::new(ChatMode::Full, Tick(0)), Speech::new(Tick(0), &RoomBounds::default()));
        let mut heard = |text: &str, at: i32| {
            let verdict = talk.judge(Words::Text(text.into()), &mut speech, Tick(u32::MAX - 5).plus(at));
            matches!(verdict, Verdict::Heard(_))
        };
        for (text, at, is_heard) in [
            ("buy", 0, true),
            ("buy", 1, false),
            (" buy\u{200B} ", 2, false),
            ("sell", 3, true),
            ("buy", 4, true),
            ("buy", SAME_TICKS + 3, false),
            ("buy", SAME_TICKS + 4, true),
        ] {
            assert_eq!(heard(text, at), is_heard, "{text:?} at {at}");
        }
        let thanks = || Words::Quick(Quick::Thanks);
        let mut speech = Speech::new(Tick(0), &RoomBounds::default());
        assert!((0..2).all(|_| matches!(talk.judge(thanks(), &mut speech, Tick(0)), Verdict::Heard(_))));
    }

    #[test]
    fn a_host_says_how_much_may_be_said() {
        let bounds = RoomBounds { chat_burst: 2, chat_s: 7, ..RoomBounds::default() };
        let (mut talk, mut speech) = (Talk::new(ChatMode::Full, Tick(0)), Speech::new(Tick(0), &bounds));
        let mut heard =
            |at| (0..9).filter(|_| matches!(say(&mut talk, &mut speech, "x", Tick(at)), Verdict::Heard(_))).count();
        assert_eq!((heard(0), heard(7 * TICK_HZ - 1), heard(7 * TICK_HZ)), (2, 0, 1));
        assert_eq!(RoomBounds::default().chat_s * TICK_HZ, CHAT_TICKS);
    }
}
