//! Names over the arena: each is written once with the browser's own letters into a slot of a picture, at device
//! resolution, and drawn from there. Invariant: a steady frame writes no text; the slots are bounded and the one
//! that was not drawn for longest is taken over.

use shared::ids::PlayerId;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, WebGl2RenderingContext as Gl, WebGlTexture};

use super::{
    RendererError,
    gpu::{self, Instances, Program},
};
use crate::view::Label;

/// Slots: columns and rows of the picture.
const COLUMNS: usize = 4;
const ROWS: usize = 24;
/// Size of a slot, CSS px.
const SLOT: (f32, f32) = (168.0, 20.0);
/// Height of the letters, CSS px.
const FONT_PX: f32 = 11.5;

#[derive(Debug, Clone, Default)]
struct Slot {
    /// What is written there.
    text: String,
    /// Frame in which it was last drawn.
    used: u32,
}

/// The picture and what is in it.
#[derive(Debug)]
pub struct Labels {
    pen: CanvasRenderingContext2d,
    canvas: HtmlCanvasElement,
    texture: WebGlTexture,
    instances: Instances<12>,
    slots: Vec<Slot>,
    batch: Vec<[f32; 12]>,
    ratio: f32,
    frame: u32,
    /// Something was written since the last upload.
    changed: bool,
}

impl Labels {
    /// An empty picture.
    ///
    /// # Errors
    /// A lost context.
    pub fn new(gl: &Gl) -> Result<Labels, RendererError> {
        let canvas = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.create_element("canvas").ok())
            .and_then(|element| element.dyn_into::<HtmlCanvasElement>().ok())
            .ok_or(RendererError::ContextLost)?;
        let pen = canvas
            .get_context("2d")
            .ok()
            .flatten()
            .and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok())
            .ok_or(RendererError::ContextLost)?;
        let texture = gl.create_texture().ok_or(RendererError::ContextLost)?;
        gl.bind_texture(Gl::TEXTURE_2D, Some(&texture));
        gpu::smooth(gl, Gl::CLAMP_TO_EDGE);
        let instances = Instances::new(gl, COLUMNS * ROWS)?;
        Ok(Labels {
            pen,
            canvas,
            texture,
            instances,
            slots: vec![Slot::default(); COLUMNS * ROWS],
            batch: Vec::with_capacity(COLUMNS * ROWS),
            ratio: 0.0,
            frame: 0,
            changed: false,
        })
    }

    /// Draws `labels` on a canvas of `size` device px; `scope` as in `common.glsl`.
    pub fn draw<'a>(
        &mut self,
        gl: &Gl,
        program: &Program,
        labels: &[Label],
        (size, ratio): ((u32, u32), f32),
        scope: f32,
        names: impl Fn(PlayerId) -> Option<&'a str>,
    ) {
        if (ratio - self.ratio).abs() > 0.01 {
            self.rescale(ratio);
        }
        self.frame = self.frame.wrapping_add(1);
        self.batch.clear();
        for label in labels {
            let Some(name) = names(label.player) else { continue };
            let slot = self.slot_of(name);
            self.batch.push(self.instance(label, slot));
        }
        if self.batch.is_empty() {
            return;
        }
        program.begin(gl, [0.0; 4], [0.0, 0.0, 0.0, 0.0, scope]);
        program.set2(gl, "u_size", size.0 as f32, size.1 as f32);
        gl.bind_texture(Gl::TEXTURE_2D, Some(&self.texture));
        if core::mem::take(&mut self.changed) {
            self.upload(gl);
        }
        self.instances.draw_current(gl, &self.batch, 4);
    }

    fn rescale(&mut self, ratio: f32) {
        self.ratio = ratio;
        self.slots.fill(Slot::default());
        self.canvas.set_width((SLOT.0 * ratio).round() as u32 * COLUMNS as u32);
        self.canvas.set_height((SLOT.1 * ratio).round() as u32 * ROWS as u32);
        self.changed = true;
    }

    /// Device px.
    fn slot_size(&self) -> (f32, f32) {
        ((SLOT.0 * self.ratio).round(), (SLOT.1 * self.ratio).round())
    }

    fn slot_of(&mut self, name: &str) -> usize {
        let frame = self.frame;
        let found = self.slots.iter().position(|slot| slot.text == name);
        let index = found.unwrap_or_else(|| {
            let oldest = self.slots.iter().enumerate().max_by_key(|(_, slot)| frame.wrapping_sub(slot.used));
            let index = oldest.map_or(0, |(index, _)| index);
            self.write(index, name);
            index
        });
        self.slots[index].used = frame;
        index
    }

    fn write(&mut self, index: usize, name: &str) {
        self.slots[index].text.clear();
        self.slots[index].text.push_str(name);
        let (width, height) = self.slot_size();
        let (x, y) = ((index % COLUMNS) as f32 * width, (index / COLUMNS) as f32 * height);
        let pen = &self.pen;
        pen.clear_rect(x.into(), y.into(), width.into(), height.into());
        let font = format!("600 {}px \"Segoe UI\", Inter, system-ui, sans-serif", FONT_PX * self.ratio);
        pen.set_font(&font);
        pen.set_text_align("center");
        pen.set_text_baseline("middle");
        let (cx, cy) = (f64::from(x + width * 0.5), f64::from(y + height * 0.5));
        let fits = f64::from(width - 4.0 * self.ratio);
        pen.set_line_width(f64::from(2.6 * self.ratio));
        pen.set_line_join("round");
        pen.set_stroke_style_str("rgba(0,0,0,0.55)");
        pen.set_fill_style_str("#fff");
        // Losing a name that the browser cannot draw is right: the ship is still there.
        let _ = pen.stroke_text_with_max_width(name, cx, cy, fits);
        let _ = pen.fill_text_with_max_width(name, cx, cy, fits);
        self.changed = true;
    }

    fn upload(&self, gl: &Gl) {
        gl.pixel_storei(Gl::UNPACK_PREMULTIPLY_ALPHA_WEBGL, 1);
        // A failed upload shows old letters until the next name comes.
        let _ = gl.tex_image_2d_with_u32_and_u32_and_html_canvas_element(
            Gl::TEXTURE_2D,
            0,
            Gl::RGBA8 as i32,
            Gl::RGBA,
            Gl::UNSIGNED_BYTE,
            &self.canvas,
        );
        gl.pixel_storei(Gl::UNPACK_PREMULTIPLY_ALPHA_WEBGL, 0);
    }

    /// Layout: left, top, width, height (device px) · the same in the picture (0..1) · colour, opacity.
    fn instance(&self, label: &Label, slot: usize) -> [f32; 12] {
        let (width, height) = self.slot_size();
        let (columns, rows) = (COLUMNS as f32, ROWS as f32);
        // Whole device px, so that letters stay as crisp as they were written.
        let left = (label.at.x * self.ratio - width * 0.5).round();
        let top = (label.at.y * self.ratio - height * 0.5).round();
        let (u, v) = ((slot % COLUMNS) as f32 / columns, (slot / COLUMNS) as f32 / rows);
        let [r, g, b] = label.colour;
        [left, top, width, height, u, v, 1.0 / columns, 1.0 / rows, r, g, b, label.opacity]
    }
}
