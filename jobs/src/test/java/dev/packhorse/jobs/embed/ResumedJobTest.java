package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.ChildJvm;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.TextFiles;
import dev.packhorse.jobs.Vectors;
import dev.packhorse.jobs.output.StagingFolders;
import dev.packhorse.jobs.page.PageReader;
import dev.packhorse.jobs.report.RunSummary;
import dev.packhorse.jobs.report.SummaryTable;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.options.OptionException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes of a job whose driver was killed while it encoded, or later. */
class ResumedJobTest extends EmbedJobFixture {

    private static final int ROWS = 4_000;
    private static final int ERRORS = ROWS / 100;

    /** Input, and the output of a job that was killed; each test takes a copy. */
    @TempDir
    static Path shared;

    private static Map<String, List<Float>> undisturbed;

    /** In a process of its own. */
    public static final class Job {
        public static void main(String[] arguments) {
            job(Path.of(arguments[0]), Path.of(arguments[1])).run();
        }
    }

    /** In some forty tasks. */
    private static EmbedRun job(Path output, Path input) {
        return EmbedRun.to(output)
                .from("json", input)
                .set("input-schema", "id BIGINT, text STRING")
                .set("window-rows", "100")
                .set("carry-columns", "text");
    }

    private static List<String> lines() {
        var random = new Random(11);
        var lines = new ArrayList<String>();
        for (var i = 0; i < ROWS; i++) {
            var words = random.ints(60, 0, 900).mapToObj(word -> "w" + word).toList();
            lines.add(TextFiles.json(i, i % 100 == 0 ? null : String.join(" ", words)));
        }
        return lines;
    }

    @BeforeAll
    static void killAJob() throws InterruptedException {
        var input = TextFiles.write(shared.resolve("input/texts.jsonl"), lines());
        var output = shared.resolve("killed");
        var job = ChildJvm.start(shared.resolve("log"), Job.class, output.toString(), input.toString());
        job.await(() -> any(output, path -> path.getFileName().toString().startsWith("task_")));
        assertThat(job.kill()).as("processes that outlive it").isEmpty();
        assertThat(any(output, path -> path.getFileName().toString().startsWith("_packhorse-staging-")))
                .isTrue();
        var whole = shared.resolve("whole");
        job(whole, input).run();
        undisturbed = Vectors.byId(
                LocalSpark.session().read().parquet(whole.toString()).collectAsList());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    /** The job as it was killed, with its own copies. */
    private EmbedRun killed() throws IOException {
        copy(shared.resolve("killed"), output);
        copy(shared.resolve("input"), folder.resolve("input"));
        return again();
    }

    private EmbedRun again() {
        return job(output, folder.resolve("input")).set("resume", "true");
    }

    private void assertComplete(RunSummary summary, int rows, int errors) {
        assertThat(summary.rows()).isEqualTo(rows);
        assertThat(summary.written().rows()).isEqualTo(rows);
        assertThat(summary.written().errors()).isEqualTo(errors);
        assertThat(summary.written().vectors()).isEqualTo(rows - errors);
        var ids = written().stream().map(row -> row.<Long>getAs("id")).toList();
        assertThat(ids).hasSize(rows).doesNotHaveDuplicates();
        assertThat(names(output))
                .allMatch(name -> name.endsWith(".parquet")
                        || name.equals("_SUCCESS")
                        || name.equals("_packhorse")
                        || name.endsWith(".crc"));
        assertThat(files(".parquet")).hasSize(summary.written().files());
        assertThat(manifests()).hasSize(1);
    }

    private static List<String> names(Path folder) {
        return list(folder).stream().map(file -> file.getFileName().toString()).toList();
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void whatWasCommittedIsNotEmbeddedAgain() throws IOException {
        var file = folder.resolve("page.html");
        var summary = killed().set("report-page", file.toString()).run();

        System.out.printf(
                "ResumedJobTest: %,d rows taken over, %,d embedded anew%n",
                summary.taken().rows(), summary.counts().get(Count.ROWS));
        assertThat(summary.taken().rows()).isPositive();
        assertThat(summary.counts().get(Count.ROWS)).isPositive().isLessThan(ROWS);
        assertComplete(summary, ROWS, ERRORS);
        Vectors.assertSame(Vectors.byId(written()), undisturbed);
        var manifest = json(manifests().get(0));
        assertThat(manifest.path("rows").asLong()).isEqualTo(ROWS);
        assertThat(manifest.path("rows_taken_over").asLong())
                .isEqualTo(summary.taken().rows());
        assertThat(manifest.path("rows_embedded").asLong())
                .isEqualTo(summary.counts().get(Count.ROWS));
        assertThat(SummaryTable.of(summary)).contains("taken over   ");
        var page = PageReader.of(file);
        assertThat(page.count("rows read")).isEqualTo(ROWS);
        assertThat(page.sections())
                .containsEntry(
                        "Taken over",
                        "%,d of the rows are of a run that died; the charts are of the %,d that were embedded after it."
                                .formatted(
                                        summary.taken().rows(), summary.counts().get(Count.ROWS)));
        assertThat(page.chart("Some of the vectors").path("points"))
                .as("of all rows")
                .hasSize(500);
    }

    @Test
    void rowsThatChangedSinceAreEmbeddedAgainWithAllOfTheirTask() throws IOException {
        var job = killed();
        var lines = lines();
        for (var i = 1; i < ROWS; i += 100) { // in most of the tasks
            lines.set(i, TextFiles.json(i, "changed " + i));
        }
        lines.remove(ROWS - 1);
        TextFiles.write(folder.resolve("input/texts.jsonl"), lines);

        var summary = job.run();

        assertComplete(summary, ROWS - 1, ERRORS);
        var expected = new HashMap<Long, String>();
        written().forEach(row -> expected.put(row.getAs("id"), row.getAs("text")));
        for (var i = 1; i < ROWS; i += 100) {
            assertThat(expected.get((long) i)).isEqualTo("changed " + i);
        }
        var whole = folder.resolve("changed");
        job(whole, folder.resolve("input")).run();
        Vectors.assertSame(
                Vectors.byId(written()),
                Vectors.byId(
                        LocalSpark.session().read().parquet(whole.toString()).collectAsList()));
    }

    @Test
    void otherOptionsAreNotGoneOnWith() throws IOException {
        var job = killed().set("prompt", "query: ");
        var before = snapshot();

        assertThatThrownBy(job::run)
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--resume: expected a run with the same options, found none: file:" + output)
                .hasMessageContaining("prompt '', not 'query: '")
                .hasMessageEndingWith("; set them so, or start without --resume, which deletes what is there");
        assertThat(snapshot()).isEqualTo(before);
    }

    /** Who wants it to be gone on with does not want it deleted. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"format\": 2, \"runs\": []}                 | format 2",
                "{\"runs\": []}                                | format none",
                "[]                                            | no JSON object",
                "{\"format\": 1, \"runs\": [], \"order\": 1}     | what cannot be read as one, for ",
                "{\"format\": 1, \"runs\": [], \"job\": \"some\"}  | what cannot be read as one, for "
            })
    void aPlanOfAnotherPackhorseIsNotGoneOnWithNorDeleted(String plan, String found) throws IOException {
        var job = killed();
        Path file;
        try (var files = Files.walk(output)) {
            file = files.filter(path -> path.endsWith("plan.json")).findFirst().orElseThrow();
        }
        Files.writeString(file, plan);
        Files.deleteIfExists(file.resolveSibling(".plan.json.crc"));
        var before = snapshot();

        assertThatThrownBy(job::run)
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith(
                        "--resume: expected a run with the same options, found none: file:%s was of another Packhorse, by its plan: %s"
                                .formatted(file.getParent(), found))
                .hasMessageEndingWith("; set them so, or start without --resume, which deletes what is there");
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void withoutResumeTheWorkOfTheDeadRunIsDeletedAndThatIsSaid() throws IOException {
        var said = new ByteArrayOutputStream();

        var summary = killed().set("resume", "false").run(new PrintStream(said, true, StandardCharsets.UTF_8));

        assertThat(said.toString(StandardCharsets.UTF_8))
                .containsPattern(
                        "Deleting file:.*_packhorse-staging-.*, the work of a run that died; with --resume a job goes on with it");
        assertThat(summary.taken().rows()).isZero();
        assertComplete(summary, ROWS, ERRORS);
    }

    @Test
    void theWorkOfALiveRunIsNeitherTakenNorDeleted() throws IOException {
        var job = killed();
        var staging = list(output).stream()
                .filter(path -> path.getFileName().toString().startsWith("_packhorse-staging-"))
                .findFirst()
                .orElseThrow();
        StagingFolders.live(output, staging.getFileName().toString().substring("_packhorse-staging-".length()));

        var summary = job.set("mode", "append").run();

        assertThat(summary.taken().rows()).isZero();
        assertThat(summary.written().rows()).isEqualTo(ROWS);
        assertThat(staging.resolve("plan.json")).exists();
    }

    /** A driver that died between the first of its files and its manifest. */
    @Test
    void afterADeathInTheLastPassAllRowsAreTakenOver() throws IOException {
        var input = TextFiles.write(folder.resolve("input/texts.jsonl"), lines().subList(0, 500));
        Files.createDirectories(output);
        // publishing fails, as when the disk is full, and leaves all rows complete
        Files.writeString(output.resolve("_packhorse"), "no folder");
        var failing = again().set("mode", "append");
        var said = new ByteArrayOutputStream();
        assertThatThrownBy(() -> failing.run(new PrintStream(said, true, StandardCharsets.UTF_8)))
                .hasMessage("could not publish to file:" + output);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .containsPattern("What was complete is kept in file:.*; start again with --resume to go on with it");
        Files.delete(output.resolve("_packhorse"));
        var staging = names(output).stream()
                .filter(name -> name.startsWith("_packhorse-staging-"))
                .findFirst()
                .orElseThrow();
        var id = staging.substring("_packhorse-staging-".length());
        job(folder.resolve("other"), input).run();
        LocalSpark.session()
                .read()
                .parquet(folder.resolve("other").toString())
                .write()
                .format("dev.packhorse.jobs.output.EmbeddingParquetFormat")
                .option("footer.run", id)
                .mode("append")
                .save(output.toString());
        Files.createDirectories(output.resolve("_temporary/0/task_1"));
        Files.createDirectories(output.resolve("_packhorse"));
        Files.writeString(output.resolve("_packhorse/.run-1-%s.json.part".formatted(id)), "{ \"run\"");
        assertThat(files(".parquet")).isNotEmpty();

        var summary = again().run();

        assertThat(summary.taken().rows()).isEqualTo(500);
        assertThat(summary.counts().get(Count.ROWS)).isZero();
        assertComplete(summary, 500, 5);
        assertPublishedIsDone(id);
    }

    /** A driver that died after its manifest, before it could clear up. */
    private void assertPublishedIsDone(String first) throws IOException {
        var before = snapshot();
        var run = json(manifests().get(0)).path("run").asText();
        var staging = StagingFolders.ended(output, run);
        var plan =
                "{\"format\":1,\"runs\":[\"%s\",\"%s\"],\"job\":\"%s\",\"deciding\":{},\"partitions\":1,\"partitionOf\":[0]}";
        Files.writeString(
                staging.resolve("plan.json"),
                plan.formatted(first, run, new Provenance(again().options(), null, null, null).job()));

        var summary = again().run();

        assertThat(summary.taken().rows()).isEqualTo(500);
        assertThat(summary.written().rows()).isEqualTo(500);
        assertThat(snapshot()).isEqualTo(before);
        assertThat(names(output)).noneMatch(name -> name.contains("staging"));
        StagingFolders.ended(output, run); // it died while it cleared up, and took its plan along
        assertThatThrownBy(() -> again().run())
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("--output file:%s: expected a folder that does not exist".formatted(output));
    }

    @Test
    void chunksAreTakenOverWithTheirTexts() throws IOException {
        TextFiles.json(folder.resolve("input/texts.jsonl"), List.of("mule letter ".repeat(100), "short", "another"));
        Files.createDirectories(output);
        Files.writeString(output.resolve("_packhorse"), "no folder");
        var job = again().set("mode", "append").set("long-text", "chunk").set("sort", "global");
        assertThatThrownBy(job::run).hasMessage("could not publish to file:" + output);
        Files.delete(output.resolve("_packhorse"));

        var summary = job.run();

        assertThat(summary.taken().rows()).isEqualTo(3);
        assertThat(summary.taken().furtherRows()).isPositive();
        assertThat(summary.counts().get(Count.ROWS)).isZero();
        assertThat(written()).hasSize((int) (3 + summary.taken().furtherRows()));
    }

    @Test
    void numberedRowsCannotBeGoneOnWith() {
        assertRefused(
                some().set("generate-ids", "true").set("resume", "true"),
                "--resume: expected ids from the source, found --generate-ids, which may give others the second time");
    }

    @Test
    void withoutADeadRunResumeIsARunAsAnyOther() {
        var summary = some().set("resume", "true").run();

        assertThat(summary.taken().rows()).isZero();
        assertThat(summary.written().rows()).isEqualTo(4);
        assertThat(names(output)).noneMatch(name -> name.contains("staging"));
    }
}
