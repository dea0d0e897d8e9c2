package dev.packhorse.engine.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * A model's tokenizer as DJL's users have it: every call fetches all that the library knows of a text, ids, type ids, masks, words,
 * tokens as strings and offsets. For benchmarks, as what others are compared with. Thread-safe.
 */
public final class DjlTokenizer implements Tokenizer {

    private final HuggingFaceTokenizer tokenizer;

    private DjlTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Opens one; the caller closes it.
     *
     * @param json the text of a tokenizer.json
     * @param maxLength the most tokens of a text, special tokens included
     * @throws TokenizerException when it is not a tokenizer.json, or the native library cannot be loaded
     */
    public static DjlTokenizer open(String json, int maxLength) {
        dev.packhorse.engine.tokenize.HuggingFaceTokenizer.loadNativeLibrary(); // which keeps it off the network
        var options = Map.of(
                "padding",
                "false",
                "truncation",
                "true",
                "maxLength",
                String.valueOf(maxLength),
                "modelMaxLength",
                String.valueOf(maxLength));
        try (var in = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))) {
            return new DjlTokenizer(HuggingFaceTokenizer.newInstance(in, options));
        } catch (IOException | RuntimeException e) {
            throw new TokenizerException("DJL's tokenizer could not be opened: " + e.getMessage(), e);
        }
    }

    /** Lone surrogates are not replaced, and how many tokens were lost is not counted. */
    @Override
    public TokenizedText tokenize(String text) {
        var ids = tokenizer.encode(text).getIds();
        return new TokenizedText(Arrays.stream(ids).mapToInt(id -> (int) id).toArray(), 0);
    }

    @Override
    public int[] starts(String text) {
        throw new UnsupportedOperationException("DJL's tokenizer is here to be measured");
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
