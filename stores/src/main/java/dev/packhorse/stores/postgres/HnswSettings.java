package dev.packhorse.stores.postgres;

import java.io.Serializable;

/**
 * Of the graph that finds neighbours.
 *
 * @param wanted whether one is built
 * @param m neighbours of a vector
 * @param efConstruction candidates that are looked at while it is built
 * @param efSearch candidates that a search looks at
 */
record HnswSettings(boolean wanted, int m, int efConstruction, int efSearch) implements Serializable {}
