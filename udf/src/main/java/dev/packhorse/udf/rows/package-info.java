/**
 * What a task does with its rows. A partition's function ({@code EmbedPartition}; {@code TokenizePartition} and {@code
 * EncodePartition} for {@code --sort global}) or an operator's ({@code RowEmbedder}) opens a {@code TaskScope}, which leases the
 * executor's engine; {@code RowTokenizer} makes {@code TokenizedRow}s, {@code WindowEncoder} their {@code Answer}s, and {@code
 * OutputColumns} rows of the result. {@code EmbedSettings} is all that it must be told.
 */
package dev.packhorse.udf.rows;
