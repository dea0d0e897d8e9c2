/**
 * What all of the engine agrees on and nothing of it may depend on more than this: what an encoder is ({@link
 * dev.packhorse.engine.contract.Encoder}), where and in what numbers it computes, and how a model, a batch or a machine is
 * refused. Every other package sees this one; it sees packed batches ({@code nested}) alone.
 */
package dev.packhorse.engine.contract;
