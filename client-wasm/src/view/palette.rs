//! The colours of the world, linear-ish 0..1 RGB. Invariant: own against others differs in hue *and* brightness
//! (cyan against warm), and never in colour alone: the hull markings differ too.

/// Red, green, blue.
pub type Rgb = [f32; 3];

/// Own ship, its shots and its forecast.
pub const OWN: Rgb = [0.36, 0.93, 1.0];
/// Another person.
pub const PERSON: Rgb = [1.0, 0.66, 0.26];
/// A ship flown by the server.
pub const BOT: Rgb = [1.0, 0.40, 0.42];
/// A ship nothing was heard of lately.
pub const STALE: Rgb = [0.5, 0.52, 0.56];
/// Shield.
pub const SHIELD: Rgb = [0.42, 0.66, 1.0];
/// Spawn protection.
pub const PROTECTED: Rgb = [0.62, 0.95, 0.86];
/// Flames and embers.
pub const FLAME: Rgb = [1.0, 0.52, 0.16];
/// White-hot.
pub const HOT: Rgb = [1.0, 0.9, 0.72];
/// Boosting flames.
pub const BOOST: Rgb = [0.55, 0.75, 1.0];
/// Rock dust.
pub const DUST: Rgb = [0.46, 0.42, 0.40];
/// Ore.
pub const ORE: Rgb = [1.0, 0.80, 0.30];
/// Repair.
pub const REPAIR: Rgb = [0.42, 1.0, 0.58];
/// A mine of somebody else, and whatever else is out to kill.
pub const DANGER: Rgb = [1.0, 0.18, 0.30];
/// A small star.
pub const WELL: Rgb = [0.70, 0.42, 1.0];
/// The mouths of the wormhole.
pub const MOUTH: Rgb = [1.0, 0.42, 0.84];
/// What is too large to hide, on the map.
pub const GIANT: Rgb = [0.80, 0.72, 1.0];
/// Energy.
pub const CHARGE: Rgb = [0.74, 0.56, 1.0];
/// Event ring.
pub const RING: Rgb = [1.0, 0.42, 0.18];
/// Edge of the arena.
pub const EDGE: Rgb = [1.0, 0.25, 0.38];
/// Orbits of the planets.
pub const ORBIT: Rgb = [0.42, 0.55, 0.85];

/// The colours that tell ships apart, and those of what the instruments show: what a player may choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colours {
    /// Own ship, its shots and its forecast.
    pub own: Rgb,
    /// Another person.
    pub person: Rgb,
    /// A ship flown by the server.
    pub bot: Rgb,
    /// Shots of others.
    pub fire: Rgb,
    /// Shield.
    pub shield: Rgb,
    /// Repair.
    pub repair: Rgb,
    /// A mine of somebody else.
    pub danger: Rgb,
    /// Whatever is of the own team.
    pub friend: Rgb,
}

impl Colours {
    /// As the game comes.
    pub const USUAL: Colours = Colours {
        own: OWN,
        person: PERSON,
        bot: BOT,
        fire: FLAME,
        shield: SHIELD,
        repair: REPAIR,
        danger: DANGER,
        friend: [0.34, 0.62, 1.0],
    };
    /// For eyes to which red and green look alike: blue, yellow and dark brown, which differ in blue and in brightness.
    pub const RED_GREEN: Colours = Colours {
        own: [0.30, 0.68, 1.0],
        person: [1.0, 0.90, 0.36],
        bot: [0.86, 0.40, 0.08],
        fire: [1.0, 0.80, 0.20],
        shield: [0.62, 0.72, 1.0],
        repair: [0.92, 0.96, 1.0],
        danger: [0.95, 0.45, 0.05],
        friend: [0.62, 0.78, 1.0],
    };
    /// For eyes to which blue and yellow look alike: teal, pink and dark red, which differ in red and in brightness.
    pub const BLUE_YELLOW: Colours = Colours {
        own: [0.20, 0.95, 0.86],
        person: [1.0, 0.72, 0.76],
        bot: [0.92, 0.16, 0.20],
        fire: [1.0, 0.42, 0.36],
        shield: [0.66, 0.90, 0.96],
        repair: [0.94, 1.0, 1.0],
        danger: [0.95, 0.08, 0.16],
        friend: [0.34, 0.72, 0.74],
    };

    /// By the word of the setting; the usual ones for any other.
    #[must_use]
    pub fn of(word: &str) -> Colours {
        match word {
            "red-green" => Colours::RED_GREEN,
            "blue-yellow" => Colours::BLUE_YELLOW,
            _ => Colours::USUAL,
        }
    }
}

/// Part of the way from one colour to another.
#[must_use]
pub fn mix(from: Rgb, to: Rgb, share: f32) -> Rgb {
    core::array::from_fn(|i| from[i] + (to[i] - from[i]) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a linear colour to an eye without one kind of cone: Machado, Oliveira and Fernandes,
    /// "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1.
    const PROTAN: [Rgb; 3] = [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]];
    const DEUTAN: [Rgb; 3] = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]];
    const TRITAN: [Rgb; 3] = [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]];

    fn seen(eye: &[Rgb; 3], colour: Rgb) -> Rgb {
        let linear = colour.map(|value| value.powf(2.2));
        eye.map(|row| {
            row.iter().zip(linear).map(|(share, value)| share * value).sum::<f32>().clamp(0.0, 1.0).powf(0.4545)
        })
    }

    fn apart(eye: &[Rgb; 3], one: Rgb, other: Rgb) -> f32 {
        let (one, other) = (seen(eye, one), seen(eye, other));
        one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
    }

    #[test]
    fn ships_can_be_told_apart_by_every_eye_the_colours_are_for() {
        const PLAIN: [Rgb; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for (colours, eyes) in [
            (Colours::USUAL, vec![PLAIN]),
            (Colours::RED_GREEN, vec![PLAIN, PROTAN, DEUTAN]),
            (Colours::BLUE_YELLOW, vec![PLAIN, TRITAN]),
        ] {
            for eye in &eyes {
                let Colours { own, person, bot, friend, .. } = colours;
                let pairs = [(own, person), (own, bot), (person, bot), (friend, person), (friend, bot)];
                for (one, other) in pairs {
                    let apart = apart(eye, one, other);
                    assert!(apart > 0.28, "{one:?} and {other:?} are {apart:.2} apart to {eye:?}");
                }
            }
        }
        // And why there are palettes at all: what usually tells people from bots, a red-green blind eye hardly sees.
        let usual = apart(&DEUTAN, Colours::USUAL.person, Colours::USUAL.bot);
        assert!(apart(&DEUTAN, Colours::RED_GREEN.person, Colours::RED_GREEN.bot) > usual);
    }
}
