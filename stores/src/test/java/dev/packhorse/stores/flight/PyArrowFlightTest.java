package dev.packhorse.stores.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import dev.packhorse.stores.contract.Secrets;
import dev.packhorse.stores.contract.TestRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a client that shares no code with ours reads: pyarrow, where {@code python3}, or what PACKHORSE_TEST_PYTHON names, has it.
 */
@Timeout(120)
class PyArrowFlightTest {

    private static final String PYTHON = System.getenv().getOrDefault("PACKHORSE_TEST_PYTHON", "python3");

    private static final String READ = """
            import sys
            import pyarrow.flight as flight
            options = flight.FlightCallOptions(
                timeout=30, headers=[(b"authorization", b"Bearer " + sys.argv[2].encode())])
            with flight.connect(sys.argv[1]) as client:
                info = client.get_flight_info(flight.FlightDescriptor.for_path("vectors"), options)
                print(info.total_records, len(info.endpoints), info.schema.metadata[b"embedding.model"].decode())
                for endpoint in info.endpoints:
                    table = client.do_get(endpoint.ticket, options).read_all()
                    table.validate(full=True)
                    for row in table.to_pylist():
                        print(row["id"], row["vector"][7], row["year"], row["embedded_at"].isoformat())
            """;

    @TempDir
    Path folder;

    @BeforeAll
    static void pyarrowIsAtHand() throws Exception {
        Assumptions.assumeTrue(
                runs("import pyarrow.flight"),
                "skipped: " + PYTHON + " has no pyarrow (PACKHORSE_TEST_PYTHON names another)");
    }

    private static boolean runs(String program) throws InterruptedException {
        try {
            var process = new ProcessBuilder(PYTHON, "-c", program)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void pyarrowReadsAllParts() throws Exception {
        var rows = List.of(TestRow.random("a", 50, Seeds.random()), TestRow.random("b", 3, Seeds.random()));
        var output = folder.resolve("output");
        try (var allocator = new RootAllocator();
                var serving = FlightServing.start(
                        List.of(new TestResult("vectors", rows, 1, allocator)),
                        FlightServingTest.options(),
                        new Secrets(Map.of("token", "t0p-secret")))) {
            var process = new ProcessBuilder(PYTHON, "-c", READ, serving.address(), "t0p-secret")
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
            var expected = rows.stream()
                    .flatMap(List::stream)
                    .map(row -> "%s %s %s 2026-01-01T00:00:00.000001+00:00"
                            .formatted(
                                    row.id(),
                                    (double) row.vector()[7],
                                    row.carried().get(1).get()))
                    .toList();

            var lines = Files.readAllLines(output);
            assertThat(lines).first().isEqualTo("53 2 tiny-bert");
            assertThat(lines.subList(1, lines.size()).stream().map(PyArrowFlightTest::number))
                    .containsExactlyElementsOf(
                            expected.stream().map(PyArrowFlightTest::number).toList());
        }
    }

    /** A line with its second word as Java writes numbers. */
    private static String number(String line) {
        var words = line.split(" ");
        assertThat(words).as(line).hasSize(4);
        return words[0] + " " + Double.parseDouble(words[1]) + " " + words[2] + " " + words[3];
    }
}
