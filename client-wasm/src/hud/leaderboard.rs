//! The ten best and the own row. Invariant: a row is rewritten only when it changed.

use shared::{ids::PlayerId, limits::LEADERBOARD_ROWS};

use super::{Cached, CachedText, Dom, Frame, Id, Widget, score::grouped};
use crate::view::cores;

/// The list's element; it has this many rows of rank, name and points.
pub const LIST: Id = "leaderboard";
/// Rows: the best, and the own one below them.
pub const ROWS: usize = LEADERBOARD_ROWS + 1;

#[derive(Debug, Default)]
struct Row {
    shown: Cached<Option<(u16, u32)>>,
    name: CachedText,
    looks: Cached<(bool, bool, bool, Option<bool>)>,
}

/// The list.
#[derive(Debug, Default)]
pub struct LeaderboardList {
    rows: [Row; ROWS],
    empty: Cached<bool>,
}

impl Widget for LeaderboardList {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let board = frame.leaderboard();
        if self.empty.changed(board.rows.is_empty()) {
            dom.flag("leaderboard-panel", "off", board.rows.is_empty());
        }
        let own_below = board.own.as_ref().filter(|(_, own)| !board.rows.iter().any(|row| row.player == own.player));
        for (index, row) in self.rows.iter_mut().enumerate() {
            let content = match (index < LEADERBOARD_ROWS, own_below) {
                (true, _) => board.rows.get(index).map(|score| (index as u16 + 1, *score)),
                (false, own) => own.copied(),
            };
            row.update(index, content.map(|(rank, score)| (rank, score.player, score.score)), frame, dom);
        }
    }
}

impl Row {
    fn update(&mut self, index: usize, content: Option<(u16, PlayerId, u32)>, frame: &Frame<'_>, dom: &mut dyn Dom) {
        if self.shown.changed(content.map(|(rank, _, score)| (rank, score))) {
            dom.row_flag(LIST, index, "off", content.is_none());
            if let Some((rank, _, score)) = content {
                dom.cell(LIST, index, 0, &rank.to_string());
                dom.cell(LIST, index, 2, &grouped(score));
            }
        }
        let Some((_, player, _)) = content else { return };
        let (name, bot) = frame.pilot(player).unwrap_or(("…", false));
        if self.name.changed(name) {
            dom.cell(LIST, index, 1, name);
        }
        let own = frame.own() == Some(player);
        let muted = frame.is_muted(name);
        let friend = frame.defs.mode.teams.then(|| cores::is_friend(frame.defs, frame.own(), player));
        if self.looks.changed((own, bot, muted, friend)) {
            dom.row_flag(LIST, index, "friend", friend == Some(true));
            dom.row_flag(LIST, index, "foe", friend == Some(false));
            dom.row_flag(LIST, index, "muted", muted);
            dom.row_flag(LIST, index, "own", own);
            dom.row_flag(LIST, index, "bot", bot);
        }
    }
}
