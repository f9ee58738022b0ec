//! Small shapes drawn by one shader in one call.
//!
//! Layout of a sprite, 12 floats: centre x, y (u), half width, half height (u) · red, green, blue (premultiplied),
//! alpha (0 adds light, 1 covers) · rotation (rad), kind, two parameters of the kind. Invariant: the kinds here are
//! the cases of `render/shaders/sprite.frag`, in the same order.

use glam::Vec2;

use super::palette::Rgb;

/// What shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Soft light.
    Glow,
    /// Solid disc.
    Disc,
    /// Circle line; parameter: thickness as a share of the radius.
    Ring,
    /// Part of a circle line from the top; parameters: share, thickness.
    Arc,
    /// A bright bolt with a tail behind it.
    Streak,
    /// Engine flame, nozzle at +x; parameter: a phase for its flicker.
    Flame,
    /// Triangle.
    Shard,
    /// Ore.
    Gem,
    /// Repair.
    Cross,
    /// Energy.
    Bolt,
    /// Spawn protection.
    Bubble,
    /// Hull and shield over a ship; parameters: hull, shield, 0..1.
    Bar,
    /// An open arrow toward +x.
    Chevron,
    /// A five-pointed crown.
    Crown,
    /// A straight line of light, as long as the sprite is wide; parameter: how far it has faded, 0..1.
    Beam,
    /// Over-shield.
    Shell,
    /// Multi-fire.
    Bars,
    /// Repel.
    Wheel,
    /// Decoy: a ship and its outline.
    Twins,
}

/// How it mixes with what is behind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ink {
    /// Adds light.
    Light(Rgb, f32),
    /// Covers.
    Paint(Rgb, f32),
}

/// One shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sprite {
    /// Centre, u.
    pub pos: Vec2,
    /// Half width and height, u.
    pub half: Vec2,
    /// Rotation, rad.
    pub rotation: f32,
    /// Shape.
    pub kind: Kind,
    /// Parameters of the shape.
    pub parameters: [f32; 2],
    /// Colour.
    pub ink: Ink,
}

impl Sprite {
    /// A round shape without parameters.
    #[must_use]
    pub fn round(kind: Kind, pos: Vec2, radius: f32, ink: Ink) -> Sprite {
        Sprite { pos, half: Vec2::splat(radius), rotation: 0.0, kind, parameters: [0.0; 2], ink }
    }

    /// As the shader reads it.
    #[must_use]
    pub fn floats(&self) -> [f32; 12] {
        let ([r, g, b], strength, alpha) = match self.ink {
            Ink::Light(rgb, strength) => (rgb, strength, 0.0),
            Ink::Paint(rgb, strength) => (rgb, strength, strength),
        };
        [
            self.pos.x,
            self.pos.y,
            self.half.x,
            self.half.y,
            r * strength,
            g * strength,
            b * strength,
            alpha,
            self.rotation,
            f32::from(self.kind as u8),
            self.parameters[0],
            self.parameters[1],
        ]
    }
}

/// A bounded list of instances, `N` floats each, reused from frame to frame. Full: the rest is not drawn.
#[derive(Debug, Clone)]
pub struct Batch<const N: usize> {
    items: Vec<[f32; N]>,
    limit: usize,
}

impl<const N: usize> Batch<N> {
    /// An empty list that never grows beyond `limit`.
    #[must_use]
    pub fn with_limit(limit: usize) -> Batch<N> {
        Batch { items: Vec::with_capacity(limit), limit }
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.items.clear();
    }

    /// Adds one, if there is room.
    pub fn push(&mut self, item: [f32; N]) {
        if self.items.len() < self.limit {
            self.items.push(item);
        }
    }

    /// What is in it.
    #[must_use]
    pub fn items(&self) -> &[[f32; N]] {
        &self.items
    }

    /// How many fit.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl Batch<12> {
    /// Adds a sprite, if there is room.
    pub fn sprite(&mut self, sprite: Sprite) {
        self.push(sprite.floats());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_never_outgrows_its_limit() {
        let mut batch = Batch::<12>::with_limit(2);
        for _ in 0..5 {
            batch.sprite(Sprite::round(Kind::Glow, Vec2::ONE, 3.0, Ink::Light([1.0, 0.5, 0.0], 0.5)));
        }
        assert_eq!(batch.items().len(), 2);
        assert_eq!(batch.items()[0][..8], [1.0, 1.0, 3.0, 3.0, 0.5, 0.25, 0.0, 0.0]);
    }
}
