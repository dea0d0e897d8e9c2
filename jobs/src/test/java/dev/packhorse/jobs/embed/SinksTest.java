package dev.packhorse.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.model.Models;
import dev.packhorse.jobs.EmbedRun;
import dev.packhorse.jobs.charts.RunPage;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.output.FileSizes;
import dev.packhorse.jobs.output.FloatEncoding;
import dev.packhorse.jobs.output.OutputFolder;
import dev.packhorse.jobs.source.SourceReader;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.resident.GpuProbe;
import dev.packhorse.udf.rows.EngineChoice;
import dev.packhorse.udf.rows.LongTexts;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** What a sink beside Parquet is told, when all goes well and when something fails. */
class SinksTest extends EmbedJobFixture {

    private static final String RUN = "7a5e0b12";

    /** Keeps the rows on the driver, and what it was told. */
    private static class MemorySink implements Sink {

        final List<String> told = new ArrayList<>();
        final List<FinishedRows> finished = new ArrayList<>();
        final List<Row> rows = new ArrayList<>();

        @Override
        public void write(FinishedRows given) {
            told.add("write");
            finished.add(given);
            rows.addAll(given.rows().collectAsList());
        }

        @Override
        public void publish() {
            told.add("publish");
        }

        @Override
        public void discard() {
            told.add("discard");
            rows.clear();
        }
    }

    /** Does something more when it is to write. */
    private static MemorySink doing(Runnable more) {
        return new MemorySink() {
            @Override
            public void write(FinishedRows given) {
                super.write(given);
                more.run();
            }
        };
    }

    private static MemorySink failing() {
        return doing(() -> {
            throw new IllegalStateException("the sink is full");
        });
    }

    private static SingleRun singleRun(EmbedRun job, Sink... beside) {
        var options = job.options();
        var model = Models.find(Fixtures.tinyBert().toString());
        var choice = EngineChoice.of(options, model, GpuProbe.here());
        var out = new PrintStream(OutputStream.nullOutputStream());
        return new SingleRun(
                LocalSpark.session(),
                new Provenance(options, model, choice.precision(), LongTexts.of(options, model)),
                () -> choice.settings(model),
                RunPage.of(options, LocalSpark.session(), out),
                out,
                (runId, mode) -> List.of(beside));
    }

    private static void run(EmbedRun job, Sink... beside) {
        var options = job.options();
        singleRun(job, beside)
                .run(RUN, options.get(EmbedOptions.MODE), () -> new SourceReader(LocalSpark.session(), options).open());
    }

    @Test
    void aSinkGetsAllRowsInThePrecisionOfTheOutput() {
        var sink = new MemorySink();

        run(some().set("output-precision", "int8").set("carry-columns", "text"), sink);

        assertThat(sink.told).containsExactly("write", "publish");
        assertThat(sink.rows)
                .extracting(
                        row -> row.<Long>getAs("id"),
                        row -> row.<String>getAs("text"),
                        row -> row.<byte[]>getAs("embedding"))
                .containsExactlyInAnyOrderElementsOf(written().stream()
                        .map(row ->
                                tuple(row.<Long>getAs("id"), row.<String>getAs("text"), row.<byte[]>getAs("embedding")))
                        .toList());
        assertThat(sink.finished).singleElement().satisfies(finished -> {
            assertThat(finished.schema().asNullable())
                    .isEqualTo(LocalSpark.session()
                            .read()
                            .parquet(output.toString())
                            .schema());
            assertThat(finished.ranges()).isPresent();
        });
    }

    @Test
    void theManifestIsThereWhenASinkPublishes() {
        var seen = new ArrayList<Integer>();
        var sink = new MemorySink() {
            @Override
            public void publish() {
                seen.add(manifests().size());
            }
        };

        run(some(), sink);

        assertThat(seen).containsExactly(1);
    }

    @Test
    void whereASinkFailsNothingStaysInAnyOfThem() {
        var first = new MemorySink();
        var second = failing();
        var third = new MemorySink();

        assertThatThrownBy(() -> run(some(), first, second, third)).hasMessage("the sink is full");

        assertThat(first.told).containsExactly("write", "discard");
        assertThat(second.told).containsExactly("write", "discard");
        assertThat(third.told).containsExactly("discard");
        assertThat(output).doesNotExist();
    }

    @Test
    void whereTheCountIsWrongNothingStaysInAnyOfThem() {
        var spark = LocalSpark.session();
        var sink = new MemorySink() {
            @Override
            public void write(FinishedRows given) {
                super.write(given);
                OutputFolder.open(spark, output.toString()) // a row too many, in a file of the run
                        .write(
                                given.rows().limit(1),
                                RUN,
                                Map.of(),
                                FloatEncoding.PLAIN,
                                given.schema(),
                                new FileSizes(0, 1),
                                32);
            }
        };

        assertThatThrownBy(() -> run(some(), sink))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "expected rows in = vectors + errors, found 4 rows in, and 5 rows with 5 vectors and 0 errors in the new files; they were deleted");

        assertThat(sink.told).containsExactly("write", "discard");
        assertThat(output).doesNotExist();
    }

    @Test
    void whereThereIsNoManifestNothingStaysInAnyOfThem() {
        var sink = doing(() -> {
            try {
                Files.writeString(output.resolve("_packhorse"), "a file where a folder should be");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThatThrownBy(() -> run(some(), sink)).hasMessage("could not publish to file:" + output);

        assertThat(sink.told).containsExactly("write", "discard");
        assertThat(output).doesNotExist();
    }

    @Test
    void behindTheManifestNothingIsDiscarded() {
        some().run();
        var first = new MemorySink() {
            @Override
            public void publish() {
                super.publish();
                throw new IllegalStateException("the sink has gone");
            }
        };
        var second = new MemorySink();

        assertThatThrownBy(() -> run(some().set("mode", "overwrite"), first, second))
                .hasMessage("the sink has gone");

        assertThat(first.told).containsExactly("write", "publish");
        assertThat(second.told).containsExactly("write", "publish");
        assertThat(written()).as("the old rows are gone").hasSize(SOME.size());
        assertThat(manifests()).hasSize(1);
    }

    @Test
    void aBatchThatComesAgainIsWrittenAgainUntilItIsDone() {
        var failed = failing();
        var sink = new MemorySink();
        var never = new MemorySink();
        var batch = "7a5e0b12-3";
        var source = new SourceReader(LocalSpark.session(), some().options()).open();

        assertThatThrownBy(() -> singleRun(some(), failed).append(batch, true, source))
                .hasMessage("the sink is full");
        assertThat(singleRun(some(), sink).append(batch, true, source)).isPresent();
        assertThat(singleRun(some(), never).append(batch, true, source)).isEmpty();

        assertThat(sink.told).containsExactly("write", "publish");
        assertThat(sink.rows).hasSameSizeAs(SOME);
        assertThat(never.told).isEmpty();
        assertThat(written()).hasSameSizeAs(SOME);
    }
}
