package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.families.Families;
import dev.packhorse.engine.transformer.TransformerShape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test changes one thing in a copy of tiny-bert. */
class ModelFolderTest {

    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void copy() {
        folder = Fixtures.copyTinyBert(parent);
    }

    @Test
    void aFolderOfSentenceTransformersIsRead() throws IOException {
        var model = ModelFolder.read(folder);
        assertThat(model.name()).isEqualTo("tiny-bert");
        assertThat(model.dimension()).isEqualTo(32);
        assertThat(model.maxSeqLength()).isEqualTo(64);
        assertThat(model.head()).isEqualTo(Head.of(Pooling.MEAN, true));
        assertThat(model.texts().prompt()).isEmpty();
        assertThat(model.texts().lowerCase()).isFalse();
        assertThat(model.texts().tokenizer()).isEqualTo(Map.of("lowercase", true, "handle_chinese_chars", true));
        assertThat(model.onnx().get(0).location())
                .hasToString(folder.resolve("onnx/model.onnx").toString());
        assertThat(model.tokenizer().text()).isEqualTo(Files.readString(folder.resolve("tokenizer.json")));
    }

    @Test
    void theNameIsTheFoldersOwnHoweverItIsWritten() {
        assertThat(ModelFolder.read(folder.resolve("onnx/..")).name()).isEqualTo("tiny-bert");
        assertThat(ModelFolder.read(folder.resolve(".")).name()).isEqualTo("tiny-bert");
    }

    @Test
    void theGraphMayLieBesideTheConfiguration() throws IOException {
        Files.move(folder.resolve("onnx/model.onnx"), folder.resolve("model.onnx"));
        assertThat(ModelFolder.read(folder).onnx().get(0).location())
                .hasToString(folder.resolve("model.onnx").toString());
    }

    @Test
    void weightsInSafetensorsAreListedWhereThereAreAny() throws IOException {
        var file = folder.resolve("model.safetensors");
        assertThat(ModelFolder.read(folder).safetensors())
                .containsExactly(ModelFile.of("model.safetensors", new ModelFile.Location.Local(file.toString())));
        Files.delete(file);
        assertThat(ModelFolder.read(folder).safetensors()).isEmpty();
    }

    @Test
    void theSizesOfABertAreRead() throws IOException {
        assertThat(ModelFolder.read(folder).architecture())
                .isEqualTo(new Architecture.Known("bert", TransformerShape.bert(32, 2, 4, 64, 550, 128, 1e-12f)));

        change("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
        change("config.json", "\"num_attention_heads\": 4", "\"num_attention_heads\": 8");
        change("config.json", "\"intermediate_size\": 64", "\"intermediate_size\": 65");
        change("config.json", "\"vocab_size\": 550", "\"vocab_size\": 551");
        change("config.json", "\"max_position_embeddings\": 128", "\"max_position_embeddings\": 129");
        change("config.json", "\"type_vocab_size\": 2", "\"type_vocab_size\": 1");
        change("config.json", "\"layer_norm_eps\": 1e-12", "\"layer_norm_eps\": 1e-5");
        assertThat(ModelFolder.read(folder).architecture())
                .isEqualTo(new Architecture.Known("bert", TransformerShape.bert(32, 3, 8, 65, 551, 129, 1e-5f)));
    }

    /** Old files have none of them, and transformers then takes BERT's own. */
    @ParameterizedTest
    @ValueSource(strings = {"type_vocab_size", "layer_norm_eps", "hidden_act", "position_embedding_type"})
    void whatABertsConfigurationLeavesOutIsTransformersDefault(String key) throws IOException {
        change("config.json", "\"" + key + "\"", "\"not_" + key + "\"");
        assertThat(ModelFolder.read(folder).architecture())
                .isEqualTo(new Architecture.Known("bert", TransformerShape.bert(32, 2, 4, 64, 550, 128, 1e-12f)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size"})
    void aMissingSizeOfABertIsNamed(String key) throws IOException {
        change("config.json", "\"" + key + "\"", "\"not_" + key + "\"");
        assertRefused("config.json").hasMessageEndingWith("expected a positive integer " + key + ", found nothing");
    }

    @Test
    void headsThatDoNotDivideTheHiddenSizeAreRefused() throws IOException {
        change("config.json", "\"num_attention_heads\": 4", "\"num_attention_heads\": 5");
        assertRefused("config.json")
                .hasMessageEndingWith(
                        "expected a hidden size that is a multiple of num_attention_heads, found 32 and 5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model_type\": \"bert\"     | model_type\": \"t5\" | model_type: expected one of %s, found t5",
                "model_type\"               | not_model_type\"         | model_type: expected one of %s, found nothing",
                "hidden_act\": \"gelu\"     | hidden_act\": \"softsign\" "
                        + "| hidden_act: expected one of [gelu, gelu_fast, gelu_new, gelu_python, gelu_pytorch_tanh, relu, silu, swish], found softsign",
                "_type\": \"absolute\"      | _type\": \"relative_key\"  "
                        + "| position_embedding_type: expected absolute, found relative_key",
                "use_cache\": true          | is_decoder\": true      " + "| is_decoder: expected false, found true",
            })
    void whatIsNoBertOfTheUsualKindIsLeftToItsGraphWithTheReason(String from, String to, String reason)
            throws IOException {
        change("config.json", from, to);
        assertThat(((Architecture.Opaque) ModelFolder.read(folder).architecture()).reason())
                .isEqualTo(reason.formatted(Families.modelTypes()));
    }

    @Test
    void anotherFamilyNeedsNoSizesOfABert() throws IOException {
        change("config.json", "\"model_type\": \"bert\"", "\"model_type\": \"t5\"");
        change("config.json", "\"num_attention_heads\"", "\"num_heads\"");
        change("config.json", "\"intermediate_size\"", "\"d_ff\"");
        assertThat(((Architecture.Opaque) ModelFolder.read(folder).architecture()).reason())
                .isEqualTo("model_type: expected one of %s, found t5".formatted(Families.modelTypes()));
    }

    @Test
    void whereNobodySaysTheLengthTheTokenizersMaximumCounts() throws IOException {
        Files.delete(folder.resolve("sentence_bert_config.json"));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"model_max_length\": 40}");
        assertThat(ModelFolder.read(folder).maxSeqLength()).isEqualTo(40);

        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"model_max_length\": 1e30}");
        assertThat(ModelFolder.read(folder).maxSeqLength()).isEqualTo(128);

        Files.delete(folder.resolve("tokenizer_config.json"));
        assertThat(ModelFolder.read(folder).maxSeqLength()).isEqualTo(128);
    }

    @Test
    void aFolderThatIsMissingIsNeitherFolderNorEmbeddedModel() {
        var missing = parent.resolve("no-such-model");
        assertThatThrownBy(() -> ModelFolder.read(missing))
                .isInstanceOf(ModelException.class)
                .hasMessage(missing + ": expected a model folder or one of the embedded models"
                        + " (all-minilm-l6-v2, bge-small-en-v1.5), found neither");
    }

    @Test
    void aFileInPlaceOfTheFolderIsNoModel() {
        var file = folder.resolve("config.json");
        assertThatThrownBy(() -> ModelFolder.read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(file + ": expected a model folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "1_Pooling/config.json", "tokenizer.json"})
    void aMissingFileIsNamed(String name) throws IOException {
        Files.delete(folder.resolve(name));
        assertRefused(name, "expected a readable file, found: java.nio.file.NoSuchFileException");
    }

    /** As in a cluster's folder that somebody meant to fill: it must be refused before it is read. */
    @ParameterizedTest
    @ValueSource(strings = {"config.json", "modules.json", "1_Pooling/config.json", "tokenizer_config.json"})
    void aHugeConfigurationIsRefusedBySize(String name) throws IOException {
        try (var file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
            file.setLength(2L << 30); // sparse
        }
        assertRefused(
                name, "expected at most 16,777,216 bytes, found 2,147,483,648; is it the file that its name says?");
    }

    @Test
    void jsonOfAThousandLevelsIsRefused() throws IOException {
        Files.writeString(folder.resolve("modules.json"), "[".repeat(1000) + "]".repeat(1000));
        assertRefused("modules.json")
                .hasMessageContaining("expected JSON, found: ")
                .hasMessageContaining("epth (101) exceeds the maximum allowed"); // Jackson's own words, which differ
    }

    @Test
    void aKeyThatIsThereTwiceIsRefused() throws IOException {
        change("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2, \"num_hidden_layers\": 3");
        assertRefused("config.json", "expected JSON, found: Duplicate field 'num_hidden_layers'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "modules.json", "1_Pooling/config.json", "sentence_bert_config.json"})
    void brokenJsonIsNamed(String name) throws IOException {
        var whole = Files.readString(folder.resolve(name)).strip();
        Files.writeString(folder.resolve(name), whole.substring(0, whole.length() - 1));
        assertRefused(name, "expected JSON, found: Unexpected end-of-input");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-32            | -32",
                "0              | 0",
                "32.5           | 32.5",
                "\"32\"         | \"32\"",
                "null           | nothing",
                "99999999999    | 99999999999",
            })
    void aHiddenSizeThatIsNoPositiveIntegerIsRefused(String written, String found) throws IOException {
        change("config.json", "\"hidden_size\": 32", "\"hidden_size\": " + written);
        assertRefused("config.json").hasMessageEndingWith("expected a positive integer hidden_size, found " + found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden_size", "max_position_embeddings"})
    void aMissingNumberIsNamed(String key) throws IOException {
        change("config.json", "\"" + key + "\"", "\"not_" + key + "\"");
        assertRefused("config.json").hasMessageEndingWith("expected a positive integer " + key + ", found nothing");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void aMaximumLengthThatIsNoneIsRefused(int length) throws IOException {
        change("sentence_bert_config.json", "\"max_seq_length\": 64", "\"max_seq_length\": " + length);
        assertRefused("sentence_bert_config.json")
                .hasMessageEndingWith("expected a positive integer max_seq_length, found " + length);
    }

    /** As some models of RoBERTa's kin are published. */
    @Test
    void aMaximumLengthThatThePositionsDoNotAllowIsWhatTheyAllow() throws IOException {
        change("sentence_bert_config.json", "\"max_seq_length\": 64", "\"max_seq_length\": 130");
        assertThat(ModelFolder.read(folder).maxSeqLength()).isEqualTo(128);
    }

    @Test
    void aMaximumLengthOfAllPositionsIsRead() throws IOException {
        change("sentence_bert_config.json", "\"max_seq_length\": 64", "\"max_seq_length\": 128");
        assertThat(ModelFolder.read(folder).maxSeqLength()).isEqualTo(128);
    }

    @Test
    void withoutAMaximumLengthThePositionsDecide() throws IOException {
        change("sentence_bert_config.json", "\"max_seq_length\": 64", "\"max_seq_length\": null");
        assertThat(ModelFolder.read(folder).maxSeqLength()).isEqualTo(128);
        Files.delete(folder.resolve("sentence_bert_config.json"));
        assertThat(ModelFolder.read(folder).maxSeqLength()).isEqualTo(128);
    }

    /** Replaces every {@code from} in a file, of which there must be one. */
    private void change(String name, String from, String to) throws IOException {
        var file = folder.resolve(name);
        var text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    private void assertRefused(String name, String how) {
        assertRefused(name).hasMessageStartingWith(folder.resolve(name) + ": " + how);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String name) {
        return assertThatThrownBy(() -> ModelFolder.read(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(folder.resolve(name) + ": expected ");
    }
}
