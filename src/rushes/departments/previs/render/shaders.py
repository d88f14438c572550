"""The programs that the graphics card, or the processor in its place, runs for each vertex and pixel.

All metres are beside the camera (`rel`), so that a stage far from its zero keeps its precision.
"""

PLACE = """
#version 430 core
in vec3 vertex;
in vec3 normal;
in vec4 row_x;
in vec4 row_y;
in vec4 row_z;
vec3 placed() {
    vec4 v = vec4(vertex, 1.0);
    return vec3(dot(row_x, v), dot(row_y, v), dot(row_z, v));
}
vec3 turned() {
    return vec3(dot(row_x.xyz, normal), dot(row_y.xyz, normal), dot(row_z.xyz, normal));
}
"""

SUN_VERTEX = (
    PLACE
    + """
uniform mat3 sun_rows;
uniform float inset;
void main() {
    vec3 at = sun_rows * placed();
    gl_Position = vec4(at.xy * inset, at.z, 1.0);
}
"""
)

SUN_FRAGMENT = """
#version 430 core
void main() {}
"""

BIASED = """
uniform mat3 sun_rows;
uniform vec3 sun_from;
uniform vec3 towards;
uniform float inset;
uniform float texel_m;
vec3 in_sun(vec3 rel, vec3 n) {
    float slope = dot(n, towards), side = sqrt(max(0.0, 1.0 - slope * slope));
    float lift = 2.6 * texel_m;
    rel += towards * (lift * min(side / max(slope, 0.05), 2.0) + 0.4 * texel_m);
    rel += n * (lift * smoothstep(0.88, 1.0, side) * sign(slope));
    vec3 at = sun_rows * (rel - sun_from);
    return vec3(at.xy * inset, at.z) * 0.5 + 0.5;
}
"""

LIT = """
uniform sampler2DShadow sun_map;
uniform float texel;
uniform float window;
float arrives(vec3 at) {
    float sum = texture(sun_map, at);
    for (int i = 0; i < 4; ++i)
        sum += texture(sun_map, vec3(at.xy + 1.5 * texel * vec2(2 * (i & 1) - 1, (i & 2) - 1), at.z));
    // only where these five differ is there an edge to soften
    int more = sum > 0.001 && sum < 4.999 ? 16 : 0;
    sum = more > 0 ? 0.0 : sum * 0.2;
    for (int i = 0; i < more; ++i)
        sum += texture(sun_map, vec3(at.xy + texel * (vec2(i & 3, i >> 2) - 1.5), at.z)) * 0.0625;
    // the map of a wide stage ends before the stage does: shadows fade out there
    vec2 aside = abs(at.xy - 0.5) * 2.0;
    return mix(sum, 1.0, window * clamp((max(aside.x, aside.y) - 0.85) / 0.12, 0.0, 1.0));
}
"""

SAMPLE_VERTEX = (
    PLACE
    + """
in vec4 grey;
uniform mat4 clip;
centroid out vec3 facing;
centroid out float depth;
flat out uint id;
void main() {
    facing = turned();
    id = uint(grey.a) + 1u;
    gl_Position = clip * vec4(placed(), 1.0);
    depth = gl_Position.w;
}
"""
)

SAMPLE_FRAGMENT = """
#version 430 core
centroid in vec3 facing;
centroid in float depth;
flat in uint id;
out uvec4 seen;
void main() {
    // the normal as a point of an octahedron that is folded flat
    vec3 n = facing / (abs(facing.x) + abs(facing.y) + abs(facing.z));
    n = gl_FrontFacing ? n : -n;
    vec2 flat_ = n.z >= 0.0 ? n.xy : (1.0 - abs(n.yx)) * vec2(n.x < 0.0 ? -1.0 : 1.0, n.y < 0.0 ? -1.0 : 1.0);
    seen = uvec4(uvec2(flat_ * 32767.0 + 32768.0), packHalf2x16(vec2(depth, 0.0)), id);
}
"""

SIDE = """
float side_of(vec3 n) {
    vec3 a = abs(n);
    if (a.y >= a.x && a.y >= a.z) return n.y > 0.0 ? 0.0 : 1.0;
    return a.x >= a.z ? (n.x > 0.0 ? 2.0 : 3.0) : (n.z > 0.0 ? 4.0 : 5.0);
}
"""

SURFACE_VERTEX = (
    PLACE
    + """
uniform mat4 clip;
out vec3 rel;
out vec3 facing;
void main() {
    rel = placed();
    facing = turned();
    gl_Position = clip * vec4(rel, 1.0);
}
"""
)

SURFACE_FRAGMENT = """
#version 430 core
in vec3 rel;
in vec3 facing;
uniform vec3 forward;
out vec4 surface;
void main() {
    surface = vec4(normalize(gl_FrontFacing ? facing : -facing), dot(rel, forward));
}
"""

PASSES_VERTEX = (
    PLACE
    + BIASED
    + """
in vec4 grey;
uniform mat4 clip;
out vec3 rel;
out vec3 facing;
out vec3 at_sun;
flat out vec4 back_x;
flat out vec4 back_y;
flat out vec4 back_z;
flat out float number;
void main() {
    rel = placed();
    facing = turned();
    at_sun = in_sun(rel, facing);
    back_x = row_x;
    back_y = row_y;
    back_z = row_z;
    number = grey.a;
    gl_Position = clip * vec4(rel, 1.0);
}
"""
)

PASSES_FRAGMENT = (
    """
#version 430 core
"""
    + LIT
    + """
in vec3 rel;
in vec3 facing;
in vec3 at_sun;
flat in vec4 back_x;
flat in vec4 back_y;
flat in vec4 back_z;
flat in float number;
uniform vec3 towards;
uniform vec3 right;
uniform vec3 up;
uniform vec3 forward;
uniform vec2 size;
layout(location = 0) out vec4 rest_depth;
layout(location = 1) out vec4 normal_lit;
layout(location = 2) out float id;
void main() {
    vec3 n = normalize(gl_FrontFacing ? facing : -facing);
    vec2 c = 2.0 * gl_FragCoord.xy / size - 1.0;
    vec3 ray = forward + right * c.x - up * c.y;
    vec3 from = -(back_x.xyz * back_x.w + back_y.xyz * back_y.w + back_z.xyz * back_z.w);
    vec3 way = back_x.xyz * ray.x + back_y.xyz * ray.y + back_z.xyz * ray.z;
    float depth = dot(rel, forward);
    rest_depth = vec4(from + way * depth, depth);
    normal_lit = vec4(n, max(dot(n, towards), 0.0) * arrives(at_sun));
    id = number + 1.0;
}
"""
)
