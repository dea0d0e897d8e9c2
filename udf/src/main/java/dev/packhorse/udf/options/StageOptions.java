package dev.packhorse.udf.options;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The options that a stage of a Spark ML pipeline has beside those of the encoding. Constants, immutable. */
public final class StageOptions {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public static final Option<String> INPUT_COL =
            Option.of("input-col", OptionType.text(), "text", "The column of texts.");

    public static final Option<String> OUTPUT_COL = Option.of(
            "output-col",
            OptionType.text(),
            "embedding",
            "The column to add with vectors; null where there is an error.");

    public static final Option<OutputType> OUTPUT_TYPE = Option.of(
            "output-type",
            OptionType.choice(OutputType.class, OutputType::id),
            OutputType.ARRAY,
            "What vectors are: array<float>, or the vectors of Spark ML, which its other stages take.");

    public static final Option<String> ERROR_COL = Option.of(
            "error-col",
            OptionType.text(),
            "A column to add with why a row has no vector, null where it has one. Default: none.");

    public static final Option<String> TOKENS_COL = Option.of(
            "tokens-col", OptionType.text(), "A column to add with the tokens that the model read. Default: none.");

    public static final Option<String> TRUNCATED_COL = Option.of(
            "truncated-col",
            OptionType.text(),
            "A column to add with whether a text was longer than what was read of it. Default: none.");

    public static final Option<String> FINGERPRINT = Option.of(
            "fingerprint",
            OptionType.parsed("64 hexadecimal digits in lower case", StageOptions::sha256, Function.identity()),
            "What the vectors' fingerprint must be; others stop the stage. What is saved has it.");

    /** All of them, in the order in which people read them. */
    public static final List<Option<?>> ALL =
            List.of(INPUT_COL, OUTPUT_COL, OUTPUT_TYPE, ERROR_COL, TOKENS_COL, TRUNCATED_COL, FINGERPRINT);

    /** These, and then those of the encoding. */
    public static final List<Option<?>> WITH_ENCODING =
            Stream.of(ALL, EncodeOptions.ALL).flatMap(List::stream).toList();

    private StageOptions() {}

    private static String sha256(String text) {
        return Optional.of(text)
                .filter(digits -> SHA256.matcher(digits).matches())
                .orElseThrow(() -> new IllegalArgumentException("no SHA-256"));
    }

    /** What vectors are in a Dataset. */
    public enum OutputType {
        /** {@code array<float>} */
        ARRAY("array"),
        /** {@code org.apache.spark.ml.linalg.Vector} */
        VECTOR("vector");

        private final String id;

        OutputType(String id) {
            this.id = id;
        }

        /** The name that options use. */
        public String id() {
            return id;
        }
    }
}
