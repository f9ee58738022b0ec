//! What buttons of the page ask for besides flying: the podium, the result card, the invitation, the boards and the map. Invariant: while a dialog is open the
//! ship holds still, and closing it gives the keys back.

use super::App;
use crate::{
    input::Action,
    platform::{boards, browser, events::Act, invitation, sheet},
    season::card::{Card, Occasion},
};

impl App {
    /// Keys that do what buttons of the page do.
    pub(super) fn take_act_keys(&mut self) {
        if self.sampler.take_pressed(Action::Dismiss) {
            self.net.ceremony_mut().dismiss();
        }
        if self.sampler.take_pressed(Action::Map) {
            self.map = !self.map;
        }
    }

    /// A button of the page.
    pub(super) fn act(&mut self, act: Act) {
        match act {
            Act::DismissPodium => {
                self.net.ceremony_mut().dismiss();
                self.take_keys_back();
            }
            Act::ResultCard => self.show_card(),
            Act::SaveCard => self.result_card.save(),
            Act::ShareCard => self.result_card.share(),
            Act::Invite => {
                invitation::fill(self.panel.language());
                self.open_sheet(Some("invite"));
            }
            Act::Boards(span) => {
                boards::ask(span, self.panel.language(), self.panel.masks().is_some());
                if self.sheet != Some("boards") {
                    self.open_sheet(Some("boards"));
                }
            }
            Act::CopyLink => invitation::copy(self.panel.language()),
            Act::Map => {
                self.map = !self.map;
                self.take_keys_back();
            }
            Act::CloseSheet => self.open_sheet(None),
            Act::SheetClosed => {
                self.sheet = None;
                self.take_keys_back();
            }
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
            self.sampler.release_all();
            sheet::show(id, true);
            self.sheet = wanted;
        }
    }

    fn show_card(&mut self) {
        let ceremony = self.net.ceremony();
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
