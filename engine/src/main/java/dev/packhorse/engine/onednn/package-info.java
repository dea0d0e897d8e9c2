/**
 * The nested encoder for CPUs, on oneDNN: packed tokens all the way, no padding anywhere. The only package that imports
 * {@code org.bytedeco}.
 *
 * <p>From the outside: {@link dev.packhorse.engine.onednn.OneDnnSupport} says whether this machine can,
 * {@link dev.packhorse.engine.onednn.NestedEncoder} does. Inside, {@code OneDnn} is the library,
 * {@code PackedWeights} a model in the library's layout, shared by all threads, and {@code Workspace} what one thread
 * needs of its own: buffers, scratch memory and the calls bound to them.
 */
package dev.packhorse.engine.onednn;
