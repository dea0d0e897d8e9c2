package dev.packhorse.engine.onnxgraph;

/** One dimension of what goes into a graph or comes out. */
public sealed interface Dimension {

    /** Always the same. */
    record Fixed(long size) implements Dimension {}

    /** Differs from call to call; equal names mean equal sizes. */
    record Named(String name) implements Dimension {}

    static Dimension of(long size) {
        return new Fixed(size);
    }

    static Dimension of(String name) {
        return new Named(name);
    }
}
