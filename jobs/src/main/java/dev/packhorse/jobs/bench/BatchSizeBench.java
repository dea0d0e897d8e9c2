package dev.packhorse.jobs.bench;

import dev.packhorse.engine.measure.Batching;
import dev.packhorse.jobs.page.Axis;
import dev.packhorse.jobs.page.LineChart;
import dev.packhorse.jobs.page.LineChart.Line;
import dev.packhorse.jobs.page.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The latency of one call at a time that has all cores, by the size of its batch: the table of the write-ups that compare ONNX
 * Runtime with TorchScript. All encoders get the same batches, of rows as they arrive.
 */
final class BatchSizeBench {

    private static final long SEED = 31;
    private static final Lengths LENGTHS = new Lengths.Fixed(128);

    /** Small batches are measured over so many rows. */
    private static final int ROWS_AT_LEAST = 32;

    private BatchSizeBench() {}

    /**
     * One cell of the table.
     *
     * @param millis a batch takes, in the mean of a run's batches
     * @param ratio the baseline's time over its own
     */
    record Point(String encoder, int batchSize, Spread millis, Spread ratio) {}

    static Findings run(BenchContext context) {
        var lengths = context.options().find(BenchOptions.LENGTHS).orElse(LENGTHS);
        var sizes = context.options().get(BenchOptions.BATCH_SIZES);
        var rowsOf = new ArrayList<List<int[]>>();
        for (var size : sizes) {
            var count = size * Math.max(1, (ROWS_AT_LEAST + size - 1) / size);
            rowsOf.add(context.rows().of(lengths, count, new Random(SEED)));
        }
        var most = 0;
        for (var i = 0; i < sizes.size(); i++) {
            most = Math.max(most, new Batching.Arrival(sizes.get(i)).mostTokens(lengths(rowsOf.get(i))));
        }
        var encoders =
                context.encoders().stream().filter(BenchEncoder::ofArrival).toList();
        var first = new Batching.Arrival(sizes.get(0));
        var setting = new Contest.Setting(context.cores(), 1, most, context.device());
        try (var contest =
                Contest.open(encoders, context.model(), rowsOf.get(0), encoder -> first, setting, context.out())) {
            var baseline = context.baseline(contest.contestants());
            var points = new ArrayList<Point>();
            for (var i = 0; i < sizes.size(); i++) {
                var size = sizes.get(i);
                contest.load(rowsOf.get(i), encoder -> new Batching.Arrival(size));
                var batches = rowsOf.get(i).size() / size;
                var times = contest.run(context.runs());
                times.forEach((encoder, own) -> points.add(new Point(
                        encoder.id(),
                        size,
                        Spread.of(Arrays.stream(own.seconds())
                                .map(s -> 1e3 * s / batches)
                                .toArray()),
                        Spread.of(Figures.ratios(times.get(baseline).seconds(), own.seconds())))));
            }
            return findings(context, lengths, baseline, points);
        }
    }

    private static int[] lengths(List<int[]> rows) {
        return rows.stream().mapToInt(row -> row.length).toArray();
    }

    private static Findings findings(BenchContext context, Lengths lengths, BenchEncoder baseline, List<Point> points) {
        var note =
                "rows of %s; one call at a time with %d threads; batches of rows as they arrive, the same for all; runs in turns: %d; ratio is the baseline's time (%s) over its own"
                        .formatted(lengths.text(), context.cores(), context.runs(), baseline.id());
        var columns = points.stream().map(Point::encoder).distinct().toList();
        var lines = columns.stream()
                .map(encoder -> {
                    var own = points.stream()
                            .filter(point -> point.encoder().equals(encoder))
                            .sorted(Comparator.comparingInt(Point::batchSize))
                            .toList();
                    return new Line(
                            encoder,
                            own.stream().mapToDouble(Point::batchSize).toArray(),
                            own.stream()
                                    .mapToDouble(point -> point.millis().median() / point.batchSize())
                                    .toArray());
                })
                .toList();
        return new Findings(
                "batch_sizes",
                "Latency by batch size",
                note,
                List.of(latencies(columns, points)),
                List.of(new LineChart(
                        "Time of a row by batch size",
                        "A batch's latency over its rows. Less is better.",
                        Axis.logarithmic("rows in a batch"),
                        Axis.logarithmic("ms a row"),
                        lines)),
                points);
    }

    /** A row for each size; for each encoder its milliseconds and its ratio. */
    private static Table latencies(List<String> encoders, List<Point> points) {
        var columns = new ArrayList<>(List.of("batch"));
        encoders.forEach(encoder -> columns.addAll(List.of(encoder + ", ms", "ratio")));
        var rows = points.stream()
                .map(Point::batchSize)
                .distinct()
                .map(size -> Stream.concat(
                                Stream.of(String.valueOf(size)),
                                points.stream()
                                        .filter(point -> point.batchSize() == size)
                                        .flatMap(point -> Stream.of(
                                                Cells.millis(point.millis().median()),
                                                Cells.decimals(point.ratio().median(), 2))))
                        .toList())
                .toList();
        return new Table("Mean latency of a batch", "", columns, rows);
    }
}
