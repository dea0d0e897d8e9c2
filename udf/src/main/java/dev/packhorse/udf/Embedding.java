package dev.packhorse.udf;

import dev.packhorse.udf.metrics.EmbedMetrics;
import dev.packhorse.udf.metrics.RunAccumulator;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.rows.EmbedPartition;
import dev.packhorse.udf.rows.EmbedSettings;
import dev.packhorse.udf.rows.EncodePartition;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import dev.packhorse.udf.rows.TokenizePartition;
import dev.packhorse.udf.rows.TokenizedColumns;
import dev.packhorse.udf.sql.MeteredRows;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * Adds vectors to a Dataset of texts.
 *
 * <p>Each source row becomes exactly one row of {@link OutputColumns}, with a vector or an error, or one for each chunk of
 * its text. Vectors depend on the texts only, not on order, partitions or tasks. Immutable: the driver makes it, and what
 * tasks change is theirs.
 */
public final class Embedding {

    private final TextColumns columns;
    private final EmbedSettings settings;
    private final RunAccumulator accumulator;

    /**
     * @param columns of the sources to come
     * @param settings what tasks must know
     * @param accumulator registered with the Spark context of the Datasets to come
     */
    public Embedding(TextColumns columns, EmbedSettings settings, RunAccumulator accumulator) {
        this.columns = columns;
        this.settings = settings;
        this.accumulator = accumulator;
    }

    /**
     * The schema of the result.
     *
     * @throws OptionException when the columns do not fit the source
     */
    public StructType outputSchema(Dataset<Row> source) {
        columns.check(source.schema());
        return columns.outputSchema(source.schema(), settings.longTexts().chunkRows());
    }

    /**
     * Embeds each partition as it is: sorted by length within a bounded window, without a shuffle. Rows stay where they
     * are, in their order. Of identical texts those in one window, and those that the executor remembers, are encoded once.
     *
     * @throws OptionException when the columns do not fit the source
     */
    public Dataset<Row> windowed(Dataset<Row> source) {
        var output = outputSchema(source);
        var metrics = metrics(source);
        var embedded = columns.select(source)
                .mapPartitions(new EmbedPartition(settings, accumulator, metrics), Encoders.row(output));
        return MeteredRows.of(embedded, "PackhorseEmbed", metrics);
    }

    /**
     * Tokenizes first, then shuffles: of identical texts of the whole corpus one is encoded, and each partition is
     * sorted by length throughout.
     *
     * <p>Rows go to a partition by their text's hash and chunk. So every partition gets the same mix of lengths, and with it
     * the same share of the cost, which a split by length would not give: it puts all long rows into a few partitions.
     *
     * @param partitions how many
     * @throws OptionException when the columns do not fit the source
     */
    public Dataset<Row> global(Dataset<Row> source, int partitions) {
        // rows without a text have no hash to spread them by: their id does
        var key = functions
                .when(functions.col(TokenizedColumns.LENGTH).gt(0), functions.col(TokenizedColumns.TEXT_HASH))
                .otherwise(functions.col(TokenizedColumns.ID).cast("string"));
        return global(source, partitions, key, functions.col(TokenizedColumns.CHUNK));
    }

    /**
     * The same with partitions of the caller's choice.
     *
     * @param partitions how many
     * @param by a column that is carried along; rows go to a partition by its value, as {@link Dataset#repartition(int,
     *     Column...)} has it. Texts are encoded once where all rows of a text have the same value
     * @throws OptionException when the columns do not fit the source
     */
    public Dataset<Row> global(Dataset<Row> source, int partitions, String by) {
        return global(
                source,
                partitions,
                functions.col(TokenizedColumns.carried(columns.carried().indexOf(by))));
    }

    private Dataset<Row> global(Dataset<Row> source, int partitions, Column... by) {
        var output = outputSchema(source);
        var tokenized = TokenizedColumns.schema(
                source.schema().apply(columns.id()).dataType(),
                Arrays.stream(output.fields())
                        .skip(OutputColumns.firstCarried(settings.longTexts().chunkRows()))
                        .toList());
        var tokenizing = metrics(source);
        var rows = columns.select(source)
                .mapPartitions(new TokenizePartition(settings, accumulator, tokenizing), Encoders.row(tokenized));
        var encoding = metrics(source);
        var embedded = MeteredRows.of(rows, "PackhorseTokenize", tokenizing)
                .repartition(partitions, by)
                .sortWithinPartitions(
                        functions.col(TokenizedColumns.LENGTH).desc(),
                        functions.col(TokenizedColumns.TEXT_HASH),
                        functions.col(TokenizedColumns.CHUNK))
                .mapPartitions(new EncodePartition(settings, accumulator, encoding), Encoders.row(output));
        return MeteredRows.of(embedded, "PackhorseEncode", encoding);
    }

    private static EmbedMetrics metrics(Dataset<Row> source) {
        return EmbedMetrics.create(source.sparkSession().sparkContext());
    }
}
