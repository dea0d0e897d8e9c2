/**
 * What a task does with its rows.
 *
 * <ul>
 *   <li>What it must be told: {@code EmbedSettings}, with {@code EngineChoice}, {@code Placements} and {@code LongTexts}
 *   <li>Where it begins: {@code EmbedPartition}; {@code TokenizePartition} and {@code EncodePartition} for {@code --sort global};
 *       {@code RowEmbedder} for operators of queries
 *   <li>Columns, each list of them in one place: {@code TextColumns} and {@code InputColumns} of what is read, {@code
 *       TokenizedColumns} between the two halves, {@code OutputColumns} of the result ({@code OutputVectors} in another precision),
 *       by {@code FixedColumns}
 *   <li>On the way: {@code TaskScope} leases the executor's engine; {@code RowTokenizer} makes {@code TokenizedRow}s, {@code
 *       WindowEncoder} their {@code Answer}s, with {@code RowAnswers} and {@code TaskListener}; {@code EmbeddedRow} is one for a query
 *   <li>What goes wrong: {@code RowError} for a row, {@code EmbedException} for a task
 *   <li>Iterators: {@code FlatIterator}, {@code MappedIterator}, {@code TimedIterator}
 * </ul>
 */
package dev.packhorse.udf.rows;
