package dev.packhorse.jobs.reindex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.ChildJvm;
import dev.packhorse.jobs.Packhorse;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs whose process is killed at any moment, and started again: the target ends as if none had been. */
class KilledReindexIT extends ReindexFixture {

    private static final int ROWS = 1_500;

    /** How often it is killed: few times in each run of the tests, at moments that differ; {@code -Dpackhorse.kills=20} for more. */
    private static final int KILLS = Integer.getInteger("packhorse.kills", 4);

    @ParameterizedTest
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    @EnumSource
    void theTargetEndsAsIfNobodyHadInterrupted(TargetFormat format) throws Exception {
        var seed = new Random().nextLong();
        System.out.println("KilledReindexIT: seed " + seed);
        var random = new Random(seed);
        for (var i = 0; i < ROWS; i++) {
            texts.put(i, text(i, random));
        }
        run(format, Long.MAX_VALUE);
        change(random);
        // of a run like those that are interrupted
        var whole = run(format, Long.MAX_VALUE).millis();
        change(random);

        var killed = 0;
        var published = 0;
        var rowsHeld = 0L;
        while (killed < KILLS) {
            var ended = run(format, (long) ((0.2 + 0.9 * random.nextDouble()) * whole));
            if (!ended.killed()) { // it was quicker than usual: there is something to do again
                published++;
                assertNothingIsEmbeddedTwice(rowsHeld);
                rowsHeld = 0;
                change(random);
                continue;
            }
            killed++;
            rowsHeld = committed(format);
        }
        var last = run(format, Long.MAX_VALUE);

        assertThat(last.killed()).isFalse();
        System.out.printf(
                "KilledReindexIT: %s, %d times killed, %d times published before the end, the last run took over %d of %d rows%n",
                format, killed, published, report().path("rows_taken_over").asLong(), rowsHeld);
        assertNothingIsEmbeddedTwice(rowsHeld);
        assertInStep(format);
        assertThat(held(format)).isEmpty();
        assertThat(leftOver(format)).isEmpty();
        var before = open(format).versions().size();
        assertThat(reindex(format).report().path("status").asText()).isEqualTo("unchanged");
        assertThat(open(format).versions()).hasSize(before);
    }

    @ParameterizedTest
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    @EnumSource
    void ofTwoAtOnceOneEndsWellAndOneIsRefused(TargetFormat format) throws Exception {
        for (var i = 0; i < ROWS; i++) {
            texts.put(i, text(i, new Random(i)));
        }
        var arguments = arguments(format);
        var codes = new ArrayList<Integer>();
        var logs = new ArrayList<String>();
        try (var one = ChildJvm.start(folder.resolve("log1"), Packhorse.class, arguments);
                var two = ChildJvm.start(folder.resolve("log2"), Packhorse.class, arguments)) {
            for (var child : List.of(one, two)) {
                codes.add(child.waitFor());
                logs.add(child.log());
            }
        }

        assertThat(codes).as(String.join("\n", logs)).containsExactlyInAnyOrder(0, 5);
        assertThat(logs.get(codes.indexOf(5)))
                .containsAnyOf(
                        ": expected no other run at work on it, found ",
                        ": somebody wrote to it meanwhile; start again, nothing is embedded twice",
                        ", as when this run began, found another; start again, nothing is embedded twice");
        assertInStep(format);
        assertThat(open(format).versions()).hasSize(1);
    }

    /** What was committed when the run before was killed was taken over, unless that had published it. */
    private void assertNothingIsEmbeddedTwice(long rowsHeld) {
        var report = report();
        if (report.path("status").asText().equals("published")) {
            assertThat(report.path("rows_taken_over").asLong()).isEqualTo(rowsHeld);
            var asked = report.path("new").asLong() + report.path("changed").asLong();
            assertThat(report.path("encoded_texts").asLong()
                            + report.path("rows_taken_over").asLong()
                            + report.path("vectors_taken_from_target").asLong())
                    .isEqualTo(asked);
        }
    }

    private static String text(int id, Random random) {
        var words = random.ints(30, 0, 900).mapToObj(word -> "w" + word).toList();
        return id + " " + String.join(" ", words); // no two are the same
    }

    /** Half of the texts become others, some go, some come. */
    private void change(Random random) {
        for (var i = 0; i < ROWS; i += 2) {
            texts.put(i, text(i, random));
        }
        texts.remove(1 + 2 * random.nextInt(ROWS / 2));
        var id = ROWS + random.nextInt(1_000_000);
        texts.put(id, text(id, random));
    }

    /** How a process ended. */
    private record Ended(boolean killed, long millis) {}

    private Ended run(TargetFormat format, long patience) throws InterruptedException, IOException {
        Files.deleteIfExists(folder.resolve("report.json"));
        var began = System.nanoTime();
        try (var child = ChildJvm.start(folder.resolve("log"), Packhorse.class, arguments(format))) {
            while (child.isAlive() && (System.nanoTime() - began) / 1_000_000 < patience) {
                Thread.sleep(5);
            }
            if (child.isAlive()) {
                child.kill();
                return new Ended(true, (System.nanoTime() - began) / 1_000_000);
            }
            assertThat(child.exitCode()).as(child.log()).isZero();
        }
        return new Ended(false, (System.nanoTime() - began) / 1_000_000);
    }

    private String[] arguments(TargetFormat format) {
        var arguments = new ArrayList<>(List.of("reindex"));
        options(format, "window-rows", "50").asText().forEach((name, value) -> {
            arguments.add("--" + name);
            arguments.add(value);
        });
        arguments.addAll(List.of("--conf", "spark.sql.shuffle.partitions=4", "--conf", "spark.master=local[2]"));
        return arguments.toArray(String[]::new);
    }

    /** Rows of tasks that had committed when the process was killed. */
    private long committed(TargetFormat format) {
        var work = Path.of(URI.create(work(format)));
        if (!Files.exists(work)) {
            return 0;
        }
        try (var files = Files.walk(work)) {
            var committed = files.map(Path::toString)
                    .filter(file -> file.endsWith(".parquet"))
                    .filter(file -> file.contains("/kept/")
                            || (file.contains("/rows-") && (file.contains("/task_") || !file.contains("/_temporary/"))))
                    .toArray(String[]::new);
            return committed.length == 0
                    ? 0
                    : spark.read().parquet(committed).select("id").distinct().count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String work(TargetFormat format) {
        var work = open(format).workFolder();
        return work.startsWith("file:") ? work : "file:" + work;
    }

    /** What runs leave that were killed before they published: branches, folders. */
    private List<String> leftOver(TargetFormat format) {
        return switch (format) {
            case ICEBERG ->
                spark
                        .sql("SELECT name FROM %s.refs WHERE name <> 'main'".formatted(open(format)))
                        .collectAsList()
                        .stream()
                        .map((Row row) -> row.getString(0))
                        .toList();
            case PARQUET -> {
                var versions = open(format).versions().stream()
                        .map(version -> version.id())
                        .toList();
                try (Stream<Path> files = Files.list(folder.resolve("vectors"))) {
                    yield files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.contains("_current.json") && !versions.contains(name))
                            .toList();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
