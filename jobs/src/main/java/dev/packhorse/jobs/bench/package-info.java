/**
 * Programs that measure; their figures stand in docs/PERFORMANCE.md. {@code Bench} begins, with {@code BenchOptions}
 * and {@code BenchChecks}.
 *
 * <ul>
 *   <li>Encoders side by side: {@code EncoderMeasures} runs {@code EncoderBench}, {@code PaddingBench}, {@code BatchSizeBench}
 *       and {@code ProfileBench} in a {@code BenchContext}; {@code BenchEncoder}s meet in a {@code Contest}
 *   <li>What they encode: {@code BenchRows} of {@code Lengths}, cut out of a {@code TokenStream}, or as {@code PaddingShare}
 *       wants them
 *   <li>What is found: {@code Figures}, {@code Spread} and {@code Statistics}; {@code Findings} and {@code Cells} for people
 *   <li>The way there: {@code TokenizerBench} of each {@code BenchTokenizer}, against what a GPU would take
 *   <li>Whole jobs, against something simpler: {@code SqlBench}, {@code BalanceBench}, {@code ExportBench}
 * </ul>
 */
package dev.packhorse.jobs.bench;
