package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionType.Kind;
import dev.packhorse.udf.options.OptionType.Shape;
import dev.packhorse.udf.options.StageOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Params and options are one list. */
class TextEmbedderParamsTest {

    private static final Map<Kind, Class<?>> PARAMS =
            Map.of(Kind.TEXT, Param.class, Kind.INTEGER, IntParam.class, Kind.BOOLEAN, BooleanParam.class);
    private static final Map<Kind, Class<?>> PLAIN =
            Map.of(Kind.TEXT, String.class, Kind.INTEGER, int.class, Kind.BOOLEAN, boolean.class);

    private final TextEmbedder stage = new TextEmbedder();

    static List<Option<?>> options() {
        return StageOptions.WITH_ENCODING;
    }

    @Test
    void thereAreNoOtherParamsAndTheyAreInSparksOrder() {
        assertThat(Arrays.stream(stage.params()).map(Param::name))
                .containsExactlyElementsOf(
                        options().stream().map(Option::camelCase).sorted().toList());
    }

    @ParameterizedTest
    @MethodSource("options")
    <T> void eachOptionIsAParamWithItsHelpItsDefaultAndASetter(Option<T> option) throws Exception {
        var param = stage.getParam(option.camelCase());
        var kind = option.type().kind();

        assertThat(option.type().shape()).isNotEqualTo(Shape.REPEATED);
        assertThat(PARAMS.get(kind)).isAssignableFrom(param.getClass());
        assertThat(param.doc()).isEqualTo(option.help() + " (" + option.type().label() + ")");
        assertThat(stage.hasDefault(param)).isEqualTo(option.fallback().isPresent());
        option.fallback()
                .ifPresent(value -> assertThat(stage.getOrDefault(param).toString())
                        .isEqualTo(option.type().writer().apply(value)));
        var setter = TextEmbedder.class.getMethod(setter(option), PLAIN.get(kind));
        assertThat(setter.getReturnType()).isEqualTo(TextEmbedder.class);
    }

    private static String setter(Option<?> option) {
        var name = option.camelCase();
        return "set" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** Values that every check takes, for options with words of their own. */
    private static final Map<String, String> TEXTS = Map.ofEntries(
            Map.entry("pooling", "cls+max"),
            Map.entry("precision", "int8"),
            Map.entry("path", "slow"),
            Map.entry("dedupe-cache", "3m"),
            Map.entry("on-error", "fail"),
            Map.entry("empty-text", "encode"),
            Map.entry("long-text", "chunk"),
            Map.entry("device", "cuda:1"),
            Map.entry("chunk-output", "mean"),
            Map.entry("output-type", "vector"),
            Map.entry("fingerprint", "0123456789abcdef".repeat(4)));

    @ParameterizedTest
    @MethodSource("options")
    void eachSetterSetsItsParam(Option<?> option) throws Exception {
        var kind = option.type().kind();
        var value =
                switch (kind) {
                    case TEXT -> TEXTS.getOrDefault(option.name(), "some text");
                    case INTEGER -> 7;
                    case BOOLEAN -> true;
                };

        var same = TextEmbedder.class.getMethod(setter(option), PLAIN.get(kind)).invoke(stage, value);

        assertThat(same).isSameAs(stage);
        assertThat(Stages.value(stage, option.camelCase())).isEqualTo(value);
        assertThat(Arrays.stream(stage.params()).filter(stage::isSet)).hasSize(1);
    }

    @Test
    void explainParamsListsHelpValuesAndDefaults() {
        stage.setMaxBatchTokens(2048);

        assertThat(stage.explainParams())
                .contains("maxBatchTokens: Token budget of a batch, padding included; a single longer row goes alone."
                        + " Default: 512 on the CPU, 32768 on a GPU. (an integer from 1 to 1000000) (current: 2048)")
                .contains(
                        "outputType: What vectors are: array<float>, or the vectors of Spark ML, which its other stages"
                                + " take. (one of array, vector) (default: array)")
                .contains("normalize: Whether vectors have length 1. Default: what the model says. (true or false)"
                        + " (undefined)")
                .contains("model: ")
                .contains("(default: all-minilm-l6-v2)")
                .hasLineCount(options().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "precision   | int9  | precision: expected one of auto, float32, bfloat16, float16, int8, found 'int9'",
                "device      | gpu   | device: expected auto, cpu, cuda or cuda:N with the number of a GPU, found 'gpu'; the nearest is cuda",
                "outputType  | list  | outputType: expected one of array, vector, found 'list'",
                "dedupeCache | much  | dedupeCache: expected a size such as 512k, 256m or 1g, found 'much'",
                "inputCol    | ' '   | inputCol: expected text, found ' '",
                "fingerprint | abc   | fingerprint: expected 64 hexadecimal digits in lower case, found 'abc'",
                "normalize   | yes   | normalize: expected true or false, found String yes",
                "windowRows  | many  | windowRows: expected an integer from 1 to 1000000, found String many",
            })
    void aBadValueFailsWhenItIsSet(String param, String value, String message) {
        assertThatThrownBy(() -> stage.set(param, value))
                .isInstanceOf(OptionException.class)
                .hasMessage(message);
        assertThat(stage.isSet(stage.getParam(param))).isFalse();
    }

    @Test
    void integersOutOfBoundsAndNullFailWhenTheyAreSet() {
        assertThatThrownBy(() -> stage.setMaxBatchTokens(0))
                .isInstanceOf(OptionException.class)
                .hasMessage("maxBatchTokens: expected an integer from 1 to 1000000, found '0'");
        assertThatThrownBy(() -> stage.setModel(null))
                .isInstanceOf(OptionException.class)
                .hasMessage("model: expected text, found null");
    }

    @Test
    void anUnknownParamNamesTheNearest() {
        Stream.<Runnable>of(() -> stage.getParam("maxBatchToken"), () -> stage.set("maxBatchToken", 1))
                .forEach(call -> assertThatThrownBy(call::run)
                        .isInstanceOf(NoSuchElementException.class)
                        .hasMessage("unknown Param maxBatchToken; the nearest is maxBatchTokens"));
        assertThat(stage.hasParam("maxBatchToken")).isFalse();
        assertThat(stage.hasParam("maxBatchTokens")).isTrue();
    }

    @Test
    void aCopyHasTheSameNameAndValuesAndWhatIsExtra() {
        stage.setPrompt("query: ").setMaxSeqLength(9);
        var extra = ParamMap.empty().put(stage.getParam("maxSeqLength"), 5);

        var copy = stage.copy(extra);

        assertThat(copy).isNotSameAs(stage);
        assertThat(copy.uid()).isEqualTo(stage.uid()).startsWith("TextEmbedder_");
        assertThat(Stages.value(copy, "prompt")).isEqualTo("query: ");
        assertThat(Stages.value(copy, "maxSeqLength")).isEqualTo(5);
        assertThat(Stages.value(stage, "maxSeqLength")).isEqualTo(9);
    }

    @Test
    void aStageIsSerializableAndChecksStill() throws Exception {
        stage.setPrompt("query: ");
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(stage);
        }

        TextEmbedder read;
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            read = (TextEmbedder) in.readObject();
        }

        assertThat(Stages.value(read, "prompt")).isEqualTo("query: ");
        assertThatThrownBy(() -> read.setPath("middle"))
                .isInstanceOf(OptionException.class)
                .hasMessage("path: expected one of auto, fast, slow, pytorch, found 'middle'");
    }
}
