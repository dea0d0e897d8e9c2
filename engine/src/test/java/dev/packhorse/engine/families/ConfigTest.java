package dev.packhorse.engine.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.packhorse.engine.FamilyFixture;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture.Known;
import dev.packhorse.engine.families.Architecture.Opaque;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a config.json may say, beyond what the fixtures say. */
class ConfigTest {

    private static Architecture describe(String family, String key, String value) throws IOException {
        var fixture = FamilyFixture.all()
                .filter(one -> one.family().equals(family))
                .findFirst()
                .orElseThrow();
        return Families.describe("config.json", with(fixture.configJson(), key, value));
    }

    private static JsonNode with(JsonNode config, String key, String value) throws IOException {
        return ((ObjectNode) config).set(key, new ObjectMapper().readTree(value.replace('\'', '"')));
    }

    /** What changes vectors and is not computed here goes to the slow path. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bert       | hidden_act                     | 'quick_gelu' | hidden_act: expected one of [",
                "bert       | position_embedding_type        | 'relative_key' | position_embedding_type: expected absolute",
                "roberta    | is_decoder                     | true         | is_decoder: expected false, found true",
                "mpnet      | relative_attention_num_buckets | 64 | relative_attention_num_buckets: expected 32, found 64",
                "modernbert | rope_scaling | {'rope_type': 'linear', 'factor': 4} | rope_scaling: expected none, found {",
                "modernbert | layer_types  | ['full_attention'] | layer_types: expected 4 of full_attention and",
                "modernbert | rope_parameters | {'full_attention': {'rope_type': 'yarn'}} | rope_type: expected default, found yarn",
                "nomic-bert | rope_scaling | {'rope_type': 'dynamic', 'factor': 2} | rope_scaling: expected none, found {",
                "nomic-bert | prenorm      | true  | prenorm: expected false, found true",
                "nomic-bert | rotary_emb_fraction | 0.5 | rotary_emb_fraction: expected 1, found less",
                "nomic-bert | moe_every_n_layers | 2 | moe_every_n_layers: expected 0, found 2",
                "nomic-bert | activation_function | 'gelu' | activation_function: expected swiglu or geglu, found gelu",
                "gte        | rope_parameters | {'rope_type': 'ntk', 'factor': 2, 'mixed_b': 1} | rope mixed_b: expected none",
                "gte        | logn_attention_scale | true | logn_attention_scale: expected false, found true",
            },
            quoteCharacter = '`')
    void whatIsNotForUsIsAFailedCondition(String family, String key, String value, String reason) throws IOException {
        var architecture = describe(family, key, value);
        assertThat(architecture).isInstanceOf(Opaque.class);
        assertThat(((Opaque) architecture).reason()).startsWith(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bert       | num_hidden_layers | 2000000000 | expected num_hidden_layers of at most 1000, found 2000000000",
                "bert       | num_hidden_layers | 1e99       | expected a positive integer num_hidden_layers, found 1.0E99",
                "bert       | layer_norm_eps    | 'small'    | expected a number layer_norm_eps, found `small`",
                "roberta    | pad_token_id      | 2147483647 | expected max_position_embeddings of more than pad_token_id + 1, found 130 and 2147483647",
                "roberta    | pad_token_id      | -1         | expected max_position_embeddings of more than pad_token_id + 1, found 130 and -1",
                "mpnet      | max_position_embeddings | 2    | expected max_position_embeddings of at least 3, found 2",
                "modernbert | max_position_embeddings | 2000000000 | expected max_position_embeddings of at most 131072, found 2000000000",
                "gte        | hidden_size       | 60         | expected heads of an even width, found 15",
                "distilbert | dim               | 30         | expected a hidden size that is a multiple of n_heads, found 30 and 4",
            },
            quoteCharacter = '~')
    void whatIsSenselessIsNamed(String family, String key, String value, String message) {
        assertThatThrownBy(() -> describe(family, key, value))
                .isInstanceOf(ModelException.class)
                .hasMessage("config.json: " + message.replace('`', '"'));
    }

    @Test
    void everyLayersNumberOfGlobalLayersIsPositive() throws IOException {
        var fixture = FamilyFixture.all()
                .filter(one ->
                        one.config().equals("config-v4.json") && one.family().equals("modernbert"))
                .findFirst()
                .orElseThrow();
        assertThatThrownBy(() ->
                        Families.describe("config.json", with(fixture.configJson(), "global_attn_every_n_layers", "0")))
                .isInstanceOf(ModelException.class)
                .hasMessage("config.json: expected a positive integer global_attn_every_n_layers, found 0");
    }

    /** The slow path must know it too, whatever else keeps a model from the fast one. */
    @Test
    void wherePositionsBeginIsKnownOfModelsThatAreNotForUs() throws IOException {
        assertThat(describe("roberta", "hidden_act", "'quick_gelu'").padding()).isEqualTo(1);
        assertThat(describe("roberta", "model_type", "'longformer'").padding()).isEqualTo(1);
        assertThat(describe("bert", "hidden_act", "'quick_gelu'").padding()).isEqualTo(-1);
    }

    @Test
    void theOlderKeyOfNomicsFrequenciesCounts() throws IOException {
        var fixture = FamilyFixture.all()
                .filter(one -> one.family().equals("nomic-bert"))
                .findFirst()
                .orElseThrow();
        var config = (ObjectNode) fixture.configJson();
        config.remove("rope_parameters");
        var known = (Known) Families.describe("config.json", config.put("rope_theta", 5_000));
        assertThat(known.shape().layers().get(0).rotation().theta()).isEqualTo(5_000);
    }
}
