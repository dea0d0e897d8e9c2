/**
 * What benchmarks run and what they say: {@code BatchLoop} over batches that {@code Batching} makes of rows such as {@code PaddingShare} has them, and profiles, which are
 * {@code Span}s, added up as {@code OperatorCost} and written as a {@code ChromeTrace}. {@code GpuCeiling} is what an H100 could do at most. No job needs it.
 */
package dev.packhorse.engine.measure;
