package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.packhorse.engine.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a cluster loses in the middle of a job: executors and workers that are killed at once (SIGKILL), the model's files,
 * the room on the disk. Afterwards rows in = vectors + errors, no id is there twice, and nothing is left: no temporary
 * file, no process.
 */
class FaultsIT {

    /** Read slowly, so that what happens while rows are read or encoded happens in the middle. */
    private static final Corpus CORPUS = Corpus.of(600, 12).slow("id % 10 = 0", 100);

    private static final String LOADED = "ResidentEngines: loaded tiny-bert";

    @TempDir
    private static Path clusterFolder;

    private static StandaloneCluster cluster;
    private static OutputAudit expected;

    @TempDir
    private Path folder;

    private Path model;

    @BeforeAll
    static void start() {
        cluster = StandaloneCluster.start(clusterFolder, 2, 1);
        expected = Corpus.of(600, 12)
                .vectorsOnLocal2(
                        clusterFolder.resolve("local"), Fixtures.tinyBert().toString());
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void copyModel() {
        model = Fixtures.copyTinyBert(folder);
    }

    @AfterEach
    void noProcessIsLeft() {
        cluster.assertNoExecutorIsLeft();
    }

    private JobProcess start(List<String> settings, String... options) {
        var arguments = CORPUS.embed(output(), options);
        arguments.addAll(List.of("--window-rows", "20"));
        if (!arguments.contains("--model")) {
            arguments.addAll(List.of("--model", model.toString()));
        }
        return JobProcess.start(folder, cluster.settings(settings), arguments);
    }

    private Path output() {
        return folder.resolve("out");
    }

    private void assertDoneRight(JobProcess.Ended job) {
        OutputAudit.of(output(), job.assertDone(), CORPUS.rows()).assertSameVectors(expected);
    }

    private void assertFailedAndLeftNothing(JobProcess.Ended job, String message) {
        assertThat(job.code()).as(job.out()).isEqualTo(1);
        assertThat(job.err().lines().filter(line -> line.startsWith("packhorse: the job failed: ")))
                .singleElement()
                .asString()
                .containsPattern(message);
        assertThat(output()).doesNotExist();
    }

    private static void kill(ProcessHandle process) {
        assertThat(process.destroyForcibly()).isTrue();
        process.onExit().join();
    }

    private static void killExecutors() {
        var alive = cluster.executors();
        assertThat(alive).isNotEmpty();
        alive.forEach(FaultsIT::kill);
    }

    /** The model is on all executors that there are now, so that what they do next is the job's own work. */
    private static void awaitLoadedModels(int executors) {
        Poll.untilTrue(
                "%d executors with a model".formatted(executors),
                () -> cluster.executorLogs()
                                .lines()
                                .filter(line -> line.contains(LOADED))
                                .count()
                        >= executors);
    }

    private void deleteModel() {
        try (var files = Files.walk(model)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> assertThat(file.toFile().delete()).isTrue());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aJobWhoseExecutorIsKilledGoesOnWithAnother() {
        try (var job = start(List.of())) {
            assertThat(job.awaitRows()).isLessThan(CORPUS.rows());
            kill(cluster.executors().get(0));

            assertDoneRight(job.await());
        }
        assertThat(cluster.startedExecutors()).isGreaterThan(2);
    }

    @Test
    void aJobWhoseExecutorsAreKilledAgainAndAgainFailsAndLeavesNothing() {
        try (var job = start(
                List.of("spark.task.maxFailures=2", "spark.stage.maxConsecutiveAttempts=2"),
                "--target-file-size",
                "0")) {
            job.awaitRows();
            while (job.handle().isAlive()) {
                cluster.executors().forEach(ProcessHandle::destroyForcibly);
                var kills = cluster.startedExecutors();
                Poll.untilTrue(
                        "another executor that works, or the end",
                        () -> !job.handle().isAlive()
                                || (cluster.startedExecutors() > kills
                                        && cluster.logOfNewestExecutor().contains(LOADED)));
            }

            // a task of the last stage was lost too often, or what the stage before it left on its executors was
            assertFailedAndLeftNothing(
                    job.await(), "ExecutorLostFailure|has failed the maximum .* shuffle|FetchFailed");
        }
    }

    @Test
    void aJobWhoseWorkerDiesGoesOnWithTheOther() {
        try (var job = start(List.of())) {
            assertThat(job.awaitRows()).isLessThan(CORPUS.rows());
            var orphan = cluster.executors(0).get(0);
            kill(cluster.worker(0));

            // Spark's own: an executor ends when its worker is gone
            Poll.untilTrue("the end of the executor without a worker", () -> !orphan.isAlive());
            assertDoneRight(job.await());
        } finally {
            cluster.replaceWorker(0, 1);
        }
    }

    /** The driver holds the files of a local model itself, for executors that start late. */
    @Test
    void aLocalModelThatDisappearsBetweenStagesIsThereForNewExecutors() {
        try (var job = start(List.of(), "--sort", "global")) {
            awaitLoadedModels(2);
            deleteModel();
            kill(cluster.executors().get(0));

            assertDoneRight(job.await());
        }
        awaitLoadedModels(3);
    }

    private static List<String> mounted(Path model) {
        return List.of("spark.hadoop.fs.viewfs.mounttable.models.link./here="
                + model.getParent().toUri());
    }

    @Test
    void executorsThatHaveTheModelOfASharedFileSystemGoOnWhenItDisappears() {
        try (var job = start(mounted(model), "--sort", "global", "--model", "viewfs://models/here/tiny-bert")) {
            awaitLoadedModels(2);
            deleteModel();

            assertDoneRight(job.await());
        }
    }

    @Test
    void newExecutorsSayThatTheModelOfASharedFileSystemDisappeared() {
        try (var job = start(mounted(model), "--sort", "global", "--model", "viewfs://models/here/tiny-bert")) {
            awaitLoadedModels(2);
            deleteModel();
            killExecutors();

            assertFailedAndLeftNothing(
                    job.await(), "viewfs://models/here/tiny-bert/tokenizer.json: expected a readable file, found:");
        }
    }

    @Test
    void aFullDiskEndsTheJobWithWhatAndWhere() throws Exception {
        var disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()) == 0,
                "needs a user who may mount a small disk");
        try {
            var job = JobProcess.submit(
                    folder,
                    List.of("--master", "local[2]"),
                    Corpus.of(2_000, 4).embed(disk.resolve("out"), "--model", model.toString()));

            assertThat(job.code()).isEqualTo(1);
            assertThat(job.err())
                    .contains("packhorse: the job failed: No space left on device (while rows were written to file:"
                            + disk.resolve("out") + ")");
            assertThat(disk).isEmptyDirectory();
        } finally {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
