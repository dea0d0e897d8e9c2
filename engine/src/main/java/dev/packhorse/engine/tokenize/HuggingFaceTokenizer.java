package dev.packhorse.engine.tokenize;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * The model's own tokenizer.json, run by Hugging Face's tokenizers library.
 *
 * <p>Truncation and padding that the file carries are ignored: MiniLM's own says 128 and pads every text to 128. The
 * maximum length is given, and what it cuts off is counted. Only ids cross the native border, no strings or masks, and
 * offsets only for texts that are to be cut into chunks; this calls the native functions below DJL's {@code
 * HuggingFaceTokenizer}, which fetches all of those, and which makes a request to the network when it is opened. Where the
 * tokenizer is BERT's, most words do not even get there ({@link BertWords}).
 *
 * <p>Thread-safe: calls run side by side, and closing waits for those under way. Owns the native tokenizer; whoever opens
 * this closes it, and may close it twice.
 */
public final class HuggingFaceTokenizer implements Tokenizer {

    private static final TokenizersLibrary NATIVE = TokenizersLibrary.LIB;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Longer texts are tokenized slice by slice; a slice takes some hundred bytes of native memory per character. */
    private static final int MAX_SLICE_CHARS = 100_000;

    private final int maxLength;
    private final SpecialTokens special;
    private final int maxSliceChars;
    private final Optional<BertWords> words;
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();
    private long handle;

    private HuggingFaceTokenizer(
            long handle, int maxLength, SpecialTokens special, int maxSliceChars, Optional<BertWords> words) {
        this.handle = handle;
        this.maxLength = maxLength;
        this.special = special;
        this.maxSliceChars = maxSliceChars;
        this.words = words;
    }

    /**
     * Opens a tokenizer.
     *
     * @param json the text of a tokenizer.json
     * @param source where it comes from, for messages
     * @param maxLength the most tokens of a text that the model reads, special tokens included
     * @throws TokenizerException when it is not a tokenizer.json, asks for what is not supported, or the native library
     *     cannot be loaded
     */
    public static HuggingFaceTokenizer open(String json, String source, int maxLength) {
        return open(json, source, maxLength, MAX_SLICE_CHARS);
    }

    /** The same with nothing but the library, which the words of {@link BertWords} are held to. */
    public static HuggingFaceTokenizer openLibrary(String json, String source, int maxLength) {
        return open(withoutTruncationAndPadding(json, source), source, maxLength, MAX_SLICE_CHARS, Optional.empty());
    }

    static HuggingFaceTokenizer open(String json, String source, int maxLength, int maxSliceChars) {
        var plain = withoutTruncationAndPadding(json, source);
        return open(plain, source, maxLength, maxSliceChars, BertWords.of(plain));
    }

    private static HuggingFaceTokenizer open(
            JsonNode json, String source, int maxLength, int maxSliceChars, Optional<BertWords> words) {
        loadNativeLibrary();
        long handle;
        try {
            handle = NATIVE.createTokenizerFromString(json.toString());
        } catch (RuntimeException e) {
            throw new TokenizerException(
                    "%s: expected a tokenizer.json that the tokenizers library reads, found: %s"
                            .formatted(source, e.getMessage()),
                    e);
        }
        try {
            var special = SpecialTokens.probe(toInts(ids(handle, "a", true)), toInts(ids(handle, "a", false)), source);
            if (maxLength <= special.count()) {
                throw new TokenizerException(
                        "%s: expected a maximum length above its %d special tokens, found %d; set --max-seq-length higher"
                                .formatted(source, special.count(), maxLength));
            }
            return new HuggingFaceTokenizer(handle, maxLength, special, maxSliceChars, words);
        } catch (RuntimeException e) {
            NATIVE.deleteTokenizer(handle);
            throw e;
        }
    }

    @Override
    public TokenizedText tokenize(String text) {
        var ids = new IdBuffer(maxLength - special.count(), text.length() / 2 + 1);
        open.readLock().lock();
        try {
            checkOpen();
            for (var slice : TextSlices.of(text, maxSliceChars)) {
                words.ifPresentOrElse(
                        known -> known.tokenize(slice, ids, this::idsByLibrary), () -> ids.add(idsByLibrary(slice)));
            }
        } finally {
            open.readLock().unlock();
        }
        return ids.between(special);
    }

    /** Those of a text that is not cut, without special tokens. */
    private long[] idsByLibrary(String text) {
        return ids(handle, wellFormed(text), false);
    }

    @Override
    public int[] starts(String text) {
        var starts = IntStream.builder();
        open.readLock().lock();
        try {
            checkOpen();
            var sliceStart = 0;
            for (var slice : TextSlices.of(wellFormed(text), maxSliceChars)) {
                var spans = encode(handle, slice, false, NATIVE::getTokenCharSpans);
                // the library counts code points of the text as it was before it was normalized
                var codePoint = 0;
                var index = 0;
                for (var span : spans) {
                    for (; codePoint < span.getStart() && index < slice.length(); codePoint++) {
                        index += Character.charCount(slice.codePointAt(index));
                    }
                    starts.add(sliceStart + index);
                }
                sliceStart += slice.length();
            }
        } finally {
            open.readLock().unlock();
        }
        return starts.build().toArray();
    }

    private void checkOpen() {
        if (handle == 0) {
            throw new IllegalStateException("the tokenizer is closed");
        }
    }

    private static long[] ids(long handle, String text, boolean addSpecialTokens) {
        return encode(handle, text, addSpecialTokens, NATIVE::getTokenIds);
    }

    private static <T> T encode(long handle, String text, boolean addSpecialTokens, LongFunction<T> read) {
        try {
            var encoding = NATIVE.encode(handle, text, addSpecialTokens);
            try {
                return read.apply(encoding);
            } finally {
                NATIVE.deleteEncoding(encoding);
            }
        } catch (RuntimeException e) {
            throw new TokenizerException("the tokenizer failed: " + e.getMessage(), e);
        }
    }

    private static int[] toInts(long[] ids) {
        return Arrays.stream(ids).mapToInt(id -> (int) id).toArray();
    }

    /** The text with each lone surrogate replaced by U+FFFD, as a UTF-8 decoder would have done. */
    static String wellFormed(String text) {
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return text.codePoints()
                        .map(p -> p >= Character.MIN_SURROGATE && p <= Character.MAX_SURROGATE ? 0xFFFD : p)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }

    private static JsonNode withoutTruncationAndPadding(String json, String source) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new TokenizerException(
                    "%s: expected a tokenizer.json, found no JSON: %s".formatted(source, e.getOriginalMessage()), e);
        }
        if (!(root instanceof ObjectNode tokenizer) || !tokenizer.path("model").isObject()) {
            throw new TokenizerException(
                    "%s: expected a tokenizer.json with an object named \"model\", found none".formatted(source));
        }
        var direction = tokenizer.path("truncation").path("direction").asText("Right");
        if (!direction.equalsIgnoreCase("right")) {
            throw new TokenizerException("%s: expected truncation direction Right, found %s; texts are cut at their end"
                    .formatted(source, direction));
        }
        return tokenizer.putNull("truncation").putNull("padding");
    }

    /** Keeps DJL off the network and off the GPU: on a CUDA machine it would fetch another native library. */
    static void loadNativeLibrary() {
        System.setProperty("ai.djl.offline", "true");
        if (System.getenv("RUST_FLAVOR") == null) {
            System.setProperty("RUST_FLAVOR", "cpu");
        }
        // DJL looks for its files by the context class loader, which on Spark's executors is not always ours
        var thread = Thread.currentThread();
        var context = thread.getContextClassLoader();
        thread.setContextClassLoader(HuggingFaceTokenizer.class.getClassLoader());
        try {
            LibUtils.checkStatus();
        } catch (EngineException e) {
            throw new TokenizerException("the tokenizers library could not be loaded: " + e.getMessage(), e);
        } finally {
            thread.setContextClassLoader(context);
        }
    }

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (handle != 0) {
                NATIVE.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            open.writeLock().unlock();
        }
    }
}
