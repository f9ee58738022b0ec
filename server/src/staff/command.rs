//! The table of commands: the page builds its forms from it, `help` prints it, docs/ADMIN.md lists it, and the parser reads by it.
//! A new command is a row here and what it does in a file of `desk`.
//!
//! Invariant: names are unique, and what may be left out comes last. How a line is read is in `order`.

use super::{
    desk::{self, Act},
    role::Role,
};

/// What a command can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `#SLOT` or a name.
    Player,
    /// `30s`, `10m`, `2h`, `7d` or `forever`.
    Time,
    /// The rest of the line.
    Text,
    /// A whole number.
    Number,
    /// The id or code of a room.
    Room,
    /// An IP address, or the tag of one as tables show it.
    Address,
    /// The number of a ban or a mute.
    Ban,
    /// The name of one of the numbers of the physics.
    Tunable,
    /// One of `PickupKind::GIFTS`.
    Pickup,
    /// `helper`, `mod` or `owner`.
    Role,
    /// Of somebody of the staff.
    Name,
}

impl Kind {
    /// Its word, for programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Player => "player",
            Kind::Time => "time",
            Kind::Text => "text",
            Kind::Number => "number",
            Kind::Room => "room",
            Kind::Address => "address",
            Kind::Ban => "ban",
            Kind::Tunable => "tunable",
            Kind::Pickup => "pickup",
            Kind::Role => "role",
            Kind::Name => "name",
        }
    }
}

/// One argument of a command.
#[derive(Debug, Clone, Copy)]
pub struct Arg {
    /// What it is called.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether it may be left out.
    pub optional: bool,
}

/// One command.
#[derive(Debug)]
pub struct Command {
    /// What it is called.
    pub name: &'static str,
    /// Who may give it, and who may do more.
    pub role: Role,
    /// What it is given, in this order.
    pub args: &'static [Arg],
    /// What it does, in a line.
    pub help: &'static str,
    /// Does it.
    pub(super) act: Act,
}

const fn need(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, optional: false }
}

const fn may(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, optional: true }
}

const fn row(name: &'static str, role: Role, args: &'static [Arg], help: &'static str, act: Act) -> Command {
    Command { name, role, args, help, act }
}

const PLAYER: Arg = need("player", Kind::Player);
const TIME: Arg = need("time", Kind::Time);
const REASON: Arg = may("reason", Kind::Text);
const ROOM: Arg = may("room", Kind::Room);
const SECONDS: Arg = may("seconds", Kind::Number);

/// Every command, in the order in which they are shown.
pub static COMMANDS: &[Command] = &[
    row("help", Role::Helper, &[], "What you can do here.", desk::office::help),
    row("who", Role::Helper, &[ROOM], "Who is in a room, or in every one.", desk::people::who),
    row("mute", Role::Helper, &[PLAYER, TIME, REASON], "What they say reaches nobody for a while.", desk::people::mute),
    row("unmute", Role::Helper, &[PLAYER], "What they say is heard again.", desk::people::unmute),
    row("kick", Role::Helper, &[PLAYER, REASON], "Ends their connection; they may come back.", desk::people::kick),
    row("ban", Role::Mod, &[PLAYER, TIME, REASON], "Keeps their browser out for a while.", desk::people::ban),
    row(
        "ban-address",
        Role::Mod,
        &[need("address", Kind::Address), TIME, REASON],
        "Keeps an address out (IPv6: its /64); others may be behind it, too.",
        desk::bans::ban_address,
    ),
    row(
        "mute-address",
        Role::Mod,
        &[need("address", Kind::Address), TIME, REASON],
        "What is said from an address (IPv6: its /64) reaches nobody, whatever browser says it.",
        desk::bans::mute_address,
    ),
    row("bans", Role::Helper, &[], "Who is kept out or quiet, until when and why.", desk::bans::list),
    row("reports", Role::Helper, &[], "Whom players reported, and nobody has seen to yet.", desk::reports::list),
    row(
        "report",
        Role::Helper,
        &[need("number", Kind::Number), may("done", Kind::Name)],
        "What was said before a report; with done, that you have seen to it.",
        desk::reports::report,
    ),
    row("unban", Role::Mod, &[need("ban", Kind::Ban)], "Lifts a ban or a mute by its number.", desk::bans::unban),
    row("undo", Role::Helper, &[], "Takes back your last ban, mute, lock, bots or tuning.", desk::office::undo),
    row("announce", Role::Mod, &[need("text", Kind::Text)], "A banner for everybody.", desk::rooms::announce),
    row("rooms", Role::Helper, &[], "Every room, and how it does.", desk::rooms::list),
    row(
        "bots",
        Role::Mod,
        &[need("room", Kind::Room), need("number", Kind::Number)],
        "How many pilots bots make up to, until the next reload or start.",
        desk::rooms::bots,
    ),
    row(
        "open",
        Role::Mod,
        &[need("mode", Kind::Text)],
        "A private room of this mode: its code and its link.",
        desk::rooms::open,
    ),
    row(
        "close",
        Role::Mod,
        &[need("room", Kind::Room), REASON],
        "Ends a private room; who is in it reads the reason.",
        desk::rooms::close,
    ),
    row("tunables", Role::Helper, &[ROOM], "The numbers of the physics that can be changed.", desk::physics::list),
    row(
        "set",
        Role::Owner,
        &[need("tunable", Kind::Tunable), need("value", Kind::Number), ROOM],
        "Changes one of them, in per cent of the usual number, in a room or in every public one.",
        desk::physics::set,
    ),
    row(
        "reset",
        Role::Owner,
        &[may("tunable", Kind::Tunable), ROOM],
        "One of them, or all, as in the settings again.",
        desk::physics::reset,
    ),
    row(
        "gift",
        Role::Mod,
        &[PLAYER, need("pickup", Kind::Pickup)],
        "Lays a pickup before them: over-shield, multi-fire, repel, decoy, repair or charge.",
        desk::people::gift,
    ),
    row("lock", Role::Mod, &[REASON], "Nobody new gets in; who lost the line does.", desk::server::lock),
    row("unlock", Role::Mod, &[], "Everybody gets in again.", desk::server::unlock),
    row("drain", Role::Owner, &[SECONDS], "Counts down, then the server stops.", desk::server::drain),
    row("restart", Role::Owner, &[SECONDS], "Counts down, then the server starts anew.", desk::server::restart),
    row("cancel", Role::Owner, &[], "Stops the countdown.", desk::server::cancel),
    row("reload", Role::Owner, &[], "Reads the settings again.", desk::server::reload),
    row("audit", Role::Mod, &[may("number", Kind::Number)], "What staff did last.", desk::office::audit),
    row("staff", Role::Owner, &[], "Who is in the staff.", desk::office::staff),
    row(
        "staff-add",
        Role::Owner,
        &[need("name", Kind::Name), need("role", Kind::Role)],
        "Takes somebody into the staff, or gives another role; a new one gets a link to sign in.",
        desk::office::add,
    ),
    row(
        "staff-remove",
        Role::Owner,
        &[need("name", Kind::Name)],
        "Takes somebody out of the staff, at once.",
        desk::office::remove,
    ),
    row(
        "token",
        Role::Owner,
        &[may("name", Kind::Name)],
        "A link that signs in once: somebody who forgot their password, or a new owner.",
        desk::office::token,
    ),
];

impl Command {
    /// The command of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Command> {
        COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name))
    }

    /// `kick PLAYER [REASON]`
    #[must_use]
    pub fn usage(&self) -> String {
        let args = self.args.iter().map(|arg| {
            let name = arg.name.to_ascii_uppercase();
            if arg.optional { format!(" [{name}]") } else { format!(" {name}") }
        });
        format!("{}{}", self.name, args.collect::<String>())
    }
}
