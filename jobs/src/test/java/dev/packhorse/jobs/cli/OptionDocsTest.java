package dev.packhorse.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.Repository;
import dev.packhorse.jobs.options.EmbedOptions;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class OptionDocsTest {

    /** Makes this test write the file, after a change of options. */
    private static final String WRITE_PROPERTY = "packhorse.docs.write";

    @Test
    void theDocumentedOptionsAreThoseThatThereAre() throws IOException {
        var file = Repository.root().resolve("docs/OPTIONS.md");
        var page = OptionDocs.page(EmbedOptions.ALL);
        if (Boolean.getBoolean(WRITE_PROPERTY)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, page);
        }

        assertThat(file)
                .as("written by ./mvnw test -D%s=true", WRITE_PROPERTY)
                .content()
                .isEqualTo(page);
    }
}
