//! Programs, instance buffers and textures. Invariant: an error of the driver becomes a [`RendererError`] with its
//! words; nothing here is created after start.

use web_sys::{
    WebGl2RenderingContext as Gl, WebGlBuffer, WebGlProgram, WebGlShader, WebGlTexture, WebGlUniformLocation,
    WebGlVertexArrayObject,
};

use super::RendererError;

/// A linked program with the uniforms all of them share.
#[derive(Debug)]
pub struct Program {
    program: WebGlProgram,
    view: Option<WebGlUniformLocation>,
    misc: Option<WebGlUniformLocation>,
    scope: Option<WebGlUniformLocation>,
}

/// A program that the driver compiles and links meanwhile: whoever asks how it went waits for it, so all are begun before
/// the first is asked about.
#[derive(Debug)]
pub struct Unlinked {
    name: &'static str,
    program: WebGlProgram,
    shaders: [WebGlShader; 2],
}

impl Unlinked {
    /// Hands the sources to the driver.
    ///
    /// # Errors
    /// A lost context.
    pub fn new(gl: &Gl, name: &'static str, vertex: &str, fragment: &str) -> Result<Unlinked, RendererError> {
        let program = gl.create_program().ok_or(RendererError::ContextLost)?;
        let compile = |kind, source| {
            let shader = gl.create_shader(kind).ok_or(RendererError::ContextLost)?;
            gl.shader_source(&shader, source);
            gl.compile_shader(&shader);
            gl.attach_shader(&program, &shader);
            Ok(shader)
        };
        let shaders = [compile(Gl::VERTEX_SHADER, vertex)?, compile(Gl::FRAGMENT_SHADER, fragment)?];
        gl.link_program(&program);
        Ok(Unlinked { name, program, shaders })
    }

    /// Waits for the driver.
    ///
    /// # Errors
    /// The driver's log, or a lost context.
    pub fn link(self, gl: &Gl) -> Result<Program, RendererError> {
        let Unlinked { name, program, shaders } = self;
        if gl.get_program_parameter(&program, Gl::LINK_STATUS) != true {
            if gl.is_context_lost() {
                return Err(RendererError::ContextLost);
            }
            let mut log = gl.get_program_info_log(&program).unwrap_or_default();
            for shader in &shaders {
                log.push_str(&gl.get_shader_info_log(shader).unwrap_or_default());
            }
            return Err(RendererError::Shader { name, log });
        }
        for shader in &shaders {
            gl.delete_shader(Some(shader));
        }
        let uniform = |name| gl.get_uniform_location(&program, name);
        Ok(Program { view: uniform("u_view"), misc: uniform("u_misc"), scope: uniform("u_scope"), program })
    }
}

impl Program {
    /// Makes it current.
    pub fn begin(&self, gl: &Gl, view: [f32; 4], misc: [f32; 5]) {
        gl.use_program(Some(&self.program));
        gl.uniform4f(self.view.as_ref(), view[0], view[1], view[2], view[3]);
        gl.uniform4f(self.misc.as_ref(), misc[0], misc[1], misc[2], misc[3]);
        gl.uniform1f(self.scope.as_ref(), misc[4]);
    }

    /// Sets a uniform that only this program has. Must be current.
    pub fn set2(&self, gl: &Gl, name: &str, x: f32, y: f32) {
        gl.uniform2f(gl.get_uniform_location(&self.program, name).as_ref(), x, y);
    }
}

/// A buffer of instances of `N` floats (a multiple of 4, one `vec4` attribute each) and how to read it.
#[derive(Debug)]
pub struct Instances<const N: usize> {
    buffer: WebGlBuffer,
    array: WebGlVertexArrayObject,
    limit: usize,
}

impl<const N: usize> Instances<N> {
    /// Room for `limit` instances.
    ///
    /// # Errors
    /// A lost context.
    pub fn new(gl: &Gl, limit: usize) -> Result<Instances<N>, RendererError> {
        const { assert!(N.is_multiple_of(4)) };
        let buffer = gl.create_buffer().ok_or(RendererError::ContextLost)?;
        let array = gl.create_vertex_array().ok_or(RendererError::ContextLost)?;
        gl.bind_vertex_array(Some(&array));
        gl.bind_buffer(Gl::ARRAY_BUFFER, Some(&buffer));
        gl.buffer_data_with_i32(Gl::ARRAY_BUFFER, (limit * N * 4) as i32, Gl::DYNAMIC_DRAW);
        for attribute in 0..N / 4 {
            let index = attribute as u32;
            gl.enable_vertex_attrib_array(index);
            gl.vertex_attrib_pointer_with_i32(index, 4, Gl::FLOAT, false, (N * 4) as i32, (attribute * 16) as i32);
            gl.vertex_attrib_divisor(index, 1);
        }
        gl.bind_vertex_array(None);
        Ok(Instances { buffer, array, limit })
    }

    /// Uploads and draws `items` with `vertices` each, in one call.
    pub fn draw(&self, gl: &Gl, program: &Program, view: [f32; 4], misc: [f32; 5], items: &[[f32; N]], vertices: i32) {
        if items.is_empty() {
            return;
        }
        program.begin(gl, view, misc);
        self.draw_current(gl, items, vertices);
    }

    /// As [`Instances::draw`] with the program that is current.
    pub fn draw_current(&self, gl: &Gl, items: &[[f32; N]], vertices: i32) {
        let items = &items[..items.len().min(self.limit)];
        gl.bind_vertex_array(Some(&self.array));
        gl.bind_buffer(Gl::ARRAY_BUFFER, Some(&self.buffer));
        gl.buffer_sub_data_with_i32_and_u8_array(Gl::ARRAY_BUFFER, 0, bytemuck::cast_slice(items.as_flattened()));
        gl.draw_arrays_instanced(Gl::TRIANGLE_STRIP, 0, vertices, items.len() as i32);
    }
}

/// A square RGBA picture, filtered linearly.
///
/// # Errors
/// A lost context.
pub fn texture(gl: &Gl, side: i32, texels: &[u8], wrap: u32) -> Result<WebGlTexture, RendererError> {
    let texture = gl.create_texture().ok_or(RendererError::ContextLost)?;
    gl.bind_texture(Gl::TEXTURE_2D, Some(&texture));
    let upload = gl.tex_image_2d_with_i32_and_i32_and_i32_and_format_and_type_and_opt_u8_array(
        Gl::TEXTURE_2D,
        0,
        Gl::RGBA8 as i32,
        side,
        side,
        0,
        Gl::RGBA,
        Gl::UNSIGNED_BYTE,
        Some(texels),
    );
    upload.map_err(|_| RendererError::ContextLost)?;
    smooth(gl, wrap);
    Ok(texture)
}

/// Linear filtering for the texture that is bound.
pub fn smooth(gl: &Gl, wrap: u32) {
    for (what, value) in [
        (Gl::TEXTURE_MIN_FILTER, Gl::LINEAR),
        (Gl::TEXTURE_MAG_FILTER, Gl::LINEAR),
        (Gl::TEXTURE_WRAP_S, wrap),
        (Gl::TEXTURE_WRAP_T, wrap),
    ] {
        gl.tex_parameteri(Gl::TEXTURE_2D, what, value as i32);
    }
}
