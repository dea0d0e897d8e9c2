package dev.packhorse.udf.rows;

import dev.packhorse.engine.BatchListener;
import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.plan.BatchPlanner;
import dev.packhorse.udf.metrics.Count;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Turns tokenized rows into answers, a window at a time: takes as many rows as the window holds, encodes each
 * different text once, longest first, and answers in the order in which the rows came. A chunk counts as a row.
 *
 * <p>Holds one window: its rows, their tokens and their vectors. The last text of a window is remembered for the next
 * one, so that in input sorted by text no text is encoded twice.
 */
final class WindowEncoder implements Iterator<Answer> {

    /** Heap that the columns carried along may take in a window; a window ends before it has its rows where they are large. */
    private static final long CARRIED_BYTES = 64L << 20;

    private final Iterator<TokenizedRow> input;
    private final EmbedSettings settings;
    private final TaskScope task;
    private final RowAnswers rowAnswers;
    private final BatchListener listener;

    private Iterator<Answer> output = List.<Answer>of().iterator();
    private Map<String, Embedded> lastAnswers = Map.of(); // none at first, then those of one text

    WindowEncoder(Iterator<TokenizedRow> input, EmbedSettings settings, TaskScope task) {
        this.input = input;
        this.settings = settings;
        this.task = task;
        this.rowAnswers = new RowAnswers(settings, task.counts());
        this.listener = new TaskListener(task);
    }

    @Override
    public boolean hasNext() {
        if (!output.hasNext() && input.hasNext()) {
            output = List.<Answer>of().iterator(); // lets the last window go before the next one is held
            output = encode(window());
        }
        return output.hasNext();
    }

    @Override
    public Answer next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no row is left");
        }
        return output.next();
    }

    private List<TokenizedRow> window() {
        var window = new ArrayList<TokenizedRow>();
        var carried = 0L;
        for (var held = 0; held < settings.windowRows() && carried < CARRIED_BYTES && input.hasNext(); ) {
            var row = input.next();
            window.add(row);
            held += Math.max(1, row.pieces().size());
            carried += row.carriedBytes();
        }
        return window;
    }

    private Iterator<Answer> encode(List<TokenizedRow> window) {
        var answers = answers(window);
        task.report();
        return window.stream()
                .map(row -> rowAnswers.of(row, piece -> answers.get(row.key(piece, settings.longTexts()))))
                .iterator();
    }

    /** One answer for each different piece of text of the window, by its key. */
    private Map<String, Embedded> answers(List<TokenizedRow> window) {
        var answers = new HashMap<>(lastAnswers);
        var pending = new LinkedHashMap<String, int[]>();
        var last = List.<String>of();
        for (var row : window) {
            for (var piece = 0; piece < row.pieces().size(); piece++) {
                var key = row.key(piece, settings.longTexts());
                var tokens = row.pieces().get(piece).ids();
                task.recent().get(key).ifPresent(answer -> answers.putIfAbsent(key, answer));
                if (answers.containsKey(key) || pending.putIfAbsent(key, tokens) != null) {
                    task.counts().add(Count.DUPLICATES, 1);
                    task.counts().add(Count.PENDING_TOKENS, -tokens.length);
                }
            }
            last = row.pieces().isEmpty() ? last : keys(row);
        }
        task.counts().profile().ifPresent(profile -> profile.sorted(padded(pending.values())));
        var embedded = task.embed(List.copyOf(pending.values()), listener);
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

    /** Tokens that an encoder would compute that pads, of rows that are sorted and cut as it is best for it. */
    private long padded(Collection<int[]> rows) {
        var lengths = rows.stream().mapToInt(row -> row.length).toArray();
        return new BatchPlanner(settings.engine().maxBatchTokens(), true)
                .plan(lengths).stream()
                        .mapToLong(batch -> (long) batch.length * lengths[batch[0]]) // the first is the longest
                        .sum();
    }

    private List<String> keys(TokenizedRow row) {
        return IntStream.range(0, row.pieces().size())
                .mapToObj(piece -> row.key(piece, settings.longTexts()))
                .toList();
    }
}
