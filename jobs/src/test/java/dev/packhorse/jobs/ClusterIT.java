package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job jar by spark-submit on a standalone master with two workers. */
class ClusterIT {

    private static final Corpus CORPUS = Corpus.of(600, 12);

    /** Two executors of one core each, one on each worker. */
    private static final List<String> TWO_EXECUTORS = List.of("spark.executor.cores=1", "spark.cores.max=2");

    /** Of a task, or of what is left of its stage where it cannot read what the executor that stands still has for it. */
    private static final Pattern SECOND_ATTEMPT =
            Pattern.compile("Finished task \\d+\\.[1-9]|in stage \\d+\\.[1-9][\\s\\S]*: Committed");

    @TempDir
    private static Path clusterFolder;

    private static StandaloneCluster cluster;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws IOException {
        var gpus = Files.writeString(clusterFolder.resolve("gpus.sh"), """
                #!/bin/sh
                echo '{"name": "gpu", "addresses": ["0", "1"]}'
                """);
        assertThat(gpus.toFile().setExecutable(true)).isTrue();
        cluster = StandaloneCluster.start(
                clusterFolder,
                2,
                2,
                "spark.worker.resource.gpu.amount=2",
                "spark.worker.resource.gpu.discoveryScript=" + gpus);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @AfterEach
    void noProcessIsLeft() {
        cluster.assertNoExecutorIsLeft();
    }

    private JobProcess start(Corpus corpus, List<String> settings, String... options) {
        return JobProcess.start(folder, cluster.settings(settings), corpus.embed(output(), options));
    }

    private JobProcess.Ended embed(List<String> settings, String... options) {
        try (var job = start(CORPUS, settings, options)) {
            return job.await().assertDone();
        }
    }

    private Path output() {
        return folder.resolve("out");
    }

    @Test
    void theEmbeddedModelGivesTheLocalRunsVectorsBitByBit() {
        var job = embed(TWO_EXECUTORS, "--model", "all-minilm-l6-v2");

        assertThat(job.row("model loads")).isEqualTo("2 on 2 executors");
        OutputAudit.of(output(), job, CORPUS.rows())
                .assertSameVectors(CORPUS.vectorsOnLocal2(folder.resolve("local"), "all-minilm-l6-v2"));
    }

    @Test
    void aModelFolderOfTheDriverGivesTheLocalRunsVectorsBitByBit() {
        var model = Fixtures.copyTinyBert(folder).toString();

        var job = embed(TWO_EXECUTORS, "--model", model, "--sort", "global");

        assertThat(job.row("model loads")).isEqualTo("2 on 2 executors");
        OutputAudit.of(output(), job, CORPUS.rows())
                .assertSameVectors(CORPUS.vectorsOnLocal2(folder.resolve("local"), model));
    }

    /** One executor with two tasks at a time, each with an address as a GPU machine has them, for a GPU that is not there. */
    private static final List<String> TWO_GPUS = List.of(
            "spark.executor.cores=2",
            "spark.cores.max=2",
            "spark.executor.resource.gpu.amount=2",
            "spark.task.resource.gpu.amount=1");

    private static final String CANNOT_BE_USED = "expected a GPU that ONNX Runtime can use, found none: expected ";

    @Test
    void whereExecutorsCannotUseTheirGpusTheJobRunsOnCpusAndSaysWhy() {
        var job = embed(TWO_GPUS, "--model", Fixtures.tinyBert().toString());

        var said = "--device auto: on the CPU, though there is a GPU, for cuda on an executor: " + CANNOT_BE_USED;
        assertThat(job.row("model loads")).isEqualTo("1 on 1 executor");
        assertThat(job.row("encoder")).contains(" on cpu, ", said);
        assertThat(job.err()).containsOnlyOnce("Placements: " + said);
        OutputAudit.of(output(), job, CORPUS.rows());
    }

    @Test
    void aGpuThatIsAskedForAndCannotBeUsedStopsTheJob() {
        try (var started =
                start(CORPUS, TWO_GPUS, "--model", Fixtures.tinyBert().toString(), "--device", "cuda")) {
            var job = started.await();

            assertThat(job.code()).as(job.out()).isEqualTo(1);
            assertThat(job.err()).containsPattern("packhorse: the job failed: --device cuda:[01]: " + CANNOT_BE_USED);
            assertThat(output().resolve("_packhorse")).doesNotExist();
        }
    }

    @Test
    void aStagesResourceProfileBindsItsTasksToo() {
        var settings = cluster.settings(List.of(
                "spark.executor.cores=2",
                "spark.cores.max=2",
                "spark.executor.resource.gpu.amount=2",
                "spark.task.resource.gpu.amount=2"));

        var out = StageLevelJob.run(folder, settings);

        assertThat(out.lines()).contains("vectors 100");
        assertThat(out).contains("bound to cuda:0", "bound to cuda:1");
    }

    /** Executors idle out while one task naps, with what they have written for the next stage, and come back for it. */
    @Test
    void withDynamicAllocationNoRowIsLostAndNoneTwice() {
        try (var started = start(
                CORPUS.slow("id = 1", 6_000),
                List.of(
                        "spark.executor.cores=1",
                        "spark.dynamicAllocation.enabled=true",
                        "spark.dynamicAllocation.shuffleTracking.timeout=1s",
                        "spark.dynamicAllocation.minExecutors=0",
                        "spark.dynamicAllocation.maxExecutors=2",
                        "spark.dynamicAllocation.executorIdleTimeout=1s",
                        "spark.dynamicAllocation.schedulerBacklogTimeout=1s"),
                "--model",
                Fixtures.tinyBert().toString())) {
            var job = started.await().assertDone();

            OutputAudit.of(output(), job, CORPUS.rows())
                    .assertSameVectors(CORPUS.vectorsOnLocal2(
                            folder.resolve("local"), Fixtures.tinyBert().toString()));
            assertThat(cluster.startedExecutors())
                    .as("executors that ever were, of at most 2 at a time")
                    .isGreaterThan(2);
        }
    }

    /** An executor stands still with a task, another does the task, and then the first one goes on. */
    @Test
    void withSpeculationNoRowIsLostAndNoneTwice() {
        var corpus = CORPUS.slow("id % 20 = 0", 50);
        try (var started = start(
                corpus,
                List.of(
                        "spark.executor.cores=1",
                        "spark.cores.max=2",
                        "spark.speculation=true",
                        "spark.speculation.interval=100ms",
                        "spark.speculation.multiplier=1.1",
                        "spark.speculation.quantile=0.1",
                        "spark.speculation.minTaskRuntime=100ms"),
                "--model",
                Fixtures.tinyBert().toString(),
                "--target-file-size",
                "0",
                "--window-rows",
                "10")) { // so many tasks that it is seen at work
            started.awaitRows();
            var stopped = cluster.executors().get(0);
            Signals.stop(stopped);
            try {
                Poll.untilTrue(
                        "a second attempt that is done",
                        () -> SECOND_ATTEMPT.matcher(cluster.executorLogs()).find());
            } finally {
                Signals.goOn(stopped);
            }
            var job = started.await().assertDone();

            OutputAudit.of(output(), job, corpus.rows())
                    .assertSameVectors(CORPUS.vectorsOnLocal2(
                            folder.resolve("local"), Fixtures.tinyBert().toString()));
        }
    }
}
