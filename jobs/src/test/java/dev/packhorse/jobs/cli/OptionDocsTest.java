package dev.packhorse.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.Repository;
import dev.packhorse.stores.MemoryStores;
import dev.packhorse.stores.Stores;
import dev.packhorse.udf.WrittenDocs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OptionDocsTest {

    @Test
    void theDocumentedOptionsAreThoseThatThereAre() throws IOException {
        WrittenDocs.assertWritten(
                Repository.root().resolve("docs/OPTIONS.md"),
                OptionDocs.page(Stores.kinds().stream()
                        .filter(kind -> !(kind instanceof MemoryStores)) // it is for tests
                        .toList()));
    }

    @Test
    void whatWritesThemIsToldToWhoChangesThem() throws IOException {
        assertThat(Repository.root().resolve("CONTRIBUTING.md")).content().contains(WrittenDocs.COMMAND);
    }
}
