/**
 * What all of the engine agrees on and nothing of it may depend on more than this. Every other package sees this one; it sees
 * packed batches ({@code nested}) alone.
 *
 * <ul>
 *   <li>What an encoder is: {@code Encoder}, and {@code Encoding}, a batch that it was given; {@code EncoderInfo} with where and
 *       in what numbers it computes, {@code Device} and {@code Precision}
 *   <li>How a model, a batch or a machine is refused: {@code ModelException}, {@code EncoderException}, {@code
 *       BrokenEncoderException}, {@code Condition}
 *   <li>Who closes what, and when: {@code Opened}, {@code InUse}
 * </ul>
 */
package dev.packhorse.engine.contract;
