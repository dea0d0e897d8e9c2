package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.ChildJvm;
import dev.packhorse.jobs.Packhorse;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.reindex.ReindexFixture;
import dev.packhorse.stores.contract.TestRow;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exports whose process is killed at any moment, and started again: the store ends as if none had been. */
abstract class KilledExport extends ReindexFixture {

    private static final int ROWS = 2_000;

    /**
     * Of these some are killed while the store is new, the others while it changes. Few in each run of the tests, at moments that
     * differ; {@code -Dpackhorse.kills=10} for more.
     */
    private static final int KILLS = Integer.getInteger("packhorse.kills", 4);

    private static final int KILLS_WHILE_NEW = (KILLS + 1) / 2;

    /** An address that nothing has used yet. */
    abstract String address(String name) throws Exception;

    /** Options beside the address. */
    abstract Map<String, String> more() throws Exception;

    /** All rows that users of the store find, ids as often as they are there; columns of the source left out. */
    abstract List<TestRow> read(String address) throws Exception;

    /** What dead runs have left beside the rows; nothing where a store cannot be left in disorder. */
    abstract List<String> leftOver(String address) throws Exception;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void theStoreEndsAsIfNobodyHadInterrupted() throws Exception {
        var seed = new Random().nextLong();
        System.out.printf("%s: seed %d%n", getClass().getSimpleName(), seed);
        var random = new Random(seed);
        for (var i = 0; i < ROWS; i++) {
            texts.put(i, text(i, random));
        }
        reindex(TargetFormat.ICEBERG);
        var whole = export(address("whole"), Long.MAX_VALUE).millis();

        var address = address("killed");
        var killed = 0;
        var ended = 0;
        while (killed < KILLS) {
            var run = export(address, (long) ((0.4 + 0.7 * random.nextDouble()) * whole));
            if (run.killed()) {
                killed++;
            } else {
                whole = Math.min(whole, run.millis()); // the machine may have been slow when the first one ran
            }
            if (!run.killed()
                    || killed >= KILLS_WHILE_NEW) { // else the next one begins with a store that is half there
                ended += run.killed() ? 0 : 1;
                change(random);
                reindex(TargetFormat.ICEBERG);
            }
        }
        assertThat(export(address, Long.MAX_VALUE).killed()).isFalse();

        System.out.printf(
                "%s: %d times killed, %d times ended before; a whole run takes %d ms%n",
                getClass().getSimpleName(), killed, ended, whole);
        assertInStep(address);
        assertThat(leftOver(address)).isEmpty();
        assertThat(export(address, Long.MAX_VALUE).log()).contains("Nothing has changed");
    }

    private void assertInStep(String address) throws Exception {
        var expected = new TreeMap<String, List<Float>>();
        for (Row row : published(TargetFormat.ICEBERG).collectAsList()) {
            expected.put(String.valueOf(row.<Object>getAs("id")), row.getList(row.fieldIndex("embedding")));
        }
        var found = new TreeMap<String, List<Float>>();
        for (var row : read(address)) {
            var vector = new ArrayList<Float>();
            for (var number : row.vector()) {
                vector.add(number);
            }
            assertThat(found.put(row.id(), vector)).as("twice: " + row.id()).isNull();
        }
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        assertThat(found).isEqualTo(expected);
    }

    private static String text(int id, Random random) {
        var words = random.ints(5, 0, 900).mapToObj(word -> "w" + word).toList();
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
    private record Ended(boolean killed, long millis, String log) {}

    private Ended export(String address, long patience) throws Exception {
        var began = System.nanoTime();
        try (var child = ChildJvm.start(folder.resolve("log"), Packhorse.class, arguments(address))) {
            while (child.isAlive() && (System.nanoTime() - began) / 1_000_000 < patience) {
                Thread.sleep(5);
            }
            if (child.isAlive()) {
                child.kill();
                return new Ended(true, (System.nanoTime() - began) / 1_000_000, child.log());
            }
            assertThat(child.exitCode()).as(child.log()).isZero();
            return new Ended(false, (System.nanoTime() - began) / 1_000_000, child.log());
        }
    }

    private String[] arguments(String address) throws Exception {
        var arguments = new ArrayList<>(List.of(
                "export",
                "--from",
                "vectors",
                "--warehouse",
                folder.resolve("warehouse").toString(),
                "--to",
                address,
                "--task-rows",
                "300",
                "--batch-rows",
                "50"));
        more().forEach((name, value) -> arguments.addAll(List.of("--" + name, value)));
        arguments.addAll(List.of("--conf", "spark.sql.shuffle.partitions=4", "--conf", "spark.master=local[2]"));
        return arguments.toArray(String[]::new);
    }

    /** A file of secrets that only its owner can read. */
    final String secretsFile(String... lines) throws IOException {
        var file = folder.resolve("secrets.properties");
        Files.write(file, List.of(lines));
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        return file.toString();
    }
}
