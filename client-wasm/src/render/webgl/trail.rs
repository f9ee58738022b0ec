//! The picture of the screen of 1962 as it lasts: what was drawn glows on and fades. Invariant: made anew when the
//! canvas has another size, and only where that screen is shown.

use web_sys::{WebGl2RenderingContext as Gl, WebGlFramebuffer, WebGlTexture};

/// What is left of a point after one second is e to the minus this: a phosphor that is gone after a third of it.
const FADING_S: f32 = 11.0;

/// The picture.
#[derive(Debug)]
pub struct Trail {
    frame: WebGlFramebuffer,
    texture: WebGlTexture,
    size: (u32, u32),
    drawn_s: f32,
}

impl Trail {
    /// A dark one; nothing where the graphics card has no room for it.
    pub fn new(gl: &Gl, size: (u32, u32)) -> Option<Trail> {
        let (frame, texture) = (gl.create_framebuffer()?, gl.create_texture()?);
        gl.bind_texture(Gl::TEXTURE_2D, Some(&texture));
        gl.tex_storage_2d(Gl::TEXTURE_2D, 1, Gl::RGBA8, size.0 as i32, size.1 as i32);
        gl.bind_framebuffer(Gl::FRAMEBUFFER, Some(&frame));
        gl.framebuffer_texture_2d(Gl::FRAMEBUFFER, Gl::COLOR_ATTACHMENT0, Gl::TEXTURE_2D, Some(&texture), 0);
        let whole = gl.check_framebuffer_status(Gl::FRAMEBUFFER) == Gl::FRAMEBUFFER_COMPLETE;
        gl.bind_framebuffer(Gl::FRAMEBUFFER, None);
        whole.then_some(Trail { frame, texture, size, drawn_s: 0.0 })
    }

    /// Whether it fits the canvas.
    pub fn fits(&self, size: (u32, u32)) -> bool {
        self.size == size
    }

    /// What is drawn from here on goes on it; returns by how much of itself the old picture is to fade first.
    pub fn begin(&mut self, gl: &Gl, time_s: f32) -> f32 {
        gl.bind_framebuffer(Gl::FRAMEBUFFER, Some(&self.frame));
        let passed_s = (time_s - self.drawn_s).clamp(0.0, 1.0);
        self.drawn_s = time_s;
        // Never nothing, for that would be the usual look.
        (1.0 - (-passed_s * FADING_S).exp()).max(0.01)
    }

    /// Shows it on the canvas.
    pub fn show(&self, gl: &Gl) {
        gl.bind_framebuffer(Gl::READ_FRAMEBUFFER, Some(&self.frame));
        gl.bind_framebuffer(Gl::DRAW_FRAMEBUFFER, None);
        let (width, height) = (self.size.0 as i32, self.size.1 as i32);
        gl.blit_framebuffer(0, 0, width, height, 0, 0, width, height, Gl::COLOR_BUFFER_BIT, Gl::NEAREST);
        gl.bind_framebuffer(Gl::READ_FRAMEBUFFER, None);
    }

    /// Gives its memory back.
    pub fn free(self, gl: &Gl) {
        gl.delete_framebuffer(Some(&self.frame));
        gl.delete_texture(Some(&self.texture));
    }
}
