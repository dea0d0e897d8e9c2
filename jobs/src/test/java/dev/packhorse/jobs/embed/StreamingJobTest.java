package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.ChildJvm;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.Vectors;
import dev.packhorse.jobs.output.StagingFolders;
import dev.packhorse.jobs.report.SummaryTable;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that embed what has come since the last start. */
class StreamingJobTest extends EmbedJobFixture {

    private static final int ROWS_OF_FILE = 300;

    /** In a process of its own. */
    public static final class Job {
        public static void main(String[] arguments) {
            job(Path.of(arguments[0])).run();
        }
    }

    /** A batch a file. */
    private static EmbedRun job(Path folder) {
        return EmbedRun.to(folder.resolve("out"))
                .from("json", folder.resolve("in"))
                .set("input-schema", "id BIGINT, text STRING")
                .set("input-option", "maxFilesPerTrigger=1")
                .set("trigger", "available-now")
                .set("checkpoint", folder.resolve("checkpoint").toString());
    }

    /** A file of rows with ids of its own, two of them bad. */
    private void arrive(int file) {
        var rows = IntStream.range(0, ROWS_OF_FILE)
                .mapToObj(i -> {
                    var id = file * ROWS_OF_FILE + i;
                    return i == 7
                            ? TextFiles.json(id, "")
                            : i == 8
                                    ? TextFiles.json(id, null)
                                    : TextFiles.json(id, "w%d ".formatted(id).repeat(40));
                })
                .toList();
        TextFiles.write(folder.resolve("in/%02d.jsonl".formatted(file)), rows);
    }

    private List<Long> ids() {
        return written().stream().map(row -> row.<Long>getAs("id")).sorted().toList();
    }

    private static List<Long> idsOf(int files) {
        return LongStream.range(0, (long) files * ROWS_OF_FILE).boxed().toList();
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void afterADeathInTheMiddleEachRowIsThereOnce() throws InterruptedException {
        IntStream.range(0, 8).forEach(this::arrive);
        var job = ChildJvm.start(folder.resolve("log"), Job.class, folder.toString());
        // in the third batch or a later one, while it has a lease: without one, the next start watches it for a minute
        job.await(() -> Files.exists(output.resolve("_packhorse"))
                && manifests().size() >= 2
                && any(output, path -> path.endsWith("lease")));
        assertThat(job.kill()).as("processes that outlive it").isEmpty();
        var before = manifests().size();
        assertThat(before).isLessThan(8);

        var second = job(folder).run();

        assertThat(ids()).isEqualTo(idsOf(8));
        assertThat(second.rows()).isEqualTo((8L - before) * ROWS_OF_FILE);
        assertThat(second.written().rows()).isEqualTo(second.rows());
        assertThat(second.written().errors()).isEqualTo((8L - before) * 2);
        assertThat(second.written().vectors())
                .isEqualTo(second.rows() - second.written().errors());
        assertThat(second.counts().get(Count.ROWS)).isEqualTo(second.rows());
        assertThat(manifests()).hasSize(8);
        assertThat(list(output.resolve("_packhorse")))
                .noneMatch(path -> path.toString().endsWith(".part"));
        assertNothingIsLeft();

        arrive(8);
        arrive(9);
        var third = job(folder).run();

        assertThat(third.rows()).isEqualTo(2 * ROWS_OF_FILE);
        assertThat(ids()).isEqualTo(idsOf(10));
        assertThat(job(folder).run().rows()).as("nothing is new").isZero();
        assertThat(ids()).isEqualTo(idsOf(10));
        assertNothingIsLeft();
        var whole = folder.resolve("whole");
        EmbedRun.to(whole)
                .from("json", folder.resolve("in"))
                .set("input-schema", "id BIGINT, text STRING")
                .run();
        Vectors.assertSame(
                Vectors.byId(written()),
                Vectors.byId(
                        LocalSpark.session().read().parquet(whole.toString()).collectAsList()));
    }

    private void assertNothingIsLeft() {
        assertThat(list(output).stream().map(path -> path.getFileName().toString()))
                .allMatch(name -> name.endsWith(".parquet")
                        || name.equals("_SUCCESS")
                        || name.equals("_packhorse")
                        || name.endsWith(".crc"));
    }

    /** Spark notes that a batch is done after it is; a driver that died in between brings it again. */
    @Test
    void aBatchThatSparkForgotIsNotDoneAgain() throws IOException {
        arrive(0);
        arrive(1);
        job(folder).run();
        forgetLastCommit();
        var before = snapshot();

        var summary = job(folder).run();

        assertThat(summary.rows()).isZero();
        assertThat(snapshot()).isEqualTo(before);
    }

    /** A driver that died after its files were committed and before its manifest. */
    @Test
    void filesOfABatchWithoutAManifestAreDoneAgain() throws IOException {
        arrive(0);
        arrive(1);
        job(folder).run();
        forgetLastCommit();
        var last = last();
        // as far as the driver came with it
        Files.move(last, last.resolveSibling("." + last.getFileName() + ".part"));
        StagingFolders.ended(output, runOf(last));

        var summary = job(folder).run();

        assertThat(summary.rows()).isEqualTo(ROWS_OF_FILE);
        assertThat(ids()).isEqualTo(idsOf(2));
        assertThat(manifests()).hasSize(2);
        assertThat(list(output.resolve("_packhorse")))
                .noneMatch(path -> path.toString().endsWith(".part"));
        assertNothingIsLeft();
    }

    /** A file system that keeps a file's time, as mv and cp -p do, would else hide it from Spark for ever. */
    @Test
    void aFileWithAnOldTimeIsEmbeddedToo() throws IOException {
        arrive(0);
        job(folder).run();
        arrive(1);
        Files.setLastModifiedTime(
                folder.resolve("in/01.jsonl"), FileTime.from(Instant.now().minus(Duration.ofDays(3_000))));

        assertThat(job(folder).run().rows()).isEqualTo(ROWS_OF_FILE);
        assertThat(ids()).isEqualTo(idsOf(2));
    }

    @Test
    void aSecondStartWithTheSameCheckpointIsRefusedAndLeavesTheFirstAlone() throws IOException {
        arrive(0);
        arrive(1);
        job(folder).run();
        forgetLastCommit();
        var last = last();
        var batch = runOf(last);
        Files.delete(last); // the first start has its files there, and not yet its manifest
        StagingFolders.live(output, batch);
        var before = snapshot();

        assertRefused(
                job(folder),
                "--checkpoint: expected one start at a time, found another that is at work on the batch %s; start again when that has ended"
                        .formatted(batch));
        assertThat(snapshot()).isEqualTo(before);
    }

    /** What was done before tells nothing of what this start makes. */
    @Test
    void vectorsOfAnotherModelAreNotAddedAfterABatchThatWasDoneBefore() throws IOException {
        arrive(0);
        arrive(1);
        job(folder).run();
        forgetLastCommit();
        arrive(2);

        assertThatRefused(job(folder).set("max-seq-length", "32"), "--mode append: expected vectors of fingerprint ");
        assertThat(ids()).isEqualTo(idsOf(2));
    }

    private Path last() {
        return manifests().stream()
                .filter(manifest -> manifest.toString().endsWith("-1.json"))
                .findFirst()
                .orElseThrow();
    }

    private static String runOf(Path manifest) {
        return manifest.getFileName().toString().replaceFirst("run-[^-]*-", "").replace(".json", "");
    }

    private void forgetLastCommit() throws IOException {
        Files.delete(folder.resolve("checkpoint/commits/1"));
        Files.deleteIfExists(folder.resolve("checkpoint/commits/.1.crc"));
    }

    @Test
    void malformedRecordsAreErrorRowsAndColumnsAreFoundInTheFiles() {
        TextFiles.write(folder.resolve("in/a.jsonl"), List.of(TextFiles.json(1, "good"), "{\"id\": 2, \"te"));
        var job = EmbedRun.to(output)
                .from("json", folder.resolve("in"))
                .set("trigger", "available-now")
                .set("mode", "append")
                .set("checkpoint", folder.resolve("checkpoint").toString());

        var summary = job.run();

        assertThat(summary.written().vectors()).isEqualTo(1);
        assertThat(summary.errorsByReason()).containsOnlyKeys("malformed record");
        assertThat(SummaryTable.of(summary)).contains("rows read    2");
    }

    @Test
    void vectorsOfAnotherModelAreNotAdded() {
        some().run();
        arrive(0);

        assertThatRefused(job(folder).set("max-seq-length", "32"), "--mode append: expected vectors of fingerprint ");
        assertThat(written()).hasSize(4);
    }

    private static void assertThatRefused(EmbedRun job, String beginning) {
        assertThatThrownBy(job::run).isInstanceOf(OptionException.class).hasMessageStartingWith(beginning);
    }

    @Test
    void whatDoesNotFitAStreamIsRefused() {
        assertRefused(
                some().set("checkpoint", "c"), "--checkpoint: expected with --trigger available-now, found without");
        assertRefused(
                some().set("trigger", "available-now"),
                "--trigger available-now: expected --checkpoint with it, found none");
        assertRefused(
                EmbedRun.to(output)
                        .set("query", "SELECT 1")
                        .set("trigger", "available-now")
                        .set("checkpoint", "c"),
                "--trigger available-now: expected --input, whose files can be told apart, found --query");
        assertRefused(
                EmbedRun.to(output)
                        .from("json", Path.of("a"), Path.of("b"))
                        .set("trigger", "available-now")
                        .set("checkpoint", "c"),
                "--trigger available-now: expected one --input, perhaps with globs, found [a, b]");
        assertRefused(
                job(folder).set("generate-ids", "true"),
                "--trigger available-now: expected ids from the source, found --generate-ids, which gives each batch the same");
        assertRefused(
                job(folder).set("mode", "overwrite"),
                "--trigger available-now: expected --mode append, which is what it does, found --mode overwrite");
        assertRefused(
                job(folder).set("resume", "true"),
                "--trigger available-now: expected no --resume, for its checkpoint knows where to go on, found one");
    }
}
