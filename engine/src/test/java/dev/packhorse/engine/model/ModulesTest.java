package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.FamilyFixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What modules.json and the folders that it names make of a model. */
class ModulesTest extends TinyFolder {

    private static final String POOLING = "1_Pooling/config.json";

    /** Each is a class' name and a folder. */
    private void modules(String... typesAndPaths) throws IOException {
        var json = new StringBuilder("[");
        for (var i = 0; i < typesAndPaths.length; i += 2) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"idx\": %d, \"type\": \"sentence_transformers.%s\", \"path\": \"%s\"}"
                            .formatted(i / 2, typesAndPaths[i], typesAndPaths[i + 1]));
        }
        write("modules.json", json.append("]").toString());
    }

    private void dense(String path, String config) throws IOException {
        write(path + "/config.json", config);
        Files.copy(
                FamilyFixtures.folder("layouts/dense").resolve("2_Dense/model.safetensors"),
                folder.resolve(path + "/model.safetensors"));
    }

    @Test
    void withoutModulesItIsTheMeanOfAllTokens() throws IOException {
        Files.delete(folder.resolve("modules.json"));
        write("config_sentence_transformers.json", "{\"prompts\": {\"q\": \"q: \"}, \"default_prompt_name\": \"q\"}");
        assertThat(read().head()).isEqualTo(Head.of(Pooling.MEAN, false));
        assertThat(read().texts().prompt())
                .as("as sentence-transformers, which does not look")
                .isEmpty();
        assertThat(read().maxSeqLength()).isEqualTo(128);
    }

    @Test
    void withoutNormalizeVectorsKeepTheirLength() throws IOException {
        modules("models.Transformer", "", "models.Pooling", "1_Pooling");
        assertThat(read().head()).isEqualTo(Head.of(Pooling.MEAN, false));
    }

    @Test
    void theNamesOfNewerVersionsAreTheSameModules() throws IOException {
        modules(
                "base.modules.transformer.Transformer",
                "",
                "sentence_transformer.modules.pooling.Pooling",
                "1_Pooling",
                "base.modules.normalize.Normalize",
                "2_Normalize");
        assertThat(read().head()).isEqualTo(Head.of(Pooling.MEAN, true));
    }

    @Test
    void theEncoderMayHaveAFolderOfItsOwn() throws IOException {
        Files.createDirectories(folder.resolve("0_Transformer/onnx"));
        for (var name : List.of(
                "config.json", "tokenizer.json", "model.safetensors", "onnx/model.onnx", "sentence_bert_config.json")) {
            Files.move(folder.resolve(name), folder.resolve("0_Transformer/" + name));
        }
        modules("models.Transformer", "0_Transformer", "models.Pooling", "1_Pooling");
        assertThat(read().tokenizer().path()).isEqualTo("0_Transformer/tokenizer.json");
        assertThat(read().onnx().get(0).path()).isEqualTo("0_Transformer/onnx/model.onnx");
        assertThat(read().maxSeqLength()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sentence_transformers.models.WordWeights", "custom_st.Transformer", "Transformer", ""})
    void aModuleThatIsNotKnownIsRefusedByName(String type) throws IOException {
        change("modules.json", "sentence_transformers.models.Transformer", type);
        assertRefused("modules.json")
                .hasMessageEndingWith("expected the modules Transformer, Pooling, Dense and Normalize of"
                        + " sentence-transformers, found '" + type
                        + "'; each module changes the vectors, so none is skipped");
    }

    @Test
    void modulesInAnotherOrderAreRefused() throws IOException {
        modules("models.Transformer", "", "models.Normalize", "2", "models.Pooling", "1_Pooling");
        assertRefused("modules.json")
                .hasMessageEndingWith("expected the modules Transformer, Pooling, and then perhaps Dense and Normalize,"
                        + " found [Transformer, Normalize, Pooling]");
    }

    @Test
    void anEmptyModulesFileIsRefused() throws IOException {
        write("modules.json", "[]");
        assertRefused("modules.json").hasMessageEndingWith("found []");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../1_Pooling", "/etc", "a/../../b", "a//b", "./a"})
    void aModuleOutsideTheFolderIsRefused(String path) throws IOException {
        change("modules.json", "1_Pooling", path);
        assertRefused("modules.json")
                .hasMessageEndingWith("expected the path of a folder inside the model's, found '" + path + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "pooling_mode_cls_token, CLS",
        "pooling_mode_max_tokens, MAX",
        "pooling_mode_mean_sqrt_len_tokens, MEAN_SQRT_LEN",
        "pooling_mode_weightedmean_tokens, WEIGHTED_MEAN",
        "pooling_mode_lasttoken, LAST_TOKEN"
    })
    void poolingsByFlagsAreRead(String flag, Pooling pooling) throws IOException {
        write(POOLING, "{\"word_embedding_dimension\": 32, \"%s\": true}".formatted(flag));
        assertThat(read().head()).isEqualTo(Head.of(pooling, true));
        write(
                POOLING,
                "{\"word_embedding_dimension\": 32, \"pooling_mode_mean_tokens\": true, \"%s\": true}".formatted(flag));
        assertThat(read().head().poolings())
                .containsExactlyElementsOf(
                        pooling.compareTo(Pooling.MEAN) < 0
                                ? List.of(pooling, Pooling.MEAN)
                                : List.of(Pooling.MEAN, pooling));
        assertThat(read().dimension()).isEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"mean\"                              | [MEAN]",
                "\"mean_sqrt_len_tokens\"              | [MEAN_SQRT_LEN]",
                "[\"max\", \"cls\", \"lasttoken\"] | [MAX, CLS, LAST_TOKEN]",
            })
    void poolingsByNameAreRead(String mode, String poolings) throws IOException {
        write(
                POOLING,
                "{\"embedding_dimension\": 32, \"pooling_mode\": %s, \"include_prompt\": false}".formatted(mode));
        assertThat(read().head().poolings()).hasToString(poolings);
        assertThat(read().head().includePrompt()).isFalse();
    }

    @Test
    void whereNoFlagIsTrueItIsTheMean() throws IOException {
        change(POOLING, "true", "false");
        assertThat(read().head().poolings()).containsExactly(Pooling.MEAN);
    }

    @Test
    void aPoolingThatIsNotKnownIsRefusedByName() throws IOException {
        write(POOLING, "{\"pooling_mode_mean_tokens\": true, \"pooling_mode_attention\": true}");
        assertRefused(POOLING)
                .hasMessageEndingWith("expected poolings of " + Pooling.ids() + ", found pooling_mode_attention");
        write(POOLING, "{\"pooling_mode\": \"attention\"}");
        assertRefused(POOLING)
                .hasMessageEndingWith("expected pooling_mode of " + Pooling.ids() + ", found \"attention\"");
        write(POOLING, "{\"pooling_mode\": []}");
        assertRefused(POOLING).hasMessageEndingWith("expected at least one pooling_mode, found []");
    }

    @ParameterizedTest
    @ValueSource(strings = {"word_embedding_dimension", "embedding_dimension"})
    void aPoolingOfAnotherDimensionIsRefused(String key) throws IOException {
        write(POOLING, "{\"%s\": 48, \"pooling_mode\": \"mean\"}".formatted(key));
        assertRefused(POOLING).hasMessageEndingWith("expected " + key + " 32 as in config.json, found 48");
    }

    @Test
    void aDenseModuleIsRead() throws IOException {
        modules("models.Transformer", "", "models.Pooling", "1_Pooling", "models.Dense", "2_Dense");
        dense(
                "2_Dense",
                "{\"in_features\": 32, \"out_features\": 24, \"bias\": false,"
                        + " \"activation_function\": \"torch.nn.modules.linear.Identity\"}");
        var step = (Step.Dense) read().head().steps().get(0);
        assertThat(step.weights().path()).isEqualTo("2_Dense/model.safetensors");
        assertThat(step.bias()).isFalse();
        assertThat(step.activation()).isEqualTo(DenseActivation.IDENTITY);
        assertThat(read().dimension()).isEqualTo(24);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"out_features\": 0                                   | expected a positive integer out_features, found 0",
                "\"module_input_name\": \"token_embeddings\" | expected module_input_name sentence_embedding, found token_embeddings",
                "\"use_residual\": true                                | expected use_residual false, found true",
                "\"activation_function\": \"my.Swish\"                 | expected an activation_function among "
                        + "torch.nn.modules.linear.Identity, torch.nn.modules.activation.Tanh, torch.nn.modules.activation.ReLU,"
                        + " torch.nn.modules.activation.GELU, torch.nn.modules.activation.Sigmoid, found my.Swish",
            })
    void aDenseModuleThatDoesSomethingElseIsRefused(String entry, String message) throws IOException {
        modules("models.Transformer", "", "models.Pooling", "1_Pooling", "models.Dense", "2_Dense");
        dense("2_Dense", "{\"in_features\": 32, %s}".formatted(entry));
        assertRefused("2_Dense/config.json").hasMessageEndingWith(message);
    }

    @Test
    void aDenseModuleInAPickleIsRefused() throws IOException {
        modules("models.Transformer", "", "models.Pooling", "1_Pooling", "models.Dense", "2_Dense");
        write("2_Dense/config.json", "{\"in_features\": 32, \"out_features\": 24}");
        write("2_Dense/pytorch_model.bin", "");
        assertRefused("2_Dense/model.safetensors")
                .hasMessageEndingWith("expected it, found only 2_Dense/pytorch_model.bin, a pickle, which is not read"
                        + " because reading one runs code; convert the model: python -c \"from sentence_transformers"
                        + " import SentenceTransformer as S; S('" + folder + "').save('NEW')\"");
    }

    @Test
    void aNormalizeOfTokensIsRefused() throws IOException {
        write("2_Normalize/config.json", "{\"module_input_name\": \"token_embeddings\"}");
        assertRefused("2_Normalize/config.json")
                .hasMessageEndingWith("expected module_input_name sentence_embedding, found token_embeddings");
    }

    @Test
    void aModelThatCutsItsVectorsDoes() throws IOException {
        write("config_sentence_transformers.json", "{\"truncate_dim\": 16}");
        assertThat(read().dimension()).isEqualTo(16);
        assertThat(read().head().normalizes()).isTrue();
    }

    @Test
    void aModelOfAnotherKindIsRefused() throws IOException {
        write("config_sentence_transformers.json", "{\"model_type\": \"SparseEncoder\"}");
        assertRefused("config_sentence_transformers.json")
                .hasMessageEndingWith("expected model_type SentenceTransformer, found SparseEncoder");
    }
}
