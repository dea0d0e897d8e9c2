package dev.packhorse.jobs.embed;

import dev.packhorse.engine.model.Model;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.shuffle.RowKeys;
import dev.packhorse.jobs.shuffle.ShufflePlan;
import dev.packhorse.jobs.shuffle.SourceCosts;
import dev.packhorse.jobs.shuffle.TextCost;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.udf.Embedding;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.LongText;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.LongTexts;
import dev.packhorse.udf.rows.TextColumns;
import java.util.ArrayList;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Deals a job's rows out to tasks that cost about the same, and has them embedded there. */
record RowShuffle(OptionValues options, Model model, LongTexts longTexts) {

    /** The column by which rows find their task; it is carried along, for {@code --sort global} tokenizes before it shuffles. */
    static final String TARGET = "__packhorse_target";

    /** The column by which a row of the source is known again in a result that waits. */
    static final String CHECK = "__packhorse_check";

    /** Above that, tasks are large enough, and more of them only cost. */
    private static final int MOST_PARTITIONS = 20_000;

    /**
     * What is known before a row is embedded.
     *
     * @param rows of the source, where they were counted
     */
    record Planned(ShufflePlan plan, OptionalLong rows) {}

    /**
     * Plans tasks for a source: reads it once for what its texts cost, unless that is a query of several stages, which
     * would run twice.
     *
     * @param wantedTasks that there are at least; where rows are many, a task is about a window of them
     */
    Planned plan(Source source, int wantedTasks) {
        if (!source.onePass()) {
            return new Planned(ShufflePlan.even(wantedTasks), OptionalLong.empty());
        }
        var cost = cost().of(TextColumns.quoted(source.columns().text()));
        var costs = SourceCosts.read(source.rows(), key(source), cost);
        var windows = costs.rows() / options.get(EncodeOptions.WINDOW_ROWS);
        var partitions = (int) Math.min(MOST_PARTITIONS, Math.max(wantedTasks, windows));
        var buckets = ShufflePlan.buckets(partitions);
        return new Planned(ShufflePlan.balanced(partitions, costs.in(buckets).costs()), OptionalLong.of(costs.rows()));
    }

    private TextCost cost() {
        return longTexts.choice() == LongText.CHUNK
                ? new TextCost(longTexts.chunkTokens(), true, model.dimension())
                : new TextCost(model.maxSeqLength(), false, model.dimension());
    }

    private Column key(Source source) {
        return keys().of(source.columns(), options.get(EncodeOptions.EMPTY_TEXT) == EmptyText.ENCODE);
    }

    private RowKeys keys() {
        if (options.get(EmbedOptions.GENERATE_IDS)) {
            return RowKeys.NUMBERED;
        }
        return switch (options.get(EmbedOptions.SORT)) {
            case WINDOW -> RowKeys.ID_AND_TEXT;
            case GLOBAL -> RowKeys.TEXT;
        };
    }

    /** A source's columns, and {@link #TARGET} and {@link #CHECK} carried along. */
    static TextColumns marked(TextColumns columns) {
        var carried = new ArrayList<>(columns.carried());
        carried.add(TARGET);
        carried.add(CHECK);
        return new TextColumns(columns.id(), columns.text(), columns.malformed(), carried);
    }

    /** A source's rows with {@link #TARGET} and {@link #CHECK}. */
    Dataset<Row> marked(Source source, ShufflePlan plan) {
        var check = RowKeys.check(source.columns(), source.rows().schema());
        return source.rows().withColumn(TARGET, plan.target(key(source))).withColumn(CHECK, check);
    }

    /** Embeds marked rows; the result has {@link #TARGET} and {@link #CHECK} too. */
    Dataset<Row> embed(Embedding embedding, Dataset<Row> marked, ShufflePlan plan) {
        return switch (options.get(EmbedOptions.SORT)) {
            case WINDOW -> embedding.windowed(marked.repartition(plan.partitions(), functions.col(TARGET)));
            case GLOBAL -> embedding.global(marked, plan.partitions(), TARGET);
        };
    }
}
