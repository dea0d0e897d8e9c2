package dev.packhorse.udf.rows;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.model.Model;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.EncodeOptions.ChunkOutput;
import dev.packhorse.udf.options.EncodeOptions.LongText;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a text becomes that is longer than the model reads.
 *
 * @param choice cut, chunks or an error; the rest counts for chunks only
 * @param chunkTokens the most tokens of a chunk, special tokens included
 * @param chunkOverlap tokens of a chunk's end that the next one repeats
 * @param output what chunks become
 */
public record LongTexts(LongText choice, int chunkTokens, int chunkOverlap, ChunkOutput output)
        implements Serializable {

    /** The options that count for chunks only. */
    public static final List<Option<?>> OF_CHUNKS =
            List.of(EncodeOptions.CHUNK_TOKENS, EncodeOptions.CHUNK_OVERLAP, EncodeOptions.CHUNK_OUTPUT);

    /** Long texts are cut at their end. */
    public static final LongTexts TRUNCATED = new LongTexts(LongText.TRUNCATE, 0, 0, ChunkOutput.ROWS);

    /**
     * What the options say, for a model with the maximum length that they say. Its tokenizer is tried first.
     *
     * @throws RuntimeException (OptionException, ModelException or TokenizerException) when they do not fit each other or
     *     the model
     */
    public static LongTexts of(OptionValues options, Model model) {
        Engine.checkTokenizer(model);
        var choice = options.get(EncodeOptions.LONG_TEXT);
        if (choice != LongText.CHUNK) {
            var given = OF_CHUNKS.stream().filter(options::isGiven).findFirst();
            if (given.isPresent()) {
                throw new OptionException("%s: expected with --long-text chunk, found with --long-text %s"
                        .formatted(given.get().flag(), choice.id()));
            }
            return new LongTexts(choice, 0, 0, ChunkOutput.ROWS);
        }
        var tokens = options.find(EncodeOptions.CHUNK_TOKENS).orElse(model.maxSeqLength());
        if (tokens > model.maxSeqLength()) {
            throw new OptionException("--chunk-tokens: expected at most %d, which is what %s reads, found %d"
                    .formatted(model.maxSeqLength(), model.name(), tokens));
        }
        var overlap = options.get(EncodeOptions.CHUNK_OVERLAP);
        Engine.checkChunks(model, tokens, overlap);
        return new LongTexts(choice, tokens, overlap, options.get(EncodeOptions.CHUNK_OUTPUT));
    }

    /** Whether each chunk of a text is a row. */
    public boolean chunkRows() {
        return choice == LongText.CHUNK && output == ChunkOutput.ROWS;
    }

    /** What tells vectors made so from others, by the options' names; empty where long texts are cut at their end. */
    public Map<String, String> entries() {
        var entries = new LinkedHashMap<String, String>();
        if (choice != LongText.TRUNCATE) {
            entries.put(EncodeOptions.LONG_TEXT.name(), choice.id());
        }
        if (choice == LongText.CHUNK) {
            entries.put(EncodeOptions.CHUNK_TOKENS.name(), String.valueOf(chunkTokens));
            entries.put(EncodeOptions.CHUNK_OVERLAP.name(), String.valueOf(chunkOverlap));
            entries.put(EncodeOptions.CHUNK_OUTPUT.name(), output.id());
        }
        return entries;
    }
}
