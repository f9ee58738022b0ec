//! `[physics]`: what of the game's numbers is not as usual, in every room. Invariant: one key per row of
//! `Tuning::TABLE`, in its order.

use shared::defs::{Tuning, tuning::TUNABLES};

use super::{
    kind::{Kind, whole},
    setting::{Mark, Row, Section},
};

/// Numbers of the game, per cent of the usual ones, in every room of the server. Who plays is told which are changed.
#[derive(Debug, Clone, Copy, Default)]
pub struct PhysicsSettings {
    /// The numbers.
    pub tuning: Tuning,
}

impl Section for PhysicsSettings {
    const ABOUT: &'static str = "Numbers of the game, per cent of the usual ones, in every room of the server. Who plays is \
                                 told which are changed. What an owner has set by command goes over these until it is reset.";
    const ROWS: &'static [Row<Self>] = &[
        row::<0>(),
        row::<1>(),
        row::<2>(),
        row::<3>(),
        row::<4>(),
        row::<5>(),
        row::<6>(),
        row::<7>(),
        row::<8>(),
        row::<9>(),
        row::<10>(),
        row::<11>(),
        row::<12>(),
        row::<13>(),
        row::<14>(),
        row::<15>(),
        row::<16>(),
        row::<17>(),
    ];
}

const _: () = assert!(PhysicsSettings::ROWS.len() == TUNABLES, "a row for each");

/// The setting of tunable number `AT`.
const fn row<const AT: usize>() -> Row<PhysicsSettings> {
    Row {
        key: Tuning::TABLE[AT].name,
        doc: Tuning::TABLE[AT].help,
        marks: &[Mark::Live],
        allowed: || kind::<AT>().allowed(),
        placeholder: || kind::<AT>().placeholder(),
        unset: || kind::<AT>().unset(),
        meant: |_| None,
        set: |section, raw| {
            let percent = kind::<AT>().read(raw);
            percent.is_some_and(|percent| section.tuning.set(Tuning::TABLE[AT].name, percent).is_ok())
        },
        write: |section| {
            let percent = section.tuning.get(Tuning::TABLE[AT].name).ok()?;
            kind::<AT>().write(&percent)
        },
    }
}

fn kind<const AT: usize>() -> impl Kind<Value = u16> {
    whole(Tuning::TABLE[AT].min..=Tuning::TABLE[AT].max)
}
