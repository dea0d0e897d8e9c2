/**
 * The families of encoders whose layers we run ourselves: one class each, which reads a config.json and says where the
 * weights of a layer stand. {@link dev.packhorse.engine.families.Families} has the list; docs/FAMILIES.md says how to
 * add one.
 */
package dev.packhorse.engine.families;
