package dev.packhorse.udf;

import dev.packhorse.engine.BatchListener;
import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.output.WeightedMean;
import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.udf.TokenizedRow.Place;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.Predef;

/**
 * Turns tokenized rows into result rows, a window at a time: takes as many rows as the window holds, encodes each
 * different text once, longest first, and answers in the order in which the rows came. A chunk counts as a row.
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
    private Map<String, Embedded> lastAnswers = Map.of(); // none at first, then those of one text

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
        for (var held = 0; held < settings.windowRows() && input.hasNext(); ) {
            var row = input.next();
            window.add(row);
            held += Math.max(1, row.pieces().size());
        }
        return window;
    }

    private Iterator<Row> encode(List<TokenizedRow> window) {
        var answers = answers(window);
        task.report();
        return window.stream().map(row -> result(row, answers)).iterator();
    }

    /** One answer for each different piece of text of the window, by its key. */
    private Map<String, Embedded> answers(List<TokenizedRow> window) {
        var answers = new HashMap<>(lastAnswers);
        var pending = new LinkedHashMap<String, int[]>();
        var last = List.<String>of();
        for (var row : window) {
            for (var piece = 0; piece < row.pieces().size(); piece++) {
                var key = row.key(piece);
                var tokens = row.pieces().get(piece).ids();
                task.recent().get(key).ifPresent(answer -> answers.putIfAbsent(key, answer));
                if (answers.containsKey(key) || pending.putIfAbsent(key, tokens) != null) {
                    task.counts().add(Count.DUPLICATES, 1);
                    task.counts().add(Count.PENDING_TOKENS, -tokens.length);
                }
            }
            last = row.pieces().isEmpty() ? last : keys(row);
        }
        var embedded = task.engine().embed(List.copyOf(pending.values()), listener);
        var i = 0;
        for (var key : pending.keySet()) {
            task.recent().put(key, embedded[i], settings.dedupeCacheBytes());
            answers.put(key, embedded[i++]);
        }
        if (!last.isEmpty()) {
            lastAnswers = last.stream().distinct().collect(Collectors.toMap(Function.identity(), answers::get));
        }
        return answers;
    }

    private static List<String> keys(TokenizedRow row) {
        return IntStream.range(0, row.pieces().size()).mapToObj(row::key).toList();
    }

    private Row result(TokenizedRow row, Map<String, Embedded> answers) {
        if (row.error().isPresent()) {
            return failed(row, row.error().get());
        }
        var vectors = new ArrayList<float[]>();
        for (var key : keys(row)) {
            if (answers.get(key) instanceof Embedded.Vector vector) {
                vectors.add(vector.values());
                continue;
            }
            var reason = ((Embedded.Failed) answers.get(key)).reason();
            return failed(
                    row,
                    new RowError(
                            Count.ERROR_ENCODER,
                            "text in column '%s' of the row with %s '%s' could not be encoded: %s"
                                    .formatted(settings.textColumn(), settings.idColumn(), row.id(), reason)));
        }
        return vector(row, vectors.size() == 1 ? vectors.get(0) : mean(row, vectors));
    }

    private float[] mean(TokenizedRow row, List<float[]> vectors) {
        var weights = row.pieces().stream().mapToInt(TokenizedText::length).toArray();
        return WeightedMean.of(
                vectors, weights, settings.engine().model().head().normalizes());
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
    private Row row(TokenizedRow row, Optional<float[]> vector, Optional<String> error) {
        var chunkRows = settings.longTexts().chunkRows();
        var firstCarried = OutputColumns.firstCarried(chunkRows);
        var values = new Object[firstCarried + row.carried().length];
        values[0] = row.id();
        values[1] = vector.map(Predef::wrapFloatArray).orElse(null);
        values[2] = row.tokens();
        values[3] = row.lostTokens() > 0;
        values[4] = row.textHash().isEmpty() ? null : row.textHash();
        values[5] = error.orElse(null);
        if (chunkRows) {
            values[6] = row.place().map(Place::chunk).orElse(0);
            values[7] = row.place().map(Place::start).orElse(null);
            values[8] = row.place().map(Place::end).orElse(null);
        }
        System.arraycopy(row.carried(), 0, values, firstCarried, row.carried().length);
        return RowFactory.create(values);
    }
}
