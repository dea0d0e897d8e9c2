/**
 * The nested encoder as an ONNX graph of our own: packed tokens in, pooled vectors out, on GPUs or, to be held to the truth
 * without one, on CPUs. Newcomers read them in this order:
 *
 * <ul>
 *   <li>{@code PackedSession} is what others open: a graph with its weights in an ONNX Runtime session, on one device
 *       ({@code Target}).
 *   <li>{@code PackedGraph} writes the graph, of {@code EmbeddingNodes}, {@code LayerNodes} with {@code AttentionNodes}
 *       and {@code NormNodes}, {@code DistanceBias}, {@code RowCells} and {@code PoolingNodes}; {@code Flavour} says with
 *       which operators attention is computed, {@code GraphContext} what all of them need.
 *   <li>{@code Initializers} holds the weights outside the graph; {@code PackedInput} names what is fed, {@code
 *       PackedFeeds} lays a launch's rows out as that, {@code Rectangles} cuts them where they need too much room.
 * </ul>
 */
package dev.packhorse.engine.packed;
