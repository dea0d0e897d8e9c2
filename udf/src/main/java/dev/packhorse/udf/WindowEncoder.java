package dev.packhorse.udf;

import dev.packhorse.engine.BatchListener;
import dev.packhorse.engine.Embedded;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.collection.mutable.ArraySeq;

/**
 * Turns tokenized rows into result rows, a window at a time: takes as many rows as the window holds, encodes each
 * different text once, longest first, and answers in the order in which the rows came.
 *
 * <p>Holds one window: its rows, their tokens and their vectors. The last text of a window is remembered for the next
 * one, so that in input sorted by text no text is encoded twice.
 */
final class WindowEncoder implements Iterator<Row> {

    private final Iterator<TokenizedRow> input;
    private final EmbedSettings settings;
    private final TaskScope task;
    private final BatchListener listener;

    private Iterator<Row> output = List.<Row>of().iterator();
    private Map<String, Embedded> lastAnswer = Map.of(); // none at first, then one

    WindowEncoder(Iterator<TokenizedRow> input, EmbedSettings settings, TaskScope task) {
        this.input = input;
        this.settings = settings;
        this.task = task;
        this.listener = (rows, tokens, computedTokens, nanos) -> {
            task.stopIfKilled();
            task.counts().add(Count.BATCHES, 1);
            task.counts().add(Count.ENCODED_ROWS, rows);
            task.counts().add(Count.PENDING_TOKENS, -tokens);
            task.counts().add(Count.TOKENS, tokens);
            task.counts().add(Count.COMPUTED_TOKENS, computedTokens);
            task.counts().add(Count.ENCODE_NANOS, nanos);
        };
    }

    @Override
    public boolean hasNext() {
        if (!output.hasNext() && input.hasNext()) {
            output = List.<Row>of().iterator(); // lets the last window go before the next one is held
            output = encode(window());
        }
        return output.hasNext();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no row is left");
        }
        return output.next();
    }

    private List<TokenizedRow> window() {
        var window = new ArrayList<TokenizedRow>();
        while (window.size() < settings.windowRows() && input.hasNext()) {
            window.add(input.next());
        }
        return window;
    }

    private Iterator<Row> encode(List<TokenizedRow> window) {
        var answers = answers(window);
        task.report();
        return window.stream().map(row -> result(row, answers)).iterator();
    }

    /** One answer for each different text of the window, by the text's hash. */
    private Map<String, Embedded> answers(List<TokenizedRow> window) {
        var answers = new HashMap<>(lastAnswer);
        var pending = new LinkedHashMap<String, int[]>();
        var lastHash = Optional.<String>empty();
        for (var row : window) {
            if (row.error().isPresent()) {
                continue;
            }
            lastHash = Optional.of(row.textHash());
            task.recent().get(row.textHash()).ifPresent(answer -> answers.putIfAbsent(row.textHash(), answer));
            if (answers.containsKey(row.textHash()) || pending.putIfAbsent(row.textHash(), row.tokens()) != null) {
                task.counts().add(Count.DUPLICATES, 1);
                task.counts().add(Count.PENDING_TOKENS, -row.tokens().length);
            }
        }
        var embedded = task.engine().embed(List.copyOf(pending.values()), listener);
        var i = 0;
        for (var hash : pending.keySet()) {
            task.recent().put(hash, embedded[i], settings.dedupeCacheBytes());
            answers.put(hash, embedded[i++]);
        }
        lastHash.ifPresent(hash -> lastAnswer = Map.of(hash, answers.get(hash)));
        return answers;
    }

    private Row result(TokenizedRow row, Map<String, Embedded> answers) {
        if (row.error().isPresent()) {
            return failed(row, row.error().get());
        }
        var answer = answers.get(row.textHash());
        if (answer instanceof Embedded.Vector vector) {
            return vector(row, vector.values());
        }
        var reason = ((Embedded.Failed) answer).reason();
        return failed(
                row,
                new RowError(
                        Count.ERROR_ENCODER,
                        "text in column '%s' of the row with %s '%s' could not be encoded: %s"
                                .formatted(settings.textColumn(), settings.idColumn(), row.id(), reason)));
    }

    private Row vector(TokenizedRow row, float[] vector) {
        task.counts().add(Count.VECTORS, 1);
        return row(row, Optional.of(vector), Optional.empty());
    }

    private Row failed(TokenizedRow row, RowError error) {
        if (settings.onError() == OnError.FAIL) {
            throw new EmbedException(error.message());
        }
        task.counts().add(error.kind(), 1);
        return row(row, Optional.empty(), Optional.of(error.message()));
    }

    /** In the order of {@link OutputColumns}. */
    private static Row row(TokenizedRow row, Optional<float[]> vector, Optional<String> error) {
        var values = new Object[OutputColumns.FIRST_CARRIED + row.carried().length];
        values[0] = row.id();
        values[1] = vector.map(ArraySeq::make).orElse(null);
        values[2] = row.tokens().length;
        values[3] = row.lostTokens() > 0;
        values[4] = row.textHash().isEmpty() ? null : row.textHash();
        values[5] = error.orElse(null);
        System.arraycopy(row.carried(), 0, values, OutputColumns.FIRST_CARRIED, row.carried().length);
        return RowFactory.create(values);
    }
}
