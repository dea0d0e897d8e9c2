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
 *   <li>{@code onnx}: the encoder on ONNX Runtime (the only package that sees it)
 * </ul>
 */
package dev.packhorse.engine;
