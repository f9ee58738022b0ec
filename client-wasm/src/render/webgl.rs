//! The WebGL2 backend. Invariant: shaders compile once per context, buffers are allocated once at their limit, and a
//! frame only uploads instances and draws them; all blending is premultiplied, so light and paint share a call.

pub mod gpu;
pub mod labels;
mod trail;

use shared::ids::PlayerId;
use web_sys::{WebGl2RenderingContext as Gl, WebGlTexture};

use self::{
    gpu::{Instances, Program, Unlinked},
    labels::Labels,
    trail::Trail,
};
use super::nebula;
use crate::view::{Scene, backdrop::STAR_REACH};

/// Why nothing can be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RendererError {
    /// A shader did not compile or link: its name and the driver's words.
    Shader {
        /// Which program.
        name: &'static str,
        /// The log.
        log: String,
    },
    /// The context gave nothing; it is probably lost.
    ContextLost,
}

impl core::fmt::Display for RendererError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            RendererError::Shader { name, log } => write!(f, "shader {name}: {log}"),
            RendererError::ContextLost => f.write_str("the graphics context is lost"),
        }
    }
}

impl core::error::Error for RendererError {}

/// Background stars: three layers of them.
const STARS: i32 = 2_100;
/// Segments of a circle; must be that of `ring.vert`.
const RING_SEGMENTS: i32 = 512;

/// All that lives on the graphics card.
#[derive(Debug)]
pub struct Renderer {
    gl: Gl,
    sky: Program,
    stars: Program,
    ring: Program,
    star: Program,
    planet: Program,
    rock: Program,
    sprite: Program,
    ship: Program,
    label: Program,
    rings: Instances<12>,
    planets: Instances<12>,
    rocks: Instances<8>,
    under: Instances<12>,
    ships: Instances<12>,
    over: Instances<12>,
    nebula: WebGlTexture,
    labels: Labels,
    /// What glows on, while the screen is that of 1962.
    trail: Option<Trail>,
}

macro_rules! program {
    ($gl:expr, $name:literal) => {
        Unlinked::new(
            $gl,
            $name,
            concat!(include_str!("shaders/common.glsl"), include_str!(concat!("shaders/", $name, ".vert"))),
            concat!(include_str!("shaders/common.glsl"), include_str!(concat!("shaders/", $name, ".frag"))),
        )
    };
}

/// A renderer whose programs the driver compiles and links, beside whatever else is done until it is finished.
#[derive(Debug)]
pub struct Draft {
    gl: Gl,
    sky: Unlinked,
    stars: Unlinked,
    ring: Unlinked,
    star: Unlinked,
    planet: Unlinked,
    rock: Unlinked,
    sprite: Unlinked,
    ship: Unlinked,
    label: Unlinked,
}

impl Draft {
    /// Hands all programs to the driver.
    ///
    /// # Errors
    /// A lost context.
    pub fn new(gl: Gl) -> Result<Draft, RendererError> {
        Ok(Draft {
            sky: program!(&gl, "sky")?,
            stars: program!(&gl, "stars")?,
            ring: program!(&gl, "ring")?,
            star: program!(&gl, "star")?,
            planet: program!(&gl, "planet")?,
            rock: program!(&gl, "rock")?,
            sprite: program!(&gl, "sprite")?,
            ship: program!(&gl, "ship")?,
            label: program!(&gl, "label")?,
            gl,
        })
    }

    /// Allocates everything, and waits for the driver where it has to.
    ///
    /// # Errors
    /// See [`RendererError`].
    pub fn finish(self) -> Result<Renderer, RendererError> {
        let gl = self.gl;
        let scene = Scene::default();
        let nebula = nebula::picture(0x9E12);
        let renderer = Renderer {
            sky: self.sky.link(&gl)?,
            stars: self.stars.link(&gl)?,
            ring: self.ring.link(&gl)?,
            star: self.star.link(&gl)?,
            planet: self.planet.link(&gl)?,
            rock: self.rock.link(&gl)?,
            sprite: self.sprite.link(&gl)?,
            ship: self.ship.link(&gl)?,
            label: self.label.link(&gl)?,
            rings: Instances::new(&gl, scene.rings.limit())?,
            planets: Instances::new(&gl, scene.planets.limit())?,
            rocks: Instances::new(&gl, scene.rocks.limit())?,
            under: Instances::new(&gl, scene.under.limit())?,
            ships: Instances::new(&gl, scene.ships.limit())?,
            over: Instances::new(&gl, scene.over.limit())?,
            nebula: gpu::texture(&gl, nebula::SIDE as i32, &nebula, Gl::REPEAT)?,
            labels: Labels::new(&gl)?,
            trail: None,
            gl,
        };
        renderer.gl.enable(Gl::BLEND);
        renderer.gl.blend_func(Gl::ONE, Gl::ONE_MINUS_SRC_ALPHA);
        Ok(renderer)
    }
}

impl Renderer {
    /// Draws one frame on a canvas of `size` device px. `names` gives the text of a label.
    pub fn draw<'a>(
        &mut self,
        scene: &Scene,
        size: (u32, u32),
        pixel_ratio: f32,
        names: impl Fn(PlayerId) -> Option<&'a str>,
    ) {
        let fade = self.begin_trail(scene, size);
        let gl = &self.gl;
        gl.viewport(0, 0, size.0 as i32, size.1 as i32);
        let view = [scene.centre.x, scene.centre.y, scene.half.x, scene.half.y];
        let motion = if scene.calm { 0.0 } else { 1.0 };
        // Device px per u from what the canvas really has, so that lines are one pixel at any zoom of the page.
        let pixels = size.0 as f32 / (scene.half.x * 2.0);
        let misc = [pixels, scene.time_s, motion, pixel_ratio, fade];
        if !scene.scope {
            gl.disable(Gl::BLEND);
        }
        gl.bind_vertex_array(None);
        self.sky.begin(gl, view, misc);
        gl.bind_texture(Gl::TEXTURE_2D, Some(&self.nebula));
        gl.draw_arrays(Gl::TRIANGLES, 0, 3);
        gl.enable(Gl::BLEND);
        if scene.scope {
            // A point that is lit again is no brighter for what is left of it.
            gl.blend_equation(Gl::MAX);
        }
        self.stars.begin(gl, view, misc);
        gl.draw_arrays_instanced(Gl::TRIANGLE_STRIP, 0, 4, STARS);
        self.rings.draw(gl, &self.ring, view, misc, scene.rings.items(), (RING_SEGMENTS + 1) * 2);
        if scene.star_seen {
            gl.bind_vertex_array(None);
            self.star.begin(gl, view, misc);
            self.star.set2(gl, "u_star", scene.star_radius, STAR_REACH);
            gl.draw_arrays(Gl::TRIANGLE_STRIP, 0, 4);
        }
        self.planets.draw(gl, &self.planet, view, misc, scene.planets.items(), 4);
        self.rocks.draw(gl, &self.rock, view, misc, scene.rocks.items(), 4);
        self.under.draw(gl, &self.sprite, view, misc, scene.under.items(), 4);
        self.ships.draw(gl, &self.ship, view, misc, scene.ships.items(), 4);
        self.over.draw(gl, &self.sprite, view, misc, scene.over.items(), 4);
        self.labels.draw(gl, &self.label, &scene.labels, (size, pixel_ratio), fade, names);
        if scene.scope {
            gl.blend_equation(Gl::FUNC_ADD);
            if let Some(trail) = &self.trail {
                trail.show(gl);
            }
        }
    }

    /// Draws on what glows on where the screen is that of 1962. Returns by how much the old picture fades: nothing is the
    /// usual look, and all of it is a screen on which nothing glows on, for who wants less motion.
    fn begin_trail(&mut self, scene: &Scene, size: (u32, u32)) -> f32 {
        let wanted = scene.scope && !scene.calm;
        if let Some(trail) = self.trail.take_if(|trail| !wanted || !trail.fits(size)) {
            trail.free(&self.gl);
        }
        if wanted && self.trail.is_none() {
            self.trail = Trail::new(&self.gl, size);
        }
        match &mut self.trail {
            Some(trail) => trail.begin(&self.gl, scene.time_s),
            None if scene.scope => 1.0,
            None => 0.0,
        }
    }
}
