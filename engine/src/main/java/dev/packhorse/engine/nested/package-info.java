/** Packed batches of token sequences in counted native memory. The only package that imports Arrow. */
package dev.packhorse.engine.nested;
