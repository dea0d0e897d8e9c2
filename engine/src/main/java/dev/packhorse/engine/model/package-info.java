/**
 * A model before it is opened: where its files lie, what its configuration says, and the fingerprint that travels with
 * every output. {@code Models} finds one by what people write ({@code ModelOptions}), {@code Model} is what comes of it.
 *
 * <ul>
 *   <li>Where files lie: {@code Folder} ({@code LocalFolder}, {@code ClassPathFolder}), {@code EmbeddedModel}, {@code Archives}
 *       with {@code Unpacker}, {@code HeaderGuard} and {@code Names}; {@code ModelFile}, {@code ModelFiles} and {@code
 *       Temporary} are how they come to this machine's disk
 *   <li>What a folder of sentence-transformers says: {@code ModelFolder}, by {@code Modules}, {@code PoolingConfig}, {@code
 *       EncoderConfig}, {@code Prompts}, {@code Numbers}; {@code WeightFiles}, {@code Graph} and {@code SignatureOutput} for its
 *       weights, {@code Pickles} for those that are not read
 *   <li>What becomes of texts and tokens: {@code TextPreparation}, {@code TokenizerJson}; {@code Head} with {@code Pooling}, {@code
 *       Step} and {@code DenseActivation}
 *   <li>What names all of it: {@code Contents}, {@code Revision}, {@code Sha256}
 * </ul>
 */
package dev.packhorse.engine.model;
