out vec2 v_p;
flat out vec4 v_colour;
const float TILE = 2500.0;
void main() {
  float id = float(gl_InstanceID);
  float layer = mod(id, 3.0);
  float depth = layer < 0.5 ? 0.05 : (layer < 1.5 ? 0.14 : 0.30);
  vec2 home = vec2(hash1(id * 1.37 + 0.11), hash1(id * 2.11 + 7.7)) * TILE;
  vec2 at = mod(home - u_view.xy * depth + TILE * 0.5, TILE) - TILE * 0.5;
  float rank = hash1(id * 3.77 + 1.9);
  float bright = pow(rank, 7.0);
  float px = (0.55 + 0.35 * layer + bright * 1.5) * u_misc.w;
  float twinkle = 1.0 - 0.35 * u_misc.z * (0.5 + 0.5 * sin(u_misc.y * (0.7 + 2.2 * hash1(id)) + id));
  float warm = hash1(id * 5.3);
  vec3 tint = warm < 0.25 ? vec3(1.0, 0.80, 0.62) : (warm < 0.6 ? vec3(1.0, 0.97, 0.94) : vec3(0.72, 0.84, 1.0));
  v_colour = vec4(tint * (0.16 + 0.20 * layer + 0.95 * bright) * twinkle, bright);
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  float reach = px * (bright > 0.55 ? 7.0 : 2.4);
  v_p = corner * reach / px;
  vec2 clip = at / u_view.zw + corner * reach / (u_misc.x * u_view.zw);
  gl_Position = vec4(clip, 0.0, 1.0);
}
