package dev.packhorse.engine.packed;

/** With which operators attention over packed tokens is computed; all else in a graph is the same. */
enum Flavour {
    /**
     * ONNX Runtime's PackedMultiHeadAttention, which it has for CUDA alone: flash attention in float16 where no bias by
     * distance is asked for, memory-efficient attention where one is.
     */
    CUDA,
    /** ONNX's own operators, over padded cells: what the other one is held to. */
    STANDARD
}
