package dev.packhorse.engine.transformer;

import java.io.Serializable;

/**
 * What a feed-forward network does between its matrices.
 *
 * @param activation of the up map's outputs
 * @param gated whether they are then multiplied, number by number, with another map's outputs (GLU variants, Shazeer,
 *     arXiv 2002.05202)
 */
public record FeedForward(Activation activation, boolean gated) implements Serializable {}
