/**
 * Texts in, vectors out. {@link dev.packhorse.engine.Engine} is an opened model: its tokenizer, its encoder and the memory they
 * use. Nothing here knows Spark.
 *
 * <ul>
 *   <li>What is asked for: {@code EngineSettings}, with {@code PathChoice}, {@code PrecisionChoice} and {@code DeviceChoice}, and
 *       the {@code Placement} that comes of it
 *   <li>How it is opened: {@code Encoders} by one of the {@code Paths} from {@code ModelWeights}, or why not ({@code
 *       UnmetException}); {@code PromptedTokenizer} and {@code PromptTokens} where there is a prompt
 *   <li>The same on {@code Gpus}: {@code GpuEncoders}, {@code GpuPaths}
 *   <li>How texts go through it: {@code Embedder} answers with an {@code Embedded} each, from one {@code StartedBatch} to the
 *       next, and tells a {@code BatchListener}
 *   <li>For benchmarks: {@code EncoderLoop}, which opens an encoder as an {@code Engine} does, and {@code EncoderProfile}
 * </ul>
 *
 * <p>Packages see only those above them in this list, and a test keeps it so:
 *
 * <ul>
 *   <li>{@code nested}: packed batches in native memory (the only package that sees Arrow)
 *   <li>{@code contract}: what an encoder promises, and how a model is refused
 *   <li>{@code plan}: which rows share a batch
 *   <li>{@code tokenize}: text to token ids (the only package that sees DJL's tokenizers)
 *   <li>{@code output}: what vectors become before they are stored
 *   <li>{@code measure}: what benchmarks run
 *   <li>{@code weights}: the named tensors of a model's files
 *   <li>{@code onnxgraph}: writes ONNX graphs
 *   <li>{@code transformer}: what layers are made of
 *   <li>{@code families}: which weights and layers a family of models has, one class each
 *   <li>{@code model}: where a model's files lie, what its configuration says, its fingerprint
 *   <li>{@code synthetic}: for benchmarks, models of random weights
 *   <li>{@code pooling}: from the vectors of a row's tokens to the row's one
 *   <li>{@code padded}: packed batches spread out, for runtimes that want rectangles
 *   <li>{@code reference}: the encoder in plain loops, which the others are held to
 *   <li>{@code onednn}: the nested encoder, the fast path (the only package that sees oneDNN)
 *   <li>{@code gpu}: encoders behind a queue, each session on a thread of its own, as GPUs want it
 *   <li>{@code onnx}: the encoder on ONNX Runtime, the slow path (the only package that sees it)
 *   <li>{@code packed}: the nested encoder as a graph that we write and ONNX Runtime runs, for those sessions
 *   <li>{@code torch}: the encoder on PyTorch, through DJL (the only package that sees its engine)
 * </ul>
 */
package dev.packhorse.engine;
