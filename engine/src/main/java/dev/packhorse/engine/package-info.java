/**
 * Texts in, vectors out. {@link dev.packhorse.engine.Encoder} is the contract that every encoder fulfils, {@link
 * dev.packhorse.engine.Engine} an opened model: its tokenizer, its encoder and the memory they use. Nothing here knows
 * Spark.
 *
 * <ul>
 *   <li>{@code model}: where a model's files lie, what its configuration says, its fingerprint
 *   <li>{@code tokenize}: text to token ids (the only package that sees DJL)
 *   <li>{@code plan}: which rows share a batch
 *   <li>{@code nested}: packed batches in native memory (the only package that sees Arrow)
 *   <li>{@code weights}: the named tensors of a model's files
 *   <li>{@code families}: which weights and layers a family of models has, one class each
 *   <li>{@code transformer}: what layers are made of, and the plain encoder that the fast one is held to
 *   <li>{@code onednn}: the nested encoder, the fast path (the only package that sees oneDNN)
 *   <li>{@code onnx}: the encoder on ONNX Runtime, the slow path (the only package that sees it)
 *   <li>{@code pooling}: from the vectors of a row's tokens to the row's one
 *   <li>{@code output}: what vectors become before they are stored
 *   <li>{@code measure}: what benchmarks run
 * </ul>
 */
package dev.packhorse.engine;
