/**
 * A packed batch spread out to the rectangle that others' runtimes want, and what their models call its parts. Knows none of
 * these runtimes.
 */
package dev.packhorse.engine.padded;
