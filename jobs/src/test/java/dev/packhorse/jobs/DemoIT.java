package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.udf.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo over its real corpus, with the tiny model: what is found is chance, all else is as a person sees it. */
class DemoIT {

    @TempDir
    private Path folder;

    @Test
    void theCorpusIsEmbeddedCountedAndSearched() throws Exception {
        var output = folder.resolve("demo");

        var demo = JobProcess.launch(
                        folder,
                        List.of(
                                "demo",
                                "--output",
                                output.toString(),
                                "--model",
                                Fixtures.tinyBert().toString()))
                .assertDone();

        var texts = Files.readAllLines(output.resolve("corpus.jsonl"));
        assertThat(texts)
                .hasSize(6_350)
                .anyMatch(line -> line.contains("\"wordnet"))
                .anyMatch(line -> line.contains("\"europarl"));
        assertThat(demo.row("rows read")).isEqualTo("6,350");
        assertThat(demo.row("vectors")).isEqualTo("6,350");
        assertThat(demo.row("errors")).isEqualTo("0");
        assertThat(demo.row("model loads")).isEqualTo("1 on 1 executor");
        assertThat(demo.out().lines().filter(line -> line.startsWith("search: ")))
                .hasSize(3);
        assertThat(demo.out().lines().filter(line -> line.matches("  -?\\d\\.\\d{3}  .+ \\(.+\\)")))
                .hasSize(9);
        assertThat(LocalSpark.session()
                        .read()
                        .parquet(output.resolve("embeddings").toString())
                        .where("embedding IS NOT NULL AND size(embedding) = 32")
                        .count())
                .isEqualTo(6_350);
    }
}
