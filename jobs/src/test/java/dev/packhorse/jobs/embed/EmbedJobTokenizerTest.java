package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A tokenizer whose native library fails on some texts. */
class EmbedJobTokenizerTest extends EmbedJobFixture {

    /** It has no token for unknown words, although it names one. */
    private static final String KNOWS_FEW_WORDS = """
            {"version": "1.0", "added_tokens": [], "normalizer": null, "post_processor": null, "decoder": null,
             "pre_tokenizer": {"type": "Whitespace"},
             "model": {"type": "WordLevel", "unk_token": "[UNK]",
                       "vocab": {"a": 5, "one": 6, "text": 7, "to": 8, "try": 9, "the": 10, "model": 11, "with": 12}}}
            """;

    @Test
    void aTextOnWhichItFailsIsAnErrorRowAndTheJobGoesOn() throws IOException {
        var model = Fixtures.copyTinyBert(folder);
        Files.writeString(model.resolve("tokenizer.json"), KNOWS_FEW_WORDS);
        var texts = List.of("the text", "a zebra", "one model");

        EmbedRun.to(output)
                .from("json", TextFiles.json(folder.resolve("texts.jsonl"), texts))
                .set("model", model.toString())
                .run();

        assertThat(written()).hasSize(3).allSatisfy(row -> {
            var failed = row.<Long>getAs("id") == 1;
            assertThat(row.<Object>getAs("embedding") == null).isEqualTo(failed);
            assertThat(row.<String>getAs("error"))
                    .isEqualTo(
                            failed
                                    ? "text in column 'text' of the row with id '1' could not be tokenized: the tokenizer failed: WordLevel error: Missing [UNK] token from the vocabulary"
                                    : null);
        });
    }
}
