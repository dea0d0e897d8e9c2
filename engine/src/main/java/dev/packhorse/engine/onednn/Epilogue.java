package dev.packhorse.engine.onednn;

/** What follows a matmul and its bias. */
enum Epilogue {
    NONE,
    /** {@code gelu(y)}, by the error function. */
    GELU,
    /** {@code y + x}, x the token vectors that the sublayer began with. */
    RESIDUAL
}
