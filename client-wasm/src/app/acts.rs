//! What buttons of the page ask for besides flying: the podium, the result card, the invitation, the best kill, the rooms, the
//! boards and the map. Invariant: while a dialog is open the
//! ship holds still, and closing it gives the keys back.

use shared::replica::view::Phase;

use super::App;
use crate::{
    address::path_of,
    hud::Dom,
    input::Action,
    platform::{boards, browser, clip_post, events::Act, link_sheet, rooms_panel, sheet, storage},
    rooms::RoomList,
    season::card::{Card, Occasion},
    settings::Fact,
    words::Word,
};

impl App {
    /// Keys that do what buttons of the page do.
    pub(super) fn take_act_keys(&mut self) {
        if self.sampler.take_pressed(Action::Dismiss) {
            // One thing at a time.
            if self.net.heard().ceremony().podium(browser::now_us()).is_some() {
                self.net.heard_mut().ceremony_mut().dismiss();
            } else if self.net.view().phase == Phase::Flying {
                self.skip_hints();
            }
        }
        if self.sampler.take_pressed(Action::Map) {
            self.map = !self.map;
        }
    }

    /// A button of the page.
    pub(super) fn act(&mut self, act: Act) {
        match act {
            Act::DismissPodium => {
                self.net.heard_mut().ceremony_mut().dismiss();
                self.take_keys_back();
            }
            Act::ResultCard => self.show_card(),
            Act::SaveCard => self.result_card.save(),
            Act::ShareCard => self.result_card.share(),
            Act::Invite => self.invite(),
            Act::CopyLink => link_sheet::copy("invite", self.panel.language()),
            Act::Clip => self.share_clip(),
            Act::CopyClip => link_sheet::copy("clip", self.panel.language()),
            Act::Rooms => {
                rooms_panel::note(None, self.panel.language());
                rooms_panel::ask(&self.queue);
                self.open_sheet(Some("rooms"));
            }
            Act::MakeRoom => rooms_panel::make(&self.queue),
            Act::Boards(span) => {
                boards::ask(span, self.panel.language(), self.panel.masks().is_some());
                if self.sheet != Some("boards") {
                    self.open_sheet(Some("boards"));
                }
            }
            Act::Map => {
                self.map = !self.map;
                self.take_keys_back();
            }
            Act::SkipHints => {
                self.skip_hints();
                self.take_keys_back();
            }
            Act::CloseSheet => self.open_sheet(None),
            // It is heard late: another one may be open by then.
            Act::SheetClosed(id) => {
                if self.sheet == Some(id) {
                    self.sheet = None;
                    self.take_keys_back();
                }
            }
        }
    }

    /// Whoever has seen enough hints sees no more, nor on the next visit.
    fn skip_hints(&mut self) {
        if self.deeds.skip() {
            storage::remember_deeds(self.deeds.done());
        }
    }

    /// Shows the link to where one is: to fly there, or to look on where one only looks on.
    pub(super) fn invite(&mut self) {
        let path = self.net.room().map(|room| path_of(room, self.net.place().watching));
        let link = [browser::origin().trim_end_matches('/'), path.as_deref().unwrap_or("/")].concat();
        link_sheet::fill("invite", &link, self.panel.language());
        self.open_sheet(Some("invite"));
    }

    /// What the server says of itself has come.
    pub(super) fn take_rooms(&mut self, list: Option<&RoomList>) {
        let language = self.panel.language();
        match list {
            Some(list) => {
                rooms_panel::show_host(list);
                rooms_panel::fill(list, self.net.room().unwrap_or_default(), language);
            }
            None => rooms_panel::note(Some(Word::RoomsUnknown), language),
        }
    }

    /// The room that was asked for is there, or is not.
    pub(super) fn take_made_room(&mut self, id: Option<&str>) {
        match id {
            Some(id) => rooms_panel::enter(id),
            None => rooms_panel::note(Some(Word::RoomsTrouble), self.panel.language()),
        }
    }

    /// A dialog has the keys.
    pub(super) fn is_away(&self) -> bool {
        self.panel.is_open() || self.sheet.is_some()
    }

    /// Opens a dialog, or closes the one that is open.
    pub(super) fn open_sheet(&mut self, wanted: Option<&'static str>) {
        if let Some(open) = self.sheet.take() {
            sheet::show(open, false);
        }
        if let Some(id) = wanted {
            // The settings have buttons of the sheets for hands that have no pointer; one dialog at a time.
            self.take_settings(Fact::Closed);
            self.sampler.release_all();
            sheet::show(id, true);
            self.sheet = wanted;
        }
    }

    /// The best kill so far becomes a clip, and a button of the page and of the podium.
    pub(super) fn keep_best_kill(&mut self, now_us: u64) {
        if let Some(triumph) = self.net.heard_mut().take_triumph() {
            self.trophy.hear(triumph);
        }
        let App { trophy, watcher, net, defs, .. } = self;
        let room = net.shown().welcome().map_or("", |welcome| welcome.room.as_str());
        if trophy.cut(&watcher.reel, (room, defs.mode.terms), now_us, |player| net.pilot(player)) {
            for button in ["clip-open", "podium-clip", "menu-clip"] {
                self.page.flag(button, "off", false);
            }
        }
    }

    /// Sends the clip of the best kill to the server, which has a link for it.
    fn share_clip(&mut self) {
        let Some(best) = self.trophy.best() else { return };
        let (victim, name) = &best.victim;
        let name = self.panel.shown_name(*victim, None, name);
        let language = self.panel.language();
        self.page.text("clip-what", &Word::ClipOf.with(language, &[name, &best.points.to_string()]));
        self.page.text("clip-state", Word::ClipSent.say(language));
        self.page.flag("clip-ready", "off", true);
        clip_post::send(&self.queue, &best.bytes);
        self.open_sheet(Some("clip"));
    }

    /// The server has answered.
    pub(super) fn show_clip(&mut self, kept: Result<String, u16>) {
        let language = self.panel.language();
        self.page.flag("clip-ready", "off", kept.is_err());
        match kept {
            Ok(name) => {
                let link = clip_post::link(&name);
                link_sheet::fill("clip", &link, language);
                self.page.attribute("clip-watch", "href", &link);
                self.page.text("clip-state", Word::ClipKept.say(language));
            }
            Err(status) => {
                let why = match status {
                    429 => Word::ClipTooMany,
                    _ => Word::ClipRefused,
                };
                self.page.text("clip-state", why.say(language));
            }
        }
    }

    fn show_card(&mut self) {
        let ceremony = self.net.heard().ceremony();
        let Some(end) = ceremony.last() else { return };
        let shown = self.net.shown();
        let own = shown.player();
        let link = browser::origin();
        let date = browser::day_before(browser::now_us().saturating_sub(ceremony.heard_us()));
        let own_name = own.and_then(|own| self.net.pilot(own)).map(|(name, _)| name);
        let occasion = Occasion {
            name: own_name.unwrap_or(self.net.name()),
            room: shown.welcome().map_or("", |welcome| welcome.room.as_str()),
            date: &date,
            link: &link,
            language: self.panel.language(),
        };
        let card = Card::of(end, &occasion, &self.defs, |place| {
            self.panel.shown_name(place.player, own, &place.name).to_owned()
        });
        self.result_card.make(&card);
        self.open_sheet(Some("card"));
    }
}
