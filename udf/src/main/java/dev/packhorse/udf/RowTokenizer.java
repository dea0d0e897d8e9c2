package dev.packhorse.udf;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.Sha256;
import dev.packhorse.engine.tokenize.TokenizerException;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/** Reads a source row (see {@link InputColumns}) and tokenizes its text, or says why that cannot be done. */
final class RowTokenizer implements Function<Row, TokenizedRow> {

    private static final int SHOWN_CHARACTERS = 100;

    private final Engine engine;
    private final EmbedSettings settings;
    private final Counts counts;

    RowTokenizer(Engine engine, EmbedSettings settings, Counts counts) {
        this.engine = engine;
        this.settings = settings;
        this.counts = counts;
    }

    /** @throws EmbedException for a row that cannot be tokenized, where such a row is to end the job */
    @Override
    public TokenizedRow apply(Row row) {
        var start = System.nanoTime();
        var tokenized = tokenize(row);
        if (tokenized.error().isPresent() && settings.onError() == OnError.FAIL) {
            throw new EmbedException(tokenized.error().get().message());
        }
        counts.add(Count.TOKENIZE_NANOS, System.nanoTime() - start);
        counts.add(Count.ROWS, 1);
        counts.add(Count.PENDING_TOKENS, tokenized.tokens().length);
        if (tokenized.lostTokens() > 0) {
            counts.add(Count.TRUNCATED_ROWS, 1);
            counts.add(Count.LOST_TOKENS, tokenized.lostTokens());
        }
        return tokenized;
    }

    private TokenizedRow tokenize(Row row) {
        var id = row.get(InputColumns.ID);
        var text = row.getString(InputColumns.TEXT);
        var malformed = row.getString(InputColumns.MALFORMED);
        var carried = InputColumns.carried(row);
        if (malformed != null) {
            var shown = malformed.substring(0, Math.min(SHOWN_CHARACTERS, malformed.length()));
            return TokenizedRow.failed(
                    id,
                    carried,
                    "",
                    new RowError(Count.ERROR_MALFORMED_RECORD, "the source record is malformed: " + shown));
        }
        var hash = text == null ? "" : Sha256.hex(text);
        if (id == null) {
            return TokenizedRow.failed(
                    id,
                    carried,
                    hash,
                    new RowError(Count.ERROR_NULL_ID, "id in column '%s' is null".formatted(settings.idColumn())));
        }
        if (text == null) {
            return TokenizedRow.failed(id, carried, hash, new RowError(Count.ERROR_NULL_TEXT, where(id) + " is null"));
        }
        if (text.isBlank() && settings.emptyText() == EmptyText.ERROR) {
            return TokenizedRow.failed(
                    id, carried, hash, new RowError(Count.ERROR_EMPTY_TEXT, where(id) + " is empty or white space"));
        }
        try {
            var tokens = engine.tokenize(text);
            return new TokenizedRow(id, carried, hash, tokens.ids(), tokens.lostTokens(), Optional.empty());
        } catch (TokenizerException e) {
            return TokenizedRow.failed(
                    id,
                    carried,
                    hash,
                    new RowError(Count.ERROR_TOKENIZER, where(id) + " could not be tokenized: " + e.getMessage()));
        }
    }

    private String where(Object id) {
        return "text in column '%s' of the row with %s '%s'".formatted(settings.textColumn(), settings.idColumn(), id);
    }
}
