/** Which rows share a batch: sort by length, cut by token budget. Plain arrays in, plain arrays out. */
package dev.packhorse.engine.plan;
