//! The canvas that fills the window. Invariant: its pixels are the device's pixels, at any zoom and after any resize.

use glam::Vec2;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlCanvasElement, WebGl2RenderingContext};

use super::browser::{element, window};

/// Device pixels per CSS pixel beyond which more cannot be seen but must be paid for.
const RATIO_MAX: f64 = 3.0;

/// The canvas.
#[derive(Debug)]
pub struct Stage {
    canvas: HtmlCanvasElement,
    /// Device px.
    size: (u32, u32),
    css: Vec2,
    ratio: f32,
}

impl Stage {
    /// The canvas of the page, if it is there.
    #[must_use]
    pub fn find() -> Option<Stage> {
        let canvas = element("stage")?.dyn_into::<HtmlCanvasElement>().ok()?;
        let mut stage = Stage { canvas, size: (0, 0), css: Vec2::ONE, ratio: 1.0 };
        stage.refresh();
        Some(stage)
    }

    /// A WebGL2 context, if the browser has one to give.
    #[must_use]
    pub fn context(&self) -> Option<WebGl2RenderingContext> {
        let options = js_sys::Object::new();
        for (key, value) in [("alpha", false), ("antialias", false), ("depth", false), ("stencil", false)] {
            // An option that cannot be set has its default, which also works.
            let _ = js_sys::Reflect::set(&options, &key.into(), &value.into());
        }
        let _ = js_sys::Reflect::set(&options, &"powerPreference".into(), &JsValue::from_str("high-performance"));
        let context = self.canvas.get_context_with_context_options("webgl2", &options).ok()??;
        context.dyn_into().ok()
    }

    /// Fits the canvas to the window; true when its size changed.
    pub fn refresh(&mut self) -> bool {
        let ratio = window().device_pixel_ratio().clamp(0.5, RATIO_MAX);
        let side =
            |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or(1.0).max(1.0);
        let css = (side(window().inner_width()), side(window().inner_height()));
        let size = ((css.0 * ratio).round() as u32, (css.1 * ratio).round() as u32);
        if size == self.size && (ratio as f32 - self.ratio).abs() < 1e-3 {
            return false;
        }
        self.size = size;
        self.css = Vec2::new(css.0 as f32, css.1 as f32);
        self.ratio = ratio as f32;
        self.canvas.set_width(size.0);
        self.canvas.set_height(size.1);
        true
    }

    /// Size, device px.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Size, CSS px.
    #[must_use]
    pub fn css_size(&self) -> Vec2 {
        self.css
    }

    /// Device px per CSS px.
    #[must_use]
    pub fn ratio(&self) -> f32 {
        self.ratio
    }
}
