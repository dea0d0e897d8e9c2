package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lengths, lower-casing and prompts. */
class EncoderConfigTest extends TinyFolder {

    private static final String SENTENCES = "sentence_bert_config.json";
    private static final String PROMPTS = "config_sentence_transformers.json";

    @Test
    void theFileMayHaveAnOlderName() throws IOException {
        Files.move(folder.resolve(SENTENCES), folder.resolve("sentence_roberta_config.json"));
        change("sentence_roberta_config.json", "64", "63");
        assertThat(read().maxSeqLength()).isEqualTo(63);
    }

    @Test
    void theTokenizersOwnArgumentCountsMore() throws IOException {
        write(SENTENCES, "{\"max_seq_length\": 64, \"tokenizer_args\": {\"model_max_length\": 60}}");
        assertThat(read().maxSeqLength()).isEqualTo(60);
        write(SENTENCES, "{\"processor_kwargs\": {\"model_max_length\": 59}}");
        assertThat(read().maxSeqLength()).isEqualTo(59);
    }

    @Test
    void lowerCasingIsRead() throws IOException {
        write(SENTENCES, "{\"do_lower_case\": true}");
        assertThat(read().texts().lowerCase()).isTrue();
        assertThat(TokenizerJson.text(read()))
                .contains("{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Lowercase\"},{");
    }

    @Test
    void aTokenizerThatLowerCasesStaysAsItIs() throws IOException {
        write(SENTENCES, "{\"do_lower_case\": true}");
        var bert = "\"normalizer\": {";
        change("tokenizer.json", bert, "\"normalizer\": {\"type\": \"Lowercase\"}, \"was\": {");
        assertThat(TokenizerJson.text(read())).contains("\"normalizer\":{\"type\":\"Lowercase\"},");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"transformer_task\": \"fill-mask\"              | expected transformer_task feature-extraction, found \"fill-mask\"",
                "\"module_output_name\": \"scores\"               | expected module_output_name token_embeddings, found \"scores\"",
                "\"modality_config\": {\"text\": {\"method\": \"get_text_features\"}} | expected method forward, found \"get_text_features\"",
                "\"config_args\": {\"num_hidden_layers\": 1}    | expected no config_args, found {\"num_hidden_layers\":1}",
                "\"tokenizer_args\": {\"truncation_side\": \"left\"} | expected in tokenizer_args at most "
                        + "[local_files_only, model_max_length, padding_side, revision, trust_remote_code, use_fast], found [truncation_side]",
                "\"max_seq_length\": 1.5                          | expected a positive integer max_seq_length, found 1.5",
            })
    void whatWouldGiveOtherVectorsIsRefused(String entry, String message) throws IOException {
        write(SENTENCES, "{%s}".formatted(entry));
        assertRefused(SENTENCES).hasMessageEndingWith(message);
    }

    @Test
    void textsThatAreCutAtTheirBeginningAreRefused() throws IOException {
        write("tokenizer_config.json", "{\"truncation_side\": \"left\"}");
        assertRefused("tokenizer_config.json")
                .hasMessageEndingWith("expected truncation_side right, found left; texts are cut at their end");
    }

    @Test
    void whereNobodySaysTheLengthSomebodyMust() throws IOException {
        Files.delete(folder.resolve(SENTENCES));
        write("tokenizer_config.json", "{}");
        change("config.json", "\"model_type\": \"bert\"", "\"model_type\": \"t5\"");
        change("config.json", "\"max_position_embeddings\"", "\"none\"");
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        folder + ": expected max_seq_length in sentence_bert_config.json, max_position_embeddings in"
                                + " config.json, or model_max_length in tokenizer_config.json, found none of them; say"
                                + " --max-seq-length");
    }

    @Test
    void theDefaultPromptCountsUnlessSomebodySaysAnother() throws IOException {
        write(PROMPTS, "{\"prompts\": {\"q\": \"query: \", \"p\": \"passage: \"}, \"default_prompt_name\": \"q\"}");
        assertThat(read().texts().prompt()).isEqualTo("query: ");
        assertThat(read(prompts(UNSAID, Optional.of("p"))).texts().prompt()).isEqualTo("passage: ");
        assertThat(read(prompts(UNSAID, Optional.of("none"))).texts().prompt()).isEmpty();
        assertThat(read(prompts(Optional.of("say: "), UNSAID)).texts().prompt()).isEqualTo("say: ");
        assertThatThrownBy(() -> read(prompts(UNSAID, Optional.of("r"))))
                .isInstanceOf(ModelException.class)
                .hasMessage("--prompt-name: expected one of the model's prompts [p, q] or 'none' for none, found 'r'");
        assertThatThrownBy(() -> prompts(Optional.of("a"), Optional.of("q")))
                .isInstanceOf(ModelException.class)
                .hasMessage("--prompt, --prompt-name: expected one of them, found 'a' and 'q'");
    }

    @Test
    void aDefaultPromptThatIsNotThereIsRefused() throws IOException {
        write(PROMPTS, "{\"prompts\": {\"q\": \"query: \"}, \"default_prompt_name\": \"p\"}");
        assertRefused(PROMPTS).hasMessageEndingWith("expected a default_prompt_name among the prompts [q], found 'p'");
    }

    /** As transformers' classes have it, whose arguments count in place of the file's. */
    @Test
    void theTokenizersConfigurationCountsInPlaceOfItsFile() throws IOException {
        write(
                "tokenizer_config.json",
                "{\"tokenizer_class\": \"BertTokenizerFast\", \"do_lower_case\": false, \"strip_accents\": null}");
        assertThat(read().texts().tokenizer()).isEqualTo(Map.of("lowercase", false));
        assertThat(TokenizerJson.text(read())).contains("\"lowercase\":false");

        write("tokenizer_config.json", "{\"tokenizer_class\": \"Other\", \"do_lower_case\": false}");
        assertThat(read().texts().tokenizer()).isEmpty();
        assertThat(TokenizerJson.text(read())).isEqualTo(read().tokenizer().text());
    }
}
