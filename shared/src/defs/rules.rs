//! Scores, timers and protection.

/// What deeds are worth and how long things take. Times in ticks unless the name says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesDef {
    /// Points for a kill, before the victim's share.
    pub kill_points: u32,
    /// Share of the victim's score that the killer gains.
    pub kill_share: f32,
    /// The reward is halved below this ratio of victim's to killer's score…
    pub farm_half_below: f32,
    /// …and nothing below this one.
    pub farm_none_below: f32,
    /// Where there are no rounds, destroying the same pilot again within this time, ticks, pays half as much each time.
    pub prey_ticks: u16,
    /// Share of the score kept through death.
    pub death_keeps: f32,
    /// Share of carried ore that floats free at death.
    pub death_drops: f32,
    /// Ticks between death and the earliest relaunch.
    pub respawn_ticks: u16,
    /// Ticks until the weapons of a refitted ship are warm.
    pub refit_ticks: u8,
    /// Ticks from one refit to the next.
    pub refit_wait_ticks: u16,
    /// Ticks of spawn protection; ends at the first shot.
    pub protection_ticks: u16,
    /// Damage on the way in is scaled up from 0 over the last this many ticks of protection.
    pub protection_fade_ticks: u16,
    /// A launch keeps this distance from others, u.
    pub spawn_clear: f32,
    /// …and this from whoever killed the pilot, for `grudge_ticks`.
    pub spawn_clear_killer: f32,
    /// How long that lasts.
    pub grudge_ticks: u16,
    /// A kill counts for whoever last did damage within this time, even if the star finishes it.
    pub blame_ticks: u16,
    /// Ticks without damage before the shield recharges.
    pub shield_delay_ticks: u16,
    /// Shield recharge, points/s.
    pub shield_regen_s: f32,
    /// Ticks until a broken belt rock grows back.
    pub belt_regrow_ticks: u16,
    /// Speed of impact below which a touch does no damage, u/s.
    pub impact_free_u_s: f32,
    /// Damage per u/s above that.
    pub impact_damage: f32,
}

impl RulesDef {
    /// The public game's rules.
    pub const STANDARD: RulesDef = RulesDef {
        kill_points: 10,
        kill_share: 0.25,
        farm_half_below: 0.25,
        farm_none_below: 1.0 / 16.0,
        prey_ticks: 5 * 60 * 60,
        death_keeps: 0.4,
        death_drops: 0.25,
        respawn_ticks: 90,
        refit_ticks: 90,
        refit_wait_ticks: 10 * 60,
        protection_ticks: 8 * 60,
        protection_fade_ticks: 2 * 60,
        spawn_clear: 900.0,
        spawn_clear_killer: 1_200.0,
        grudge_ticks: 15 * 60,
        blame_ticks: 10 * 60,
        shield_delay_ticks: 4 * 60,
        shield_regen_s: 8.0,
        belt_regrow_ticks: 45 * 60,
        impact_free_u_s: 90.0,
        impact_damage: 0.10,
    };
}
