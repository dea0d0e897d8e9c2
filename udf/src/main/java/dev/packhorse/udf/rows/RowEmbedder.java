package dev.packhorse.udf.rows;

import dev.packhorse.engine.BatchListener;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.metrics.EmbedMetrics;
import dev.packhorse.udf.resident.ResidentEngines;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** Embeds one text of each row of a query. Thread-safe. */
public final class RowEmbedder {

    /** Queries' rows have no name of their own. */
    private static final String NO_ID = "";

    private static final BatchListener NOBODY = (rows, tokens, computedTokens, nanos) -> {};

    private RowEmbedder() {}

    /**
     * Embeds the rows of the task that this thread runs, in their order, a window of them at a time: sorted by length,
     * packed, each different text once.
     *
     * @param rows each may be kept, so none may be written to later
     * @param text a row's text; empty where it is null
     * @param metrics of the operator
     * @return not thread-safe: the task's alone. It throws {@link EmbedException} for a row without a vector where the
     *     settings say so
     */
    public static Iterator<EmbeddedRow> embed(
            Iterator<UnsafeRow> rows,
            Function<UnsafeRow, Optional<String>> text,
            EmbedSettings settings,
            EmbedMetrics metrics) {
        var task = TaskScope.open(settings, Optional.empty(), metrics, "embed");
        var tokenizer = new RowTokenizer(task.engine(), settings, task.counts());
        var tokenized = FlatIterator.of(
                rows, row -> tokenizer.apply(NO_ID, text.apply(row).orElse(null), null, new Object[] {row}));
        return MappedIterator.of(new WindowEncoder(tokenized, settings, task), EmbeddedRow::of);
    }

    /**
     * Embeds one text by itself, on the executor or on the driver: the slow way, for what a query asks for once.
     *
     * @param row goes into the answer as it is
     * @param text empty where it is null
     * @throws EmbedException when there is no vector and the settings want that to end the query
     * @throws RuntimeException what opening the engine throws
     */
    public static EmbeddedRow embed(UnsafeRow row, Optional<String> text, EmbedSettings settings) {
        try (var lease = ResidentEngines.lease(settings.engine())) {
            var counts = new Counts();
            var tokenizer = new RowTokenizer(lease.engine(), settings, counts);
            var tokenized = tokenizer
                    .apply(NO_ID, text.orElse(null), null, new Object[] {row})
                    .get(0);
            var ids = tokenized.pieces().stream().map(piece -> piece.ids()).toList();
            var embedded = lease.embed(ids, NOBODY);
            return EmbeddedRow.of(new RowAnswers(settings, counts).of(tokenized, piece -> embedded[piece]));
        }
    }
}
