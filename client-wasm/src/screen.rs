//! The canvas with what draws on it, and the words for a browser that has neither. Invariant: a lost context leaves a
//! screen that draws nothing until it is restored; the page goes on meanwhile. Asking for the context takes a browser that
//! has just started most of a second and tells whether there is one; the renderer is finished with the second frame, so
//! that the page is painted and hears clicks before.

use shared::ids::PlayerId;

use crate::{
    platform::{
        browser::{self, element},
        error_card, settings_panel,
        stage::Stage,
        storage,
    },
    render::{Draft, Renderer, RendererError},
    settings::{Panel, Settings},
    view::Scene,
    words::Word,
};

/// The canvas, and the renderer unless its context is lost.
#[derive(Debug)]
pub struct Screen {
    /// The canvas.
    pub stage: Stage,
    /// What becomes the renderer, and whether there was a frame meanwhile.
    draft: Option<(Draft, bool)>,
    renderer: Option<Renderer>,
}

impl Screen {
    /// The page's screen, or says why there is none.
    pub fn find() -> Option<Screen> {
        let Some(stage) = Stage::find() else {
            unsupported(Word::NeedsCanvas);
            return None;
        };
        let mut screen = Screen { stage, draft: None, renderer: None };
        if screen.begin().is_none() {
            unsupported(Word::NeedsWebGl);
            return None;
        }
        Some(screen)
    }

    /// Whether there is something to draw with.
    #[must_use]
    pub fn is_drawing(&self) -> bool {
        self.renderer.is_some()
    }

    /// The context is lost: nothing can be drawn.
    pub fn lose(&mut self) {
        (self.draft, self.renderer) = (None, None);
    }

    /// The context is back.
    pub fn restore(&mut self) {
        // Without a context the next restore tries again.
        let _ = self.begin();
    }

    /// Draws `scene`; `name` is what stands beside a ship.
    pub fn draw<'n>(&mut self, scene: &Scene, name: impl Fn(PlayerId) -> Option<&'n str>) {
        match self.draft.take() {
            Some((draft, false)) => self.draft = Some((draft, true)),
            Some((draft, true)) => self.renderer = made_or_said(draft.finish()),
            None => {}
        }
        if let Some(renderer) = &mut self.renderer {
            renderer.draw(scene, self.stage.size(), self.stage.ratio(), name);
        }
    }

    /// Begins a renderer; `None` when the browser gives no context.
    fn begin(&mut self) -> Option<()> {
        self.draft = made_or_said(Draft::new(self.stage.context()?)).map(|draft| (draft, false));
        Some(())
    }
}

/// What was made, if it was. Why not is said, but for a context that is lost: the next restore tries again.
fn made_or_said<T>(made: Result<T, RendererError>) -> Option<T> {
    if let Err(error @ RendererError::Shader { .. }) = &made {
        error_card::show(&error.to_string(), "renderer");
    }
    made.ok()
}

/// Says on the page why the game cannot run in this browser, in the language that was set or that it prefers.
pub fn unsupported(why: Word) {
    let panel = Panel::new(Settings::from_text(&storage::settings()), browser::system());
    settings_panel::apply(&panel);
    if let Some(text) = element("unsupported-why") {
        text.set_text_content(Some(why.say(panel.language())));
    }
    if let Some(root) = element("unsupported") {
        let _ = root.class_list().add_1("now");
    }
    if let Some(lobby) = element("lobby") {
        let _ = lobby.class_list().add_1("off");
    }
}

/// What cannot reach a server can still play without one.
pub fn offer_practice() {
    if let Some(link) = element("unsupported-practice") {
        let _ = link.class_list().remove_1("off");
    }
}

/// The module runs: what was only for browsers that cannot run it goes away.
pub fn ready() {
    if let Some(root) = element("unsupported") {
        root.set_hidden(true);
    }
    if let Some(play) = element("play") {
        // Until now a press would have sent the form to the server.
        let _ = play.remove_attribute("disabled");
    }
    browser::mark("ready");
}
