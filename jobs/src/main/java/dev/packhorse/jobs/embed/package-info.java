/**
 * The main job: a corpus becomes embeddings in Parquet. {@code EmbedJob} checks the options and becomes {@code SparkWork}: a
 * {@code SingleRun}, or with {@code --trigger} a {@code StreamingRun} of several.
 *
 * <ul>
 *   <li>Rows are dealt out by {@code RowShuffle} to {@code TaskSlots}, held by {@code StagedRows}, and go as {@code FinishedRows} to
 *       {@code Sinks}: each is a {@code Sink}, such as {@code ParquetSink}
 *   <li>{@code HeldTexts} embeds into a staging folder for jobs that have their own way from there
 *   <li>{@code Provenance} is what a job says of what it makes
 * </ul>
 */
package dev.packhorse.jobs.embed;
