package dev.packhorse.udf.rows;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.model.Sha256;
import dev.packhorse.engine.tokenize.Chunk;
import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.engine.tokenize.TokenizerException;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.LongText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import dev.packhorse.udf.rows.TokenizedRow.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/**
 * Reads a source row (see {@link InputColumns}) and tokenizes its text, or says why that cannot be done. One row becomes
 * one, or where chunks are rows, one for each chunk of its text.
 */
final class RowTokenizer implements Function<Row, List<TokenizedRow>> {

    private static final int SHOWN_CHARACTERS = 100;

    private final Function<String, TokenizedText> whole;
    private final Optional<Function<String, List<Chunk>>> chunks;
    private final EmbedSettings settings;
    private final Counts counts;

    RowTokenizer(Engine engine, EmbedSettings settings, Counts counts) {
        this(engine::tokenize, chunks(engine, settings.longTexts()), settings, counts);
    }

    /** @param chunks empty where texts are not cut */
    RowTokenizer(
            Function<String, TokenizedText> whole,
            Optional<Function<String, List<Chunk>>> chunks,
            EmbedSettings settings,
            Counts counts) {
        this.whole = whole;
        this.chunks = chunks;
        this.settings = settings;
        this.counts = counts;
    }

    private static Optional<Function<String, List<Chunk>>> chunks(Engine engine, LongTexts longTexts) {
        if (longTexts.choice() != LongText.CHUNK) {
            return Optional.empty();
        }
        return Optional.of(engine.chunker(longTexts.chunkTokens(), longTexts.chunkOverlap())::chunk);
    }

    /** @throws EmbedException for a row that cannot be tokenized, where such a row is to end the job */
    @Override
    public List<TokenizedRow> apply(Row row) {
        return apply(
                row.get(InputColumns.ID),
                row.getString(InputColumns.TEXT),
                row.getString(InputColumns.MALFORMED),
                InputColumns.carried(row));
    }

    /** The same for a row in parts; its id, its text and its malformed record may be null. */
    List<TokenizedRow> apply(Object id, String text, String malformed, Object[] carried) {
        var start = System.nanoTime();
        var tokenized = tokenize(id, text, malformed, carried);
        counts.add(Count.TOKENIZE_NANOS, System.nanoTime() - start);
        counts.add(Count.ROWS, 1);
        counts.add(Count.FURTHER_ROWS, tokenized.size() - 1);
        var pieces = tokenized.stream().mapToInt(one -> one.pieces().size()).sum();
        if (pieces > 1) {
            counts.add(Count.CHUNKED_ROWS, 1);
            counts.add(Count.CHUNKS, pieces);
        }
        tokenized.forEach(this::count);
        return tokenized;
    }

    private void count(TokenizedRow row) {
        if (row.error().isPresent() && settings.onError() == OnError.FAIL) {
            throw new EmbedException(row.error().get().message());
        }
        counts.add(Count.PENDING_TOKENS, row.tokens());
        counts.profile().ifPresent(profile -> row.pieces()
                .forEach(piece -> profile.arrived(piece.length(), piece.truncated())));
        if (row.lostTokens() > 0) {
            counts.add(Count.TRUNCATED_ROWS, 1);
            counts.add(Count.LOST_TOKENS, row.lostTokens());
        }
    }

    private List<TokenizedRow> tokenize(Object id, String text, String malformed, Object[] carried) {
        var hash = text == null || malformed != null ? "" : Sha256.hex(text);
        var reason = unusable(id, text, malformed);
        if (reason.isPresent()) {
            return List.of(TokenizedRow.failed(id, carried, hash, reason.get()));
        }
        try {
            return chunks.isPresent()
                    ? chunks(id, carried, hash, chunks.get().apply(text))
                    : List.of(whole(id, carried, hash, whole.apply(text)));
        } catch (TokenizerException e) {
            return List.of(failed(id, carried, hash, e.getMessage()));
        } catch (RuntimeException e) { // of a library, which knows no better: one text must not end the job
            return List.of(failed(id, carried, hash, e.toString()));
        }
    }

    /** Why a row's text is not tokenized. */
    private Optional<RowError> unusable(Object id, String text, String malformed) {
        if (malformed != null) {
            var shown = malformed.substring(0, Math.min(SHOWN_CHARACTERS, malformed.length()));
            return Optional.of(new RowError(Count.ERROR_MALFORMED_RECORD, "the source record is malformed: " + shown));
        }
        if (id == null) {
            return Optional.of(
                    new RowError(Count.ERROR_NULL_ID, "id in column '%s' is null".formatted(settings.idColumn())));
        }
        if (text == null) {
            return Optional.of(new RowError(Count.ERROR_NULL_TEXT, settings.where(id) + " is null"));
        }
        if (text.isBlank() && settings.emptyText() == EmptyText.ERROR) {
            return Optional.of(new RowError(Count.ERROR_EMPTY_TEXT, settings.where(id) + " is empty or white space"));
        }
        return Optional.empty();
    }

    private TokenizedRow failed(Object id, Object[] carried, String hash, String reason) {
        var message = settings.where(id) + " could not be tokenized: " + reason;
        return TokenizedRow.failed(id, carried, hash, new RowError(Count.ERROR_TOKENIZER, message));
    }

    private TokenizedRow whole(Object id, Object[] carried, String hash, TokenizedText tokens) {
        if (tokens.truncated() && settings.longTexts().choice() == LongText.ERROR) {
            var message = "%s has %d tokens, more than the %d that the model reads"
                    .formatted(settings.where(id), tokens.length() + tokens.lostTokens(), tokens.length());
            return TokenizedRow.failed(id, carried, hash, new RowError(Count.ERROR_LONG_TEXT, message));
        }
        return new TokenizedRow(id, carried, hash, Optional.empty(), List.of(tokens), Optional.empty());
    }

    private List<TokenizedRow> chunks(Object id, Object[] carried, String hash, List<Chunk> chunks) {
        return switch (settings.longTexts().output()) {
            case ROWS -> {
                var rows = new ArrayList<TokenizedRow>();
                for (var chunk : chunks) {
                    var place = new Place(rows.size(), chunk.start(), chunk.end());
                    rows.add(new TokenizedRow(
                            id, carried, hash, Optional.of(place), List.of(chunk.tokens()), Optional.empty()));
                }
                yield rows;
            }
            case MEAN -> {
                var pieces = chunks.stream().map(Chunk::tokens).toList();
                yield List.of(new TokenizedRow(id, carried, hash, Optional.empty(), pieces, Optional.empty()));
            }
        };
    }
}
