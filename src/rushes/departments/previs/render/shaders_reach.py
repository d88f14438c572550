"""The programs that find how much of the key and of sky and ground reaches each pixel, at half size, and light it all.

Contact shading after McGuire, Mara and Luebke, Scalable Ambient Obscurance (High Performance Graphics 2012).
"""

from rushes.departments.previs.render.shaders import BIASED, LIT, SIDE

SCREEN_VERTEX = """
#version 430 core
in vec2 corner;
void main() { gl_Position = vec4(corner, 0.0, 1.0); }
"""

REACH_FRAGMENT = (
    """
#version 430 core
"""
    + BIASED
    + LIT
    + SIDE
    + """
uniform sampler2D surfaces;
uniform vec3 right;
uniform vec3 up;
uniform vec3 forward;
uniform vec2 pixels_per_metre;
uniform float radius_m;
out vec4 shade;
const vec2 spiral[8] = vec2[8](
    vec2(1.000000, 0.000000),
    vec2(-0.737369, 0.675490),
    vec2(0.087426, -0.996171),
    vec2(0.608439, 0.793601),
    vec2(-0.984714, -0.174182),
    vec2(0.843755, -0.536728),
    vec2(-0.259604, 0.965715),
    vec2(-0.460907, -0.887448)
);
vec3 ray(vec2 at, vec2 size) {
    vec2 c = 2.0 * at / size - 1.0;
    return forward + right * c.x - up * c.y;
}
void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    vec2 size = vec2(textureSize(surfaces, 0));
    vec4 s = texelFetch(surfaces, here, 0);
    vec3 p = ray(vec2(here) + 0.5, size) * s.w;
    vec2 reach = min(pixels_per_metre * radius_m / s.w, 0.12 * size.yy);
    int turn = ((here.x & 3) * 28 + (here.y & 3) * 7) & 15;
    float phase = float(turn) * 0.39269908, c = cos(phase), d = sin(phase), sum = 0.0, first = 0.5 + 0.03 * float(turn);
    for (int i = 0; i < 8; ++i) {
        vec2 way = mat2(c, d, -d, c) * spiral[i] * ((float(i) + first) / 8.0);
        ivec2 there = clamp(ivec2(vec2(here) + 0.5 + reach * way), ivec2(0), ivec2(size) - 1);
        float depth = texelFetch(surfaces, there, 0).w;
        vec3 v = ray(vec2(there) + 0.5, size) * depth - p;
        float vv = dot(v, v) + 1e-8;
        sum += max(0.0, 1.0 - vv / (radius_m * radius_m)) * max(0.0, dot(v, s.xyz) * inversesqrt(vv) - 0.08);
    }
    float key = dot(s.xyz, towards) > 0.0 ? arrives(in_sun(p, s.xyz)) : 0.0;
    shade = vec4(exp2(sum * (-6.0 / 8.0)), s.w, key, side_of(s.xyz));
}
"""
)

SMOOTH_FRAGMENT = """
#version 430 core
uniform sampler2D shades;
out vec4 shade;
void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    vec4 own = texelFetch(shades, here, 0), all = vec4(0.0), sum = vec4(0.0);
    for (int y = -1; y < 2; y += 2)
        for (int x = -1; x < 2; x += 2) {
            vec2 at = vec2(here + ivec2(x, y)) / vec2(textureSize(shades, 0));
            vec4 near = max(vec4(1e-4), 1.0 - abs(textureGather(shades, at, 1) - own.y) * (20.0 / own.y));
            sum += near * textureGather(shades, at, 0);
            all += near;
        }
    // three things in one number, so that a pixel of the picture gathers twice and not four times
    float around = floor(dot(sum, vec4(1.0)) / dot(all, vec4(1.0)) * 255.0 + 0.5);
    shade = vec4(around + 256.0 * own.w + 0.99 * own.z, own.y, 0.0, 0.0);
}
"""

RESOLVE_FRAGMENT = (
    """
#version 430 core
"""
    + SIDE
    + """
uniform usampler2DMS samples;
uniform sampler2D whites;
uniform sampler2D reach_map;
uniform int many;
uniform vec2 pixel;
uniform vec3 right;
uniform vec3 up;
uniform vec3 forward;
uniform vec3 towards;
uniform vec3 key;
uniform vec3 sky;
uniform vec3 ground;
uniform vec3 haze;
uniform float haze_rate;
out vec4 light;
vec2 reaching(float depth, vec3 n) {
    vec2 at = gl_FragCoord.xy * pixel;
    vec4 all = textureGather(reach_map, at, 0), far = textureGather(reach_map, at, 1);
    vec4 whole = floor(all), side = floor(whole * (1.0 / 256.0));
    vec2 b = fract(at * vec2(textureSize(reach_map, 0)) - 0.5), a = 1.0 - b;
    vec4 near = vec4(a.x * b.y, b.x * b.y, b.x * a.y, a.x * a.y);
    near *= max(vec4(1e-3), 1.0 - abs(far - depth) * (20.0 / depth));
    near *= mix(vec4(1.0), vec4(0.01), notEqual(side, vec4(side_of(n))));
    near += 1e-6;
    return vec2(dot(whole - 256.0 * side, near) / 255.0, dot(all - whole, near) / 0.99) / dot(near, vec4(1.0));
}
void main() {
    ivec2 here = ivec2(gl_FragCoord.xy);
    ivec4 first = ivec4(texelFetch(samples, here, 0)), apart = ivec4(0);
    for (int i = 1; i < many; ++i) apart = max(apart, abs(ivec4(texelFetch(samples, here, i)) - first));
    // inside a thing one sample is enough: the others differ by less than 2° and 1 % of depth
    int count = all(lessThan(apart, ivec4(1024, 1024, 12, 1))) ? 1 : many;
    vec2 c = 2.0 * gl_FragCoord.xy * pixel - 1.0;
    float stretch = length(forward + right * c.x - up * c.y);
    light = vec4(0.0);
    // asked at its end: on a processor a loop that asks first goes once round for nothing
    int i = 0;
    do {
        uvec4 one = texelFetch(samples, here, i);
        vec2 f = (vec2(one.xy) - 32768.0) / 32767.0;
        vec3 n = vec3(f, 1.0 - abs(f.x) - abs(f.y));
        float fold = max(-n.z, 0.0);
        n = normalize(vec3(n.x - (n.x < 0.0 ? -fold : fold), n.y - (n.y < 0.0 ? -fold : fold), n.z));
        float depth = unpackHalf2x16(one.z).x;
        vec2 reach = reaching(max(depth, 1e-3), n);
        vec3 around = mix(ground, sky, 0.5 + 0.5 * n.y) * reach.x;
        vec3 white = texelFetch(whites, ivec2(one.w & 255u, one.w >> 8), 0).rgb;
        vec3 seen = white * (key * (max(dot(n, towards), 0.0) * reach.y * mix(1.0, reach.x, 0.4)) + around);
        light += one.w > 0u ? vec4(mix(haze, seen, exp2(-haze_rate * depth * stretch)), 1.0) : vec4(0.0);
    } while (++i < count);
    light /= float(count);
}
"""
)
